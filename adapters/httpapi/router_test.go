package httpapi_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/evercart/evercart/adapters/httpapi"
)

func TestRoutes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.opened("")[len("/carts/"):]

	t.Run("a path that is not a route's is not found, whatever the method", func(t *testing.T) {
		t.Parallel()
		for _, path := range []string{
			"//", "/cart", "/Carts", "/carts/", "//carts", "/carts//", "/./carts", "/carts/../carts", "/carts/" + id + "/", "/carts//" + id,
			"/carts/" + id + "/items/", "/carts/" + id + "/items/tea", "/carts/" + id + "/Items", "/carts/" + id + "/history", "/carts%2F" + id, "/healthz/", "/metrics/x", "/related/tea", "/openapi.json", "/favicon.ico", "/carts;a=b", "/carts%00", "/%63arts/",
		} {
			for _, method := range []string{"GET", "POST", "DELETE", "OPTIONS"} {
				a := w.send(method, path, "")
				w.refused("route_not_found", http.StatusNotFound, a)
				assert.Contains(t, a.body, "; /openapi.yaml lists them")
				assert.Empty(t, a.header.Get("Location"), "nothing is redirected")
			}
		}
	})
	t.Run("segments are decoded one by one", func(t *testing.T) {
		t.Parallel()
		out := httptest.NewRecorder()
		w.handler.ServeHTTP(out, newRequest(t.Context(), "GET", "/%63arts/%30"+id[1:], ""))
		assert.Equal(t, http.StatusOK, out.Code)
	})
	t.Run("a target without a path is no route", func(t *testing.T) {
		t.Parallel()
		for _, target := range []*url.URL{{Path: "*"}, {Path: ""}, {Opaque: "carts"}} {
			r := newRequest(t.Context(), "OPTIONS", "/", "")
			r.URL = target
			out := httptest.NewRecorder()
			w.handler.ServeHTTP(out, r)
			assert.Equal(t, http.StatusNotFound, out.Code)
		}
	})
	t.Run("another method is told which ones there are", func(t *testing.T) {
		t.Parallel()
		for path, allow := range map[string]string{
			"/carts": "GET, HEAD, POST", "/carts/" + id: "GET, HEAD", "/carts/" + id + "/items": "DELETE, PATCH, POST",
			"/carts/" + id + "/close": "POST", "/carts/" + id + "/events": "GET, HEAD", "/related": "GET, HEAD",
			"/healthz": "GET, HEAD", "/readyz": "GET, HEAD", "/metrics": "GET, HEAD", "/openapi.yaml": "GET, HEAD",
			"/carts/no-uuid": "GET, HEAD",
		} {
			for _, method := range []string{"PUT", "OPTIONS", "TRACE", "get", "BREW"} {
				a := w.send(method, path, "")
				w.refused("method_not_allowed", http.StatusMethodNotAllowed, a)
				assert.Equal(t, allow, a.header.Get("Allow"), path)
				assert.Contains(t, a.body, "this route has other methods: "+allow+`"`)
			}
		}
		a := w.send("HEAD", "/carts/"+id+"/close", "")
		assert.Equal(t, http.StatusMethodNotAllowed, a.status)
		assert.Empty(t, a.body)
	})
	t.Run("HEAD is GET without the body", func(t *testing.T) {
		t.Parallel()
		for _, path := range []string{"/carts/" + id, "/carts/" + id + "/events", "/related?item=tea", "/healthz", "/readyz", "/openapi.yaml", "/carts", "/carts/" + unknownID} {
			got, head := w.send("GET", path, ""), w.send("HEAD", path, "")
			assert.Equal(t, got.status, head.status, path)
			assert.Empty(t, head.body, path)
			assert.Equal(t, got.header, head.header, path)
			assert.Equal(t, got.header.Get("Content-Length"), head.header.Get("Content-Length"), path)
			assert.NotEmpty(t, head.header.Get("Content-Length"), path)
		}
	})
	t.Run("an ID in another form is malformed", func(t *testing.T) {
		t.Parallel()
		for _, form := range []string{
			"x", "1", id[:35], id + "0", "{" + id[1:35] + "}", "urn:uuid:" + id, id[:8] + id[9:] + "0", "g" + id[1:], id[:8] + "_" + id[9:], "%00" + id[1:],
			"..", "%2e%2e", id + "%2Fitems", "%20" + id[1:], "é" + id[2:],
		} {
			for _, r := range requests {
				if r.ofCart() {
					w.refused("malformed_request", http.StatusBadRequest, w.send(r.method(), r.target("/carts/"+form), r.body))
				}
			}
		}
	})
	t.Run("without metrics there is no such route", func(t *testing.T) {
		t.Parallel()
		bare := newWorld(t, func(c *httpapi.Config) { c.Metrics = nil })
		bare.refused("route_not_found", http.StatusNotFound, bare.send("GET", "/metrics", ""))
	})
}

