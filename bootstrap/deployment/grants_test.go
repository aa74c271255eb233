package deployment_test

import (
	"cmp"
	"go/ast"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/bootstrap/deployment"
)

// operations returns the operations of AWS that are in a program, but those that
// the SDK calls for itself where it is told to, which is not so here: S3's directory
// buckets, DynamoDB's discovery of endpoints.
func (p *program) operations() map[string]bool {
	found := map[string]bool{}
	for symbol := range p.symbols {
		_, service, ok := strings.Cut(symbol, "aws-sdk-go-v2/service/")
		_, operation, isClient := strings.Cut(service, ".(*Client).")
		if ok && isClient && ast.IsExported(operation) && !slices.Contains([]string{"CreateSession", "DescribeEndpoints"}, operation) {
			found[operation] = true
		}
	}
	return found
}

// changesViews are the functions of the core that change views. The linker keeps
// (*Views).Apply wherever an aggregate is folded, since it knows methods of generic
// interfaces by their names alone, and es.Aggregate has an Apply: so what changes
// views counts in programs that hold one of these.
func changesViews(t *testing.T) (names []string) {
	t.Helper()
	for _, s := range sources(t, "core") {
		for _, f := range s.functions() {
			ast.Inspect(f.Body, func(n ast.Node) bool {
				if call, ok := n.(*ast.SelectorExpr); ok && call.Sel.Name == "Apply" {
					if of, ok := call.X.(*ast.SelectorExpr); ok && of.Sel.Name == "views" {
						names = append(names, s.nameOf(f))
					}
				}
				return true
			})
		}
	}
	require.NotEmpty(t, names)
	return names
}

const viewChanges = "adapters/dynamostore/viewapply.go"

// ownGrants are what a program's calls need. It fails the test for a call that no
// source makes up.
func (p *program) ownGrants(t *testing.T, sites []callSite, changers []string) []deployment.Grant {
	t.Helper()
	called, unexplained := p.operations(), p.operations()
	made := map[deployment.Grant]bool{}
	for i := range sites {
		s := &sites[i]
		if !p.holds(s.in) || s.input != "SignHTTP" && !called[s.operation()] {
			continue
		}
		delete(unexplained, s.operation())
		if s.file == viewChanges && !slices.ContainsFunc(changers, p.holds) {
			continue
		}
		on := s.resources()
		require.NotEmpty(t, on, "%s makes %s: say on what it does", s.in, s.input)
		for _, r := range on {
			for _, action := range s.actions() {
				made[deployment.Grant{Action: action, On: r, For: deployment.OwnCall}] = true
			}
		}
	}
	assert.Empty(t, unexplained, "calls that no source makes up")
	return slices.SortedFunc(maps.Keys(made), func(a, b deployment.Grant) int {
		return cmp.Or(cmp.Compare(a.On, b.On), cmp.Compare(a.Action, b.Action))
	})
}
