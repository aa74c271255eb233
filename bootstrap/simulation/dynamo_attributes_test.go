package simulation_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"
)

// attributes is an item as DynamoDB's JSON has it.
type attributes map[string]json.RawMessage

// scalar is a value that can be compared.
type scalar struct {
	kind   string // S, N or B; empty for any other
	text   string // B in base64
	number int64  // of N
}

// scalar returns an attribute's value; one that is not there has no kind.
func (a attributes) scalar(name string) (scalar, error) { return scalarOf(a[name]) }

func scalarOf(value json.RawMessage) (scalar, error) {
	if value == nil {
		return scalar{}, nil
	}
	if s, plain := plainText(value); plain {
		return s, nil
	}
	var v struct{ S, N, B *string }
	if err := json.Unmarshal(value, &v); err != nil {
		return scalar{}, err
	}
	switch {
	case v.S != nil:
		return scalar{kind: "S", text: *v.S}, nil
	case v.B != nil:
		return scalar{kind: "B", text: *v.B}, nil
	case v.N == nil:
		return scalar{}, nil
	}
	n, err := strconv.ParseInt(*v.N, 10, 64)
	if err != nil {
		return scalar{}, fmt.Errorf("a number that the simulated DynamoDB does not know: %w", err)
	}
	return scalar{kind: "N", text: *v.N, number: n}, nil
}

// plainText reads a string or bytes that have no escape: nearly all.
func plainText(value json.RawMessage) (scalar, bool) {
	const frame = len(`{"S":""}`)
	if len(value) < frame || value[4] != ':' || value[5] != '"' || (value[2] != 'S' && value[2] != 'B') || bytes.IndexByte(value, '\\') >= 0 {
		return scalar{}, false
	}
	return scalar{kind: string(value[2]), text: string(value[frame-2 : len(value)-2])}, true
}

// compare orders values of one kind: strings by their bytes.
func (s scalar) compare(other scalar) int {
	if s.kind == "N" {
		return cmp.Compare(s.number, other.number)
	}
	return cmp.Compare(s.text, other.text)
}

// text returns a string, or a number's digits; empty where neither is there.
func (a attributes) text(name string) string {
	s, _ := a.scalar(name) // what is stored was read before
	return s.text
}

// only returns the attributes of these names that there are.
func (a attributes) only(names ...string) attributes {
	some := attributes{}
	for _, name := range names {
		if value, there := a[name]; there {
			some[name] = value
		}
	}
	return some
}

// order has the members of maps in one order: the SDK writes them in any.
func (a attributes) order() {
	for name, value := range a {
		if !bytes.HasPrefix(value, []byte(`{"M":`)) {
			continue
		}
		var members any
		if err := json.Unmarshal(value, &members); err != nil {
			panic(err) // it was read before
		}
		ordered, err := json.Marshal(members)
		if err != nil {
			panic(err) // it was JSON before
		}
		a[name] = ordered
	}
}
