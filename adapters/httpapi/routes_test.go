package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/evercart/evercart/adapters/httpapi"
)

func TestAnAPIHasTheRoutesThatItsUseCasesAnswer(t *testing.T) {
	t.Parallel()
	const id = "0190a000-0000-7000-8000-00000000ca01"
	for name, c := range map[string]struct {
		without func(*httpapi.Config)
		routes  []string // that are gone
		method  string   // of /carts that is gone
		still   string   // a route that is there
	}{
		"commands": {
			func(c *httpapi.Config) { c.Commands = nil },
			[]string{"POST /carts/{id}/items", "PATCH /carts/{id}/items", "DELETE /carts/{id}/items", "POST /carts/{id}/close"},
			"POST", "/related?item=Tea",
		},
		"queries": {func(c *httpapi.Config) { c.Queries = nil }, []string{"GET /carts/{id}", "GET /carts/{id}/events"}, "", "/related?item=Tea"},
		"views":   {func(c *httpapi.Config) { c.Views = nil }, []string{"GET /related"}, "GET", "/healthz"},
	} {
		t.Run("and without "+name+" none that needs them", func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, c.without)
			for _, route := range c.routes {
				method, path, _ := strings.Cut(route, " ")
				w.refused("route_not_found", http.StatusNotFound, w.send(method, strings.ReplaceAll(path, "{id}", id), ""))
			}
			if c.method != "" {
				w.refused("method_not_allowed", http.StatusMethodNotAllowed, w.send(c.method, "/carts", ""))
			}
			assert.Equal(t, http.StatusOK, w.send("GET", c.still, "").status)
		})
	}
}
