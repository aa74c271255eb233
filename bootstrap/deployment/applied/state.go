// Package applied holds an applied Terraform state against what package deployment
// says of each function, and against what the pipeline promises: it names what a
// deployment would lack, and what it would have too much of.
package applied

import (
	"encoding/json"
	"fmt"
	"strings"
)

// state is what is there, by type: "aws_sqs_queue".
type state struct {
	prefix    string
	resources map[string][]resource
}

// resource is the attributes of one thing that Terraform made.
type resource map[string]any

// module is a part of `terraform show -json`.
type module struct {
	Resources []struct {
		Mode   string   `json:"mode"`
		Type   string   `json:"type"`
		Values resource `json:"values"`
	} `json:"resources"`
	Children []module `json:"child_modules"`
}

const eventsTable = "-cart-events"

// read reads a state as `terraform show -json` writes it. The prefix is that of the
// events table.
func read(raw []byte) (*state, error) {
	var shown struct {
		Values struct {
			Root module `json:"root_module"`
		} `json:"values"`
	}
	if err := json.Unmarshal(raw, &shown); err != nil {
		return nil, fmt.Errorf("terraform state: %w", err)
	}
	s := &state{resources: map[string][]resource{}}
	s.add(&shown.Values.Root)
	for _, table := range s.resources["aws_dynamodb_table"] {
		if prefix, ok := strings.CutSuffix(table.text("name"), eventsTable); ok {
			s.prefix = prefix
			return s, nil
		}
	}
	return nil, fmt.Errorf("terraform state: there is no table of events, …%s", eventsTable)
}

func (s *state) add(m *module) {
	for _, r := range m.Resources {
		if r.Mode == "managed" {
			s.resources[r.Type] = append(s.resources[r.Type], r.Values)
		}
	}
	for i := range m.Children {
		s.add(&m.Children[i])
	}
}

// named returns the resource of a type whose attribute has the value; nil: none.
func (s *state) named(kind, attribute, value string) resource {
	for _, r := range s.resources[kind] {
		if r.text(attribute) == value {
			return r
		}
	}
	return nil
}

// The attributes. One that is not there is zero.

func (r resource) text(name string) string {
	s, _ := r[name].(string)
	return s
}

func (r resource) number(name string) int {
	n, _ := r[name].(float64)
	return int(n)
}

func (r resource) is(name string) bool {
	b, _ := r[name].(bool)
	return b
}

func (r resource) texts(name string) []string {
	list, _ := r[name].([]any)
	texts := make([]string, 0, len(list))
	for _, one := range list {
		if s, ok := one.(string); ok {
			texts = append(texts, s)
		}
	}
	return texts
}

// block returns the one block of that name.
func (r resource) block(name string) resource {
	list, _ := r[name].([]any)
	if len(list) != 1 {
		return nil
	}
	b, _ := list[0].(map[string]any)
	return b
}
