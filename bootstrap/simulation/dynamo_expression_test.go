package simulation_test

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
)

// condition is an expression of DynamoDB that is true or false for an item: of the
// grammar, as much as our adapters write.
type condition struct {
	operator    string // AND, OR, =, <, <=, >, >=, BETWEEN, begins_with, attribute_not_exists
	left, right *condition
	path        string   // of all but AND and OR
	values      []scalar // as many as the operator takes
}

// token is one word of an expression.
var token = regexp.MustCompile(`^\s*([A-Za-z_][A-Za-z0-9_]*|:[A-Za-z0-9_]+|<=|>=|[=<>(),])`)

// parser reads an expression; its first error sticks.
type parser struct {
	text   string
	next   string
	values attributes
	used   map[string]bool
	err    error
}

// parse reads an expression, whose values are given by name. Each name must be used.
func parse(text string, values attributes) (*condition, error) {
	p := &parser{text: text, values: values, used: map[string]bool{}}
	p.advance()
	c := p.disjunction()
	if p.next != "" {
		p.fail("it goes on with %q", p.next)
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !p.used[name] {
			p.fail("value %s is not used", name)
		}
	}
	if p.err != nil {
		return nil, fmt.Errorf("expression %q: %w", text, p.err)
	}
	return c, nil
}

func (p *parser) fail(format string, args ...any) {
	p.err = errors.Join(p.err, fmt.Errorf(format, args...))
}

func (p *parser) advance() {
	found := token.FindStringSubmatch(p.text)
	if found == nil {
		p.next = p.text // nothing, or what is no token
		return
	}
	p.next, p.text = found[1], p.text[len(found[0]):]
}

// take returns the next token and goes on.
func (p *parser) take() string {
	taken := p.next
	p.advance()
	return taken
}

func (p *parser) want(tokens ...string) {
	for _, wanted := range tokens {
		if got := p.take(); got != wanted {
			p.fail("%q stands where %q should", got, wanted)
		}
	}
}

func (p *parser) disjunction() *condition {
	c := p.conjunction()
	for p.next == "OR" && p.err == nil {
		p.advance()
		c = &condition{operator: "OR", left: c, right: p.conjunction()}
	}
	return c
}

func (p *parser) conjunction() *condition {
	c := p.comparison()
	for p.next == "AND" && p.err == nil {
		p.advance()
		c = &condition{operator: "AND", left: c, right: p.comparison()}
	}
	return c
}

func (p *parser) comparison() *condition {
	switch first := p.take(); first {
	case "attribute_not_exists":
		p.want("(")
		c := &condition{operator: first, path: p.name()}
		p.want(")")
		return c
	case "begins_with":
		p.want("(")
		c := &condition{operator: first, path: p.name()}
		p.want(",")
		c.values = []scalar{p.value()}
		p.want(")")
		return c
	default:
		c := &condition{path: first, operator: p.take()}
		switch c.operator {
		case "=", "<", "<=", ">", ">=":
			c.values = []scalar{p.value()}
		case "BETWEEN":
			low := p.value()
			p.want("AND")
			c.values = []scalar{low, p.value()}
		default:
			p.fail("%q is nothing that the simulated DynamoDB knows", c.operator)
		}
		return c
	}
}

var plainName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func (p *parser) name() string {
	name := p.take()
	if !plainName.MatchString(name) {
		p.fail("%q is no attribute", name)
	}
	return name
}

func (p *parser) value() scalar {
	name := p.take()
	p.used[name] = true
	value, err := p.values.scalar(name)
	if err != nil || value.kind == "" {
		p.fail("%q has no value that can be compared: %w", name, errors.Join(err, errNoValue))
	}
	return value
}

var errNoValue = errors.New("want a string, a number or bytes")
