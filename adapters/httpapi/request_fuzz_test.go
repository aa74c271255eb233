package httpapi_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
)

// FuzzRequests sends arbitrary queries and headers to every route: each is answered,
// never with a fault of the server's, and what is refused is not recorded.
func FuzzRequests(f *testing.F) {
	f.Add("limit=3&after=1", `"2", W/"3"`, "0190a000-0000-7000-8000-00000000beef", "Bearer ada", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
	f.Add("version=1", "*", " key ", "bearer", "00-")
	f.Add("at=2026-01-31T12:00:00,5Z&item=%ff", `"`, "", "Basic YTpi", "")
	f.Add("at=2026-01-31T1:00:00Z", `"0","1"`, "\x7f", "Bearer  ", "ff-\x00")
	f.Add("item=tea&item=tea", `W/"1`, "k", "Bearer a.b.c", "")
	f.Fuzz(func(t *testing.T, query, ifMatch, key, authorization, traceparent string) {
		w := newWorld(t)
		path := w.opened("")
		w.must(http.StatusCreated, "POST", path+"/items", `{"item":"soap"}`)
		for _, route := range []struct{ method, path, body string }{
			{"GET", path, ""},
			{"GET", path + "/events", ""},
			{"GET", "/carts", ""},
			{"GET", "/related", ""},
			{"POST", "/carts", ""},
			{"POST", path + "/items", `{"item":"tea"}`},
			{"PATCH", path + "/items", `{"item":"soap","quantity":2}`},
			{"DELETE", path + "/items", ""},
			{"POST", path + "/close", ""},
		} {
			before := w.commits()
			r := newRequest(t.Context(), route.method, route.path, route.body)
			r.URL = &url.URL{Path: route.path, RawQuery: query}
			for name, value := range map[string]string{"If-Match": ifMatch, "If-None-Match": ifMatch, "Idempotency-Key": key, "Authorization": authorization, "Traceparent": traceparent} {
				if value != "" {
					r.Header[name] = []string{value}
				}
			}
			out := httptest.NewRecorder()
			w.handler.ServeHTTP(out, r)
			assert.Less(t, out.Code, 500, "%s %s: %s", route.method, route.path, out.Body)
			if out.Code >= 400 {
				assert.Equal(t, before, w.commits(), "%s %s is refused and recorded", route.method, route.path)
			}
		}
	})
}
