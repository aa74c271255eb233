package httpapi_test

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/httpapi"
)

// description is openapi.yaml, and the routes that it describes.
type description struct {
	doc    *openapi3.T
	router routers.Router
}

var readDescription = sync.OnceValues(func() (*description, error) {
	text, err := os.ReadFile("openapi.yaml")
	if err != nil {
		return nil, err
	}
	for _, mediaType := range []string{"text/html", "text/css", "text/javascript", "image/svg+xml", "text/event-stream"} {
		openapi3filter.RegisterBodyDecoder(mediaType, openapi3filter.FileBodyDecoder)
	}
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromData(text)
	if err != nil {
		return nil, err
	}
	if err := doc.Validate(loader.Context); err != nil {
		return nil, err
	}
	router, err := legacy.NewRouter(doc)
	return &description{doc, router}, err
})

func describe(t *testing.T) *description {
	t.Helper()
	d, err := readDescription()
	require.NoError(t, err)
	return d
}

// checkDescribed holds an answer against openapi.yaml, and the request, too, if it
// was taken.
func (w *world) checkDescribed(r *http.Request, a *answer) {
	w.t.Helper()
	if code := a.code(); r.Method == http.MethodHead || code == "route_not_found" || code == "method_not_allowed" {
		return
	}
	route, params, err := describe(w.t).router.FindRoute(r)
	if !assert.NoError(w.t, err, "%s %s is not described", r.Method, r.URL) {
		return
	}
	input := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true},
	}
	if a.status < 300 {
		assert.NoError(w.t, openapi3filter.ValidateRequest(w.t.Context(), input), "%s %s was taken", r.Method, r.URL)
	}
	response := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: a.status, Header: a.header,
		Body: io.NopCloser(bytes.NewReader([]byte(a.body))), Options: input.Options,
	}
	assert.NoError(w.t, openapi3filter.ValidateResponse(w.t.Context(), response), "%s %s answered %d %s", r.Method, r.URL, a.status, a.body)
}

// documented returns all that openapi.yaml says can come back, as "GET /carts 401
// unauthenticated" or "GET /carts 200".
func (d *description) documented() (all []string) {
	for path, item := range d.doc.Paths.Map() {
		for method, op := range item.Operations() {
			for status, response := range op.Responses.Map() {
				line := method + " " + path + " " + status
				problem := response.Value.Content.Get("application/problem+json")
				if problem == nil {
					all = append(all, line)
					continue
				}
				for _, code := range problem.Schema.Value.AllOf[1].Value.Properties["code"].Value.Enum {
					all = append(all, line+" "+code.(string))
				}
			}
		}
	}
	sort.Strings(all)
	return all
}

func TestOpenAPI(t *testing.T) {
	t.Parallel()
	d := describe(t)

	t.Run("it describes every route and no other", func(t *testing.T) {
		t.Parallel()
		var described []string
		for path, item := range d.doc.Paths.Map() {
			for method := range item.Operations() {
				described = append(described, method+" "+path)
			}
		}
		assert.ElementsMatch(t, httpapi.RouteLabels(), described)
	})
	t.Run("its table of codes is the handler's", func(t *testing.T) {
		t.Parallel()
		code := d.doc.Components.Schemas["Problem"].Value.Properties["code"].Value
		table := map[string]int{}
		for name, status := range code.Extensions["x-status-of-code"].(map[string]any) {
			switch n := status.(type) {
			case float64:
				table[name] = int(n)
			case int:
				table[name] = n
			case uint64:
				table[name] = int(n)
			}
		}
		assert.Equal(t, httpapi.StatusOf, table)
		var listed []string
		for _, name := range code.Enum {
			listed = append(listed, name.(string))
		}
		for name := range table {
			assert.Contains(t, listed, name)
		}
		assert.Len(t, listed, len(table))
	})
	t.Run("each code stands under its status", func(t *testing.T) {
		t.Parallel()
		for _, line := range d.documented() {
			var method, path, status, code string
			parts := append(strings.Fields(line), "")
			method, path, status, code = parts[0], parts[1], parts[2], parts[3]
			if code != "" {
				assert.Equal(t, status, strconv.Itoa(httpapi.StatusOf[code]), "%s %s: %s", method, path, code)
			}
		}
	})
	t.Run("each parameter of a route is described, and no other", func(t *testing.T) {
		t.Parallel()
		for label, params := range httpapi.RouteParams() {
			method, path, _ := strings.Cut(label, " ")
			var described []string
			for _, p := range d.doc.Paths.Value(path).GetOperation(method).Parameters {
				if p.Value.In == "query" {
					described = append(described, p.Value.Name)
				}
			}
			assert.ElementsMatch(t, params, described, label)
		}
	})
	t.Run("it is served as it is", func(t *testing.T) {
		t.Parallel()
		text, err := os.ReadFile("openapi.yaml")
		require.NoError(t, err)
		a := newWorld(t).must(http.StatusOK, "GET", "/openapi.yaml", "")
		assert.Equal(t, string(text), a.body)
		assert.Equal(t, "application/yaml", a.header.Get("Content-Type"))
	})
}
