package applied

import (
	"slices"
	"time"

	"github.com/evercart/evercart/bootstrap/deployment"
)

// function checks how a function is deployed: what it is built for, how long it may
// run, what it is told, and the alias that callers know it by.
func (c *check) function(f *deployment.Function, deployed resource) {
	if got := deployed.text("handler") + " " + deployed.text("runtime"); got != "bootstrap provided.al2023" {
		c.fault(f.Name, "has handler and runtime %q, want bootstrap provided.al2023", got)
	}
	if got := deployed.texts("architectures"); !slices.Equal(got, []string{"arm64"}) {
		c.fault(f.Name, "is built for %v, want arm64", got)
	}
	timeout := time.Duration(deployed.number("timeout")) * time.Second
	if timeout != f.Timeout {
		c.fault(f.Name, "has a timeout of %s, want %s", timeout, f.Timeout)
	}
	if f.Has(deployment.HTTPAPI) && timeout >= deployment.GatewayTimeout {
		c.fault(f.Name, "may run for %s, longer than API Gateway waits", timeout)
	}
	if !deployed.is("publish") {
		c.fault(f.Name, "publishes no versions, so that there is none to go back to")
	}
	if c.aliasOf(f.Name) == "" {
		c.fault(f.Name, "has no alias live")
	}
	if mode := deployed.block("tracing_config").text("mode"); mode != "Active" {
		c.fault(f.Name, "has tracing %q, want Active", mode)
	}
	c.variables(f, deployed)
}

func (c *check) variables(f *deployment.Function, deployed resource) {
	set, _ := deployed.block("environment")["variables"].(map[string]any)
	for _, name := range f.Variables {
		if value, _ := set[name].(string); value == "" {
			c.fault(f.Name, "lacks the variable %s", name)
		}
	}
	for name := range set {
		if !slices.Contains(f.Variables, name) {
			c.fault(f.Name, "has the variable %s, which it does not read", name)
		}
	}
}

// aliasOf returns the ARN of a function's alias live; empty: there is none.
func (c *check) aliasOf(program string) string {
	for _, a := range c.resources["aws_lambda_alias"] {
		if a.text("function_name") == c.prefix+"-"+program && a.text("name") == "live" {
			return a.text("arn")
		}
	}
	return ""
}
