package httpapi_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/evercart/evercart/adapters/httpapi"
	"github.com/evercart/evercart/core/app/carts"
	"github.com/evercart/evercart/core/cart"
)

// withoutToken lets whoever uses this machine be the operator.
func withoutToken(c *httpapi.Config) { c.Operator.Token = "" }

// ask sends a request to a host, past openapi.yaml.
func (w *world) ask(method, host, target string, headers ...string) int {
	w.t.Helper()
	r := newRequest(w.t.Context(), method, target, "", headers...)
	r.Host = host
	out := httptest.NewRecorder()
	w.handler.ServeHTTP(out, r)
	return out.Code
}

func TestOnlyTheOperatorGetsIn(t *testing.T) {
	t.Parallel()

	t.Run("with a token, its bearer, whatever the host", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		for _, host := range []string{"shop.example", "127.0.0.1:8080"} {
			assert.Equal(t, http.StatusOK, w.ask("GET", host, "/operator/pipeline", bearer(operatorToken)), host)
			assert.Equal(t, http.StatusOK, w.ask("GET", host, "/operator/pipeline", "Authorization: bEARER "+operatorToken), host)
			for _, wrong := range []string{"", bearer("ada"), bearer(operatorToken + "x"), bearer(operatorToken[1:]), "Authorization: Basic " + operatorToken, "Cookie: token=" + operatorToken} {
				assert.Equal(t, http.StatusUnauthorized, w.ask("GET", host, "/operator/pipeline", only(wrong)...), "%s %s", host, wrong)
			}
			assert.Equal(t, http.StatusUnauthorized, w.ask("GET", host, "/operator/pipeline", bearer(operatorToken), bearer(operatorToken)))
		}
	})
	t.Run("without a token, whoever calls this machine by its own name", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, withoutToken)
		for _, host := range []string{"localhost", "LOCALHOST:8080", "127.0.0.1:8080", "127.8.8.8", "[::1]:8080", "[::1]"} {
			for _, target := range []string{"/", "/explorer/main.js", "/operator/pipeline", "/operator/carts"} {
				assert.Equal(t, http.StatusOK, w.ask("GET", host, target), "%s%s", host, target)
			}
		}
	})
	t.Run("and no site that lets its name point here", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, withoutToken)
		for _, host := range []string{"shop.example:8080", "localhost.shop.example", "127.0.0.1.shop.example", "10.0.0.7:8080", "[::2]", "", "localhost:8080:1"} {
			for _, target := range []string{"/", "/explorer/main.js", "/operator/pipeline", "/operator/stream"} {
				assert.Equal(t, http.StatusForbidden, w.ask("GET", host, target), "%s%s", host, target)
			}
			assert.Equal(t, http.StatusForbidden, w.ask("POST", host, "/operator/carts"), host)
		}
		assert.Zero(t, w.commits())
	})
	t.Run("nor what a proxy passes on", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, withoutToken)
		for _, header := range []string{"X-Forwarded-For: 203.0.113.7", "Forwarded: for=203.0.113.7", "Via: 1.1 proxy", "X-Forwarded-Host: shop.example"} {
			assert.Equal(t, http.StatusForbidden, w.ask("GET", "127.0.0.1:8080", "/operator/pipeline", header), header)
		}
	})
	t.Run("nor what a browser sends for another site, token or not", func(t *testing.T) {
		t.Parallel()
		for _, w := range []*world{newWorld(t), newWorld(t, withoutToken)} {
			for header, want := range map[string]int{
				"Origin: http://localhost:8080": http.StatusCreated, "Origin: https://LOCALHOST:8080": http.StatusCreated,
				"Sec-Fetch-Site: same-origin": http.StatusCreated, "Sec-Fetch-Site: none": http.StatusCreated,
				"Origin: http://localhost:3000": http.StatusForbidden, "Origin: https://elsewhere.example": http.StatusForbidden,
				"Origin: null": http.StatusForbidden, "Origin: http://%zz": http.StatusForbidden,
				"Sec-Fetch-Site: cross-site": http.StatusForbidden, "Sec-Fetch-Site: same-site": http.StatusForbidden,
			} {
				before := w.commits()
				assert.Equal(t, want, w.ask("POST", "localhost:8080", "/operator/carts", header, bearer(operatorToken)), header)
				if want == http.StatusForbidden {
					assert.Equal(t, before, w.commits(), header)
				}
			}
			assert.Equal(t, http.StatusOK, w.ask("GET", "localhost:8080", "/", "Sec-Fetch-Site: cross-site"), "a link may lead to the page")
		}
	})
	t.Run("and where there is no operator there are no such routes", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, func(c *httpapi.Config) { c.Operator = nil })
		for _, label := range httpapi.RouteLabels() {
			method, path, _ := strings.Cut(label, " ")
			if strings.HasPrefix(path, "/operator") || strings.HasPrefix(path, "/explorer") || path == "/" {
				path = strings.NewReplacer("{id}", unknownID, "{replay}", "x", "{view}", "carts", "{file}", "main.js").Replace(path)
				w.refused("route_not_found", http.StatusNotFound, w.send(method, path, "", bearer(operatorToken)))
			}
		}
	})
}

