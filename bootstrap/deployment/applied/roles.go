package applied

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/evercart/evercart/bootstrap/deployment"
)

// allowed is one action on one ARN.
type allowed struct{ action, on string }

// role checks that a function's role is its own and allows what is listed, on the
// ARNs of the right resources: all of it and nothing else.
func (c *check) role(f *deployment.Function, deployed resource) {
	role := c.named("aws_iam_role", "arn", deployed.text("role"))
	if role == nil {
		c.fault(f.Name, "has no role of this deployment")
		return
	}
	for _, other := range c.resources["aws_lambda_function"] {
		if other.text("role") == deployed.text("role") && other.text("function_name") != deployed.text("function_name") {
			c.fault(f.Name, "shares its role with %s", other.text("function_name"))
		}
	}
	for _, attached := range c.resources["aws_iam_role_policy_attachment"] {
		if attached.text("role") == role.text("name") {
			c.fault(f.Name, "has the policy %s attached to its role", attached.text("policy_arn"))
		}
	}
	want, got := c.listed(f), c.granted(f, role)
	for a := range maps.Keys(want) {
		if !got[a] {
			c.fault(f.Name, "may not do %s on %s", a.action, a.on)
		}
	}
	for a := range maps.Keys(got) {
		if !want[a] {
			c.fault(f.Name, "may do %s on %s, which it does not need", a.action, a.on)
		}
	}
}

// listed returns what the list says, with ARNs.
func (c *check) listed(f *deployment.Function) map[allowed]bool {
	want := map[allowed]bool{}
	for _, g := range f.Grants {
		arns := c.arnsOf(g.On, f.Name)
		if len(arns) == 0 {
			c.fault(f.Name, "needs %s, which is not there", g.On)
		}
		for _, arn := range arns {
			want[allowed{g.Action, arn}] = true
		}
	}
	return want
}

// granted returns what a role's policies allow.
func (c *check) granted(f *deployment.Function, role resource) map[allowed]bool {
	got := map[allowed]bool{}
	for _, p := range c.resources["aws_iam_role_policy"] {
		if p.text("role") != role.text("id") && p.text("role") != role.text("name") {
			continue
		}
		var policy struct {
			Statement []struct {
				Effect           string
				Action, Resource oneOrMore
				NotAction        any
				NotResource      any
			}
		}
		if err := json.Unmarshal([]byte(p.text("policy")), &policy); err != nil {
			c.fault(f.Name, "has a policy that cannot be read: %v", err)
			continue
		}
		for _, s := range policy.Statement {
			if s.Effect != "Allow" || s.NotAction != nil || s.NotResource != nil {
				c.fault(f.Name, "has a statement that does not say by name what is allowed")
			}
			for _, action := range s.Action {
				if strings.ContainsAny(action, "*?") {
					c.fault(f.Name, "may do %s: actions are listed one by one", action)
				}
				for _, on := range s.Resource {
					got[allowed{action, on}] = true
				}
			}
		}
	}
	return got
}

// oneOrMore is a list, which IAM writes as a text where it has one element.
type oneOrMore []string

// UnmarshalJSON implements json.Unmarshaler.
func (o *oneOrMore) UnmarshalJSON(raw []byte) error {
	var one string
	if err := json.Unmarshal(raw, &one); err == nil {
		*o = oneOrMore{one}
		return nil
	}
	return json.Unmarshal(raw, (*[]string)(o))
}

// streamReaders are the programs that read a stream.
func streamReaders() []string {
	var names []string
	for _, f := range deployment.Functions() {
		if f.Has(deployment.EventsStream) || f.Has(deployment.FeedRecords) {
			names = append(names, f.Name)
		}
	}
	slices.Sort(names)
	return names
}
