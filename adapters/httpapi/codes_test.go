package httpapi_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/httpapi"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
)

func TestEveryRefusalOfTheCoreHasAStatus(t *testing.T) {
	t.Parallel()
	found := map[string]bool{app.CodeTryAgain: true}
	for _, folder := range []string{"../../core/cart", "../../core/app"} {
		for _, code := range refusalsIn(t, folder) {
			found[code] = true
		}
	}
	for _, r := range []*es.Refusal{cart.ErrNotFound, cart.ErrReminderNotDue, app.ErrVersionMismatch, app.ErrKeyReused} {
		require.Contains(t, found, r.Code, "the search finds what is known to be there")
	}
	own := map[string]bool{
		"malformed_request": true, "unauthenticated": true, "route_not_found": true, "method_not_allowed": true,
		"body_too_large": true, "unsupported_media_type": true, "internal_error": true,
		"forbidden": true, "replay_not_found": true, "replay_not_running": true,
		"view_not_found": true, "generation_not_ready": true,
	}
	for code := range found {
		assert.Contains(t, httpapi.StatusOf, code)
	}
	for code, status := range httpapi.StatusOf {
		assert.True(t, found[code] || own[code], "nobody says %s", code)
		assert.NotEmpty(t, http.StatusText(status), code)
	}
}

// refusalsIn returns the codes of the refusals that a folder's files declare.
func refusalsIn(t *testing.T, folder string) (codes []string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	require.NoError(t, err)
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		tree, err := parser.ParseFile(token.NewFileSet(), name, text, 0)
		require.NoError(t, err)
		ast.Inspect(tree, func(n ast.Node) bool {
			if literal, ok := n.(*ast.CompositeLit); ok && isRefusal(literal.Type) {
				for _, element := range literal.Elts {
					if pair, ok := element.(*ast.KeyValueExpr); ok && pair.Key.(*ast.Ident).Name == "Code" {
						code, err := strconv.Unquote(pair.Value.(*ast.BasicLit).Value)
						require.NoError(t, err, name)
						codes = append(codes, code)
					}
				}
			}
			return true
		})
	}
	return codes
}

func isRefusal(kind ast.Expr) bool {
	selector, ok := kind.(*ast.SelectorExpr)
	return ok && selector.Sel.Name == "Refusal"
}