// only returns the header, if it is one.
func only(header string) []string {
	if header == "" {
		return nil
	}
	return []string{header}
}

func TestTheOperatorSeesAndDoesEverything(t *testing.T) {
	t.Parallel()

	t.Run("also with carts that have an owner", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		hers := hersIn(w)
		w.asOperator = true
		assert.Equal(t, "https://id.example|ada", w.must(http.StatusOK, "GET", hers, "").member("owner"))
		w.must(http.StatusCreated, "POST", hers+"/items", `{"item":"mug"}`)
		w.must(http.StatusOK, "PATCH", hers+"/items", `{"item":"mug","quantity":3}`)
		w.must(http.StatusOK, "DELETE", hers+"/items?item=mug", "")
		w.must(http.StatusOK, "POST", hers+"/close", "")
		w.must(http.StatusOK, "GET", hers+"/events", "")
	})
	t.Run("in a list with all that the view says", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.asOperator = true
		w.views.page = carts.Page{Carts: []carts.Listed{{
			ID: unknownID, Version: 3, Status: "open", Items: 2, Owner: "i|ada", Total: cart.Price{Amount: 998, Currency: "EUR"},
			Names: []string{"tea", `"mug"`}, Reminded: true,
		}}}
		a := w.must(http.StatusOK, "GET", "/carts?search=%20tea%20&status=open", "")
		assert.Equal(t, carts.Query{All: true, Search: "tea", Status: "open", Limit: 100}, w.views.asked)
		assert.JSONEq(t, `{"carts":[{"id":"`+unknownID+`","version":3,"status":"open","items":2,"owner":"i|ada",`+
			`"total":{"amount":998,"currency":"EUR"},"reminded":true,"names":["tea","\"mug\""]}]}`, a.body)
		w.refused("malformed_request", http.StatusBadRequest, w.send("GET", "/carts?search="+strings.Repeat("x", 257), ""))
	})
	t.Run("but the public list stays the caller's, and is not searched", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.refused("malformed_request", http.StatusBadRequest, w.send("GET", "/carts?search=tea", "", bearer("ada")))
		w.refused("unauthenticated", http.StatusUnauthorized, w.send("GET", "/carts", "", bearer(operatorToken)))
		w.must(http.StatusOK, "GET", "/carts", "", bearer("ada"))
		assert.Equal(t, "https://id.example|ada", w.views.asked.Owner)
		assert.False(t, w.views.asked.All)
	})
	t.Run("and the pipeline", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.operator = busyOperator()
		w.open(w.store)
		a := w.must(http.StatusOK, "GET", "/operator/pipeline", "", bearer(operatorToken))
		assert.JSONEq(t, `{"at":"2026-01-31T12:00:00.000000Z",
			"relay":{"name":"relay","position":"7","arrival":"2026-01-31T12:00:00.000000Z","at_tip":true,"lag_seconds":0},
			"consumers":[{"name":"carts","position":"5","arrival":"2026-01-31T12:00:00.000000Z","at_tip":false,"lag_seconds":1.5},
				{"name":"archive","position":"","at_tip":false,"lag_seconds":0}],
			"views":[{"name":"carts","live":1,"generations":[
				{"number":1,"created":"2026-01-31T12:00:00.000000Z","flipped":"2026-01-31T12:00:00.000000Z"},
				{"number":2,"created":"2026-01-31T12:00:00.000000Z"}]}],
			"parked":[{"target":"carts.1","stream":"cart/`+unknownID+`","version":3,"held":2,"transient":false,
				"since":"2026-01-31T12:00:00.000000Z","reason":"an unknown type"}],"parked_count":1,
			"quarantined":[{"consumer":"archive","position":"9","at":"2026-01-31T12:00:00.000000Z","reason":"no JSON"}],"quarantined_count":1,
			"replays":[
				{"id":"running-1","target":"carts.2","state":"running","bytes":4000,"bytes_done":1000,"objects":4,"objects_done":1,"sent":17,
					"started":"2026-01-31T12:00:00.000000Z","updated":"2026-01-31T12:00:00.000000Z"},
				{"id":"done-1","target":"log","state":"done","bytes":4000,"bytes_done":1000,"objects":4,"objects_done":1,"sent":17,
					"started":"2026-01-31T12:00:00.000000Z","updated":"2026-01-31T12:00:00.000000Z","finished":"2026-01-31T12:00:00.000000Z"}],
			"rebuilds":true,"program":"/opt/evercart","flags":"--data '/var/lib/my carts'"}`, a.body)
	})
	t.Run("and makes views anew, and takes that back", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.operator = busyOperator()
		w.open(w.store)
		a := w.must(http.StatusOK, "POST", "/operator/views/carts/rebuild", "", bearer(operatorToken))
		assert.Equal(t, "carts.2", a.member("target"))
		for _, query := range []string{"", "?generation=1"} {
			a = w.must(http.StatusOK, "POST", "/operator/views/carts/flip"+query, "", bearer(operatorToken))
			assert.JSONEq(t, `{"view":"carts","live":1}`, a.body)
		}
		a = w.send("POST", "/operator/views/carts/flip?generation=99999999999999999999", "", bearer(operatorToken))
		w.refused("generation_not_ready", http.StatusConflict, a)
		assert.Equal(t, "view carts has no generation 2147483647", a.member("detail"))
		for _, wrong := range []string{"0", "-1", "1.5", "", "one"} {
			w.refused("malformed_request", http.StatusBadRequest, w.send("POST", "/operator/views/carts/flip?generation="+wrong, "", bearer(operatorToken)))
		}
	})
	t.Run("but where nobody here would carry it out, no view is made anew", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.operator = busyOperator()
		w.open(w.store, func(c *httpapi.Config) { c.Operator.Rebuild = nil })
		w.refused("route_not_found", http.StatusNotFound, w.send("POST", "/operator/views/carts/rebuild", "", bearer(operatorToken)))
		a := w.must(http.StatusOK, "GET", "/operator/pipeline", "", bearer(operatorToken))
		assert.Equal(t, false, a.member("rebuilds"))
	})
}

