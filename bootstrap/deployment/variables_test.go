package deployment_test

import (
	"go/ast"
	"go/token"
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/bootstrap/config"
)

// reading is one place in the source where the configuration is read.
type reading struct {
	in   string // the function, as callSite has it
	name string // of the field or method
}

// readings finds what functions read of a configuration: members of an expression
// that ends in Config, or of a variable that such an expression, or config.Load, was
// given to. A use of a whole configuration that is neither is a fault, since what is
// read of it then cannot be seen.
func readings(t *testing.T) (all []reading) {
	t.Helper()
	for _, s := range sources(t, "bootstrap/functions") {
		for _, f := range s.functions() {
			known := map[ast.Node]bool{} // uses of a whole configuration that are understood
			short := map[string]bool{}   // variables that hold one
			ast.Inspect(f.Body, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.AssignStmt:
					if name, ok := n.Lhs[0].(*ast.Ident); ok && n.Tok == token.DEFINE && (isWhole(pointee(n.Rhs[0])) || isLoad(n.Rhs[0])) {
						short[name.Name] = true
						known[pointee(n.Rhs[0])] = true
					}
				case *ast.KeyValueExpr: // Base keeps it
					if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Config" {
						known[n.Value] = true
					}
				case *ast.SelectorExpr:
					name, isName := n.X.(*ast.Ident)
					if isWhole(n.X) || isName && short[name.Name] {
						known[n.X] = true
						all = append(all, reading{s.nameOf(f), n.Sel.Name})
					}
				}
				return true
			})
			ast.Inspect(f.Body, func(n ast.Node) bool {
				if isWhole(n) {
					assert.True(t, known[n], "%s hands a whole configuration on", s.nameOf(f))
				}
				return true
			})
		}
	}
	return all
}

// isWhole reports whether n is "….Config".
func isWhole(n ast.Node) bool {
	s, ok := n.(*ast.SelectorExpr)
	if !ok || s.Sel.Name != "Config" {
		return false
	}
	of, ok := s.X.(*ast.Ident)
	return !ok || of.Name != "config" && of.Name != "httpapi" && of.Name != "aws" // types
}

func isLoad(n ast.Node) bool {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return false
	}
	s, ok := call.Fun.(*ast.SelectorExpr)
	return ok && s.Sel.Name == "Load"
}

func pointee(n ast.Expr) ast.Expr {
	if address, ok := n.(*ast.UnaryExpr); ok && address.Op == token.AND {
		return address.X
	}
	return n
}

// methods returns the fields that each method of Config reads.
func methods(t *testing.T) map[string][]string {
	t.Helper()
	fields := map[string][]string{}
	for _, s := range sources(t, "bootstrap/config") {
		for _, f := range s.functions() {
			if f.Recv == nil || len(f.Recv.List[0].Names) == 0 {
				continue
			}
			of := f.Recv.List[0].Names[0].Name
			ast.Inspect(f.Body, func(n ast.Node) bool {
				if n, ok := n.(*ast.SelectorExpr); ok {
					if x, ok := n.X.(*ast.Ident); ok && x.Name == of {
						fields[f.Name.Name] = append(fields[f.Name.Name], n.Sel.Name)
					}
				}
				return true
			})
		}
	}
	return fields
}

// variablesRead are the environment variables that a program reads.
func (p *program) variablesRead(t *testing.T, read []reading, methods map[string][]string) (names []string) {
	t.Helper()
	for _, r := range read {
		if !p.holds(r.in) {
			continue
		}
		fields, isMethod := methods[r.name]
		if !isMethod {
			fields = []string{r.name}
		}
		for _, field := range fields {
			f, ok := reflect.TypeFor[config.Config]().FieldByName(field)
			require.True(t, ok, "%s is no field of the configuration", field)
			names = append(names, f.Tag.Get("env"))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