func TestQueries(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := w.opened("ada")
	ada := bearer("ada")

	t.Run("unknown, repeated and malformed parameters are refused", func(t *testing.T) {
		t.Parallel()
		for _, target := range []string{
			path + "?x=1", path + "?version=", path + "?version=0", path + "?version=-1", path + "?version=%2B1", path + "?version=01", path + "?version=1.0",
			path + "?version=1&version=1", path + "?version=a", path + "?version=1%00", path + "?version=%D9%A1", path + "?Version=1", path + "?version=1;at=2",
			path + "?at=", path + "?at=now", path + "?at=2026-01-31", path + "?at=2026-01-31T12:00:00", path + "?at=2026-02-30T12:00:00Z", path + "?at=2026-01-31%2012:00:00Z",
			path + "?at=2026-01-31T24:00:00Z", path + "?at=2026-01-31T1:00:00Z", path + "?at=2026-01-31T12:00:00,5Z", path + "?at=2026-01-31T12:00:00+02:00",
			path + "?version=1&at=2026-01-31T12:00:00Z", path + "?%zz", path + "?version=%", path + "?=", path + "?limit=1",
			path + "/events?limit=0", path + "/events?limit=1001", path + "/events?limit=", path + "/events?limit=1e2", path + "/events?limit=99999999999999999999",
			path + "/events?after=-1", path + "/events?after=", path + "/events?after=x", path + "/events?after=1&after=2", path + "/events?version=1",
			"/carts?status=", "/carts?status=OPEN", "/carts?status=none", "/carts?status=open&status=open", "/carts?after=", "/carts?after=%FF", "/carts?after=a%00", "/carts?limit=-1",
			"/carts?owner=bob", "/related", "/related?item=a&item=b", "/related?item=%ff", "/related?item=a&limit=0", "/related?x=%FF&item=a",
		} {
			w.refused("malformed_request", http.StatusBadRequest, w.send("GET", target, "", ada))
		}
		for _, target := range []string{path + "/items", path + "/items?item=a&item=b", path + "/items?item=%ff", path + "/items?item=%", path + "/items?name=a", path + "/items?item=a&x=1"} {
			w.refused("malformed_request", http.StatusBadRequest, w.send("DELETE", target, "", ada))
		}
		for _, target := range []string{"/carts?x=1", path + "/close?x=1", path + "/items?item=tea"} {
			w.refused("malformed_request", http.StatusBadRequest, w.send("POST", target, `{"item":"tea"}`, ada))
		}
		assert.Equal(t, 1, w.commits())
	})
	t.Run("any name of an item fits a query", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		path := w.opened("")
		for _, item := range []string{"tea", "a+b", "a b", "a/b?c=d&e#f%20", "🍵", `"<&>"`, ".."} {
			body := `{"item":` + strconv.Quote(item) + `}`
			w.must(http.StatusCreated, "POST", path+"/items", body)
			a := w.must(http.StatusOK, "DELETE", path+"/items?item="+url.QueryEscape(item), "")
			assert.Equal(t, []any{}, a.member("lines"))
		}
	})
}

func TestHeaders(t *testing.T) {
	t.Parallel()

	t.Run("a correlation ID that is none is refused", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		for _, given := range [][]string{
			{"X-Correlation-ID: "},
			{"X-Correlation-ID: é"},
			{"X-Correlation-ID: a\tb"},
			{"X-Correlation-ID: " + string(make([]byte, 3))},
			{"X-Correlation-ID: " + longText(129)},
			{"X-Correlation-ID: a", "X-Correlation-ID: a"},
		} {
			w.refused("malformed_request", http.StatusBadRequest, w.send("POST", "/carts", "", given...))
			w.refused("malformed_request", http.StatusBadRequest, w.send("GET", "/related?item=tea", "", given...))
		}
		assert.Zero(t, w.commits())
		w.must(http.StatusCreated, "POST", "/carts", "", "X-Correlation-ID: "+longText(128))
	})
	t.Run("a trace context that is invalid is ignored", func(t *testing.T) {
		t.Parallel()
		const good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
		for given, kept := range map[string]string{
			good:                            good,
			"cc" + good[2:]:                 "cc" + good[2:],
			"cc" + good[2:] + "-what-comes": "cc" + good[2:],
			good + "-more":                  "",
			"cc" + good[2:] + "x":           "",
			"ff" + good[2:]:                 "",
			good[:54]:                       "",
			"":                              "",
			"00-00000000000000000000000000000000-b7ad6b7169203331-01": "",
			"00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01": "",
			"00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01": "",
			"00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01": "",
			"00-0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331-01": "",
			"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331_01": "",
			"0g" + good[2:]:  "",
			good[:53] + "0g": "",
		} {
			assert.Equal(t, kept, traceKept(t, "traceparent: "+given), given)
		}
		assert.Empty(t, traceKept(t, "traceparent: "+good, "traceparent: "+good))
	})
}

// traceKept returns the trace context of the event that a command with those
// headers records.
func traceKept(t *testing.T, headers ...string) string {
	t.Helper()
	w := newWorld(t)
	path := w.must(http.StatusCreated, "POST", "/carts", "", headers...).header.Get("Location")
	events, _ := w.must(http.StatusOK, "GET", path+"/events", "").events(t)
	kept, _ := events[0]["traceparent"].(string)
	return kept
}

func longText(n int) string {
	text := make([]byte, n)
	for i := range text {
		text[i] = 'a' + byte(i%26)
	}
	return string(text)
}