func TestTheTimelineOfACart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := "/operator" + w.opened("")
	w.must(http.StatusCreated, "POST", path+"/items", `{"item":"tea","quantity":2}`, bearer(operatorToken), "X-Correlation-ID: breakfast")

	t.Run("has each event as it is, and what its hash proves", func(t *testing.T) {
		t.Parallel()
		a := w.must(http.StatusOK, "GET", path+"/timeline", "", bearer(operatorToken))
		steps := a.member("steps").([]any)
		assert.Len(t, steps, 2)
		last := steps[1].(map[string]any)
		assert.Equal(t, "verified", last["proof"])
		assert.Equal(t, "breakfast", last["event"].(map[string]any)["correlationid"])
	})
	t.Run("comes in pages", func(t *testing.T) {
		t.Parallel()
		a := w.must(http.StatusOK, "GET", path+"/timeline?limit=1", "", bearer(operatorToken))
		assert.EqualValues(t, 1, a.member("next"))
		a = w.must(http.StatusOK, "GET", path+"/timeline?after=1", "", bearer(operatorToken))
		assert.Len(t, a.member("steps"), 1)
		assert.Nil(t, a.member("next"))
	})
	t.Run("is compared between any two versions, forth and back", func(t *testing.T) {
		t.Parallel()
		forth := w.must(http.StatusOK, "GET", path+"/diff?from=0&to=2", "", bearer(operatorToken))
		assert.JSONEq(t, `{"changes":[{"what":"status","from":"none","to":"open"},{"what":"item tea","from":"","to":"2"}]}`, forth.body)
		back := w.must(http.StatusOK, "GET", path+"/diff?from=2&to=1", "", bearer(operatorToken))
		assert.JSONEq(t, `{"changes":[{"what":"item tea","from":"2","to":""}]}`, back.body)
		for query, code := range map[string]string{"from=1": "malformed_request", "to=1": "malformed_request", "from=-1&to=1": "malformed_request", "from=0&to=3": "cart_not_found"} {
			w.refused(code, httpapi.StatusOf[code], w.send("GET", path+"/diff?"+query, "", bearer(operatorToken)))
		}
	})
}
