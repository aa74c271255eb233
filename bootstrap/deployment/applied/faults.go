package applied

import (
	"fmt"
	"slices"

	"github.com/evercart/evercart/bootstrap/deployment"
)

// Faults names all that is wrong in an applied state, sorted. raw is what
// `terraform show -json` writes, runbook the document that alarms point into. An
// error says that raw is no such state.
func Faults(raw []byte, runbook string) ([]string, error) {
	s, err := read(raw)
	if err != nil {
		return nil, err
	}
	c := &check{state: s}
	functions := deployment.Functions()
	for i := range functions {
		f := &functions[i]
		deployed := s.named("aws_lambda_function", "function_name", s.prefix+"-"+f.Name)
		if deployed == nil {
			c.fault(f.Name, "is not deployed")
			continue
		}
		c.function(f, deployed)
		c.role(f, deployed)
		c.mappings(f)
	}
	c.unlisted(functions)
	c.tables()
	c.feed()
	c.alarms(runbook)
	slices.Sort(c.faults)
	return slices.Compact(c.faults), nil
}

// check collects faults.
type check struct {
	*state
	faults []string
}

// fault notes what is wrong with something.
func (c *check) fault(what, format string, values ...any) {
	c.faults = append(c.faults, what+" "+fmt.Sprintf(format, values...))
}

// unlisted names functions that nobody knows.
func (c *check) unlisted(known []deployment.Function) {
	for _, r := range c.resources["aws_lambda_function"] {
		name := r.text("function_name")
		if !slices.ContainsFunc(known, func(f deployment.Function) bool { return name == c.prefix+"-"+f.Name }) {
			c.fault(name, "is a function that is not listed")
		}
	}
}
