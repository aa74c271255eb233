package simulation_test

import (
	"errors"
	"fmt"
	"strings"
)

// holds reports whether the condition is true for an item; nil: for none.
func (c *condition) holds(item attributes) (bool, error) {
	switch c.operator {
	case "AND", "OR":
		left, err := c.left.holds(item)
		right, second := c.right.holds(item)
		if c.operator == "AND" {
			return left && right, errors.Join(err, second)
		}
		return left || right, errors.Join(err, second)
	case "attribute_not_exists":
		_, there := item[c.path]
		return !there, nil
	}
	value, err := item.scalar(c.path)
	return err == nil && c.admits(value), err
}

// admits reports whether a comparison is true for a value; it is not for one of
// another kind.
func (c *condition) admits(value scalar) bool {
	if value.kind != c.values[0].kind {
		return false
	}
	order := value.compare(c.values[0])
	switch c.operator {
	case "=":
		return order == 0
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	case ">=":
		return order >= 0
	case "begins_with":
		return strings.HasPrefix(value.text, c.values[0].text)
	case "BETWEEN":
		return order >= 0 && value.kind == c.values[1].kind && value.compare(c.values[1]) <= 0
	}
	return false // never: parse knows no other
}

// keyCondition is what a Query asks for: a partition, and perhaps a range in it.
type keyCondition struct {
	hash string
	sort *condition // nil: all
}

// keyConditionOf reads a key condition expression on a key.
func keyConditionOf(text string, values attributes, keys keyNames) (keyCondition, error) {
	c, err := parse(text, values)
	if err != nil {
		return keyCondition{}, err
	}
	hash, sort := c, (*condition)(nil)
	if c.operator == "AND" {
		hash, sort = c.left, c.right
	}
	switch {
	case hash.operator != "=" || hash.path != keys.hash || hash.values[0].kind != keys.hashKind:
		return keyCondition{}, fmt.Errorf("key condition %q does not name one value of %s", text, keys.hash)
	case sort == nil:
	case sort.path != keys.sort || sort.operator == "AND" || sort.operator == "OR" || sort.operator == "attribute_not_exists" || sort.values[0].kind != keys.sortKind:
		return keyCondition{}, fmt.Errorf("key condition %q does not compare %s", text, keys.sort)
	case sort.operator == "BETWEEN" && sort.values[0].compare(sort.values[1]) > 0:
		return keyCondition{}, fmt.Errorf("key condition %q begins after its end", text)
	}
	return keyCondition{hash.values[0].text, sort}, nil
}

// projected returns the attributes that a projection expression names; all where it
// is empty.
func projected(expression string, items []attributes) ([]attributes, error) {
	if expression == "" {
		return items, nil
	}
	names := strings.Split(expression, ",")
	for i := range names {
		if names[i] = strings.TrimSpace(names[i]); !plainName.MatchString(names[i]) {
			return nil, fmt.Errorf("projection expression %q has more than names", expression)
		}
	}
	some := make([]attributes, len(items))
	for i, item := range items {
		some[i] = item.only(names...)
	}
	return some, nil
}
