package httpapi_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/evercart/evercart/adapters/httpapi"
	"github.com/evercart/evercart/core/app/carts"
)

func TestListing(t *testing.T) {
	t.Parallel()

	t.Run("the caller's carts are asked for", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.must(http.StatusOK, "GET", "/carts", "", bearer("ada"))
		assert.Equal(t, carts.Query{Owner: "https://id.example|ada", Limit: 100}, w.views.asked)
		w.must(http.StatusOK, "GET", "/carts?status=closed&after=a%2Fb%3D&limit=1000", "", bearer("ada"))
		assert.Equal(t, carts.Query{Owner: "https://id.example|ada", Status: "closed", After: "a/b=", Limit: 1000}, w.views.asked)
	})
	t.Run("a page is told as it is", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		assert.Equal(t, `{"carts":[]}`, w.must(http.StatusOK, "GET", "/carts", "", bearer("ada")).body)
		w.views.page = carts.Page{Next: `n"1`, Carts: []carts.Listed{
			{ID: unknownID, Version: 7, Status: "open", Items: 2, ChangedAt: time.Date(2026, 1, 31, 13, 0, 0, 5000, time.FixedZone("", 3600))},
			{ID: unknownID, Version: 1, Status: "closed"},
		}}
		a := w.must(http.StatusOK, "GET", "/carts", "", bearer("ada"))
		assert.Equal(t, `{"carts":[{"id":"`+unknownID+`","version":7,"status":"open","items":2,"changed_at":"2026-01-31T12:00:00.000005Z"},`+
			`{"id":"`+unknownID+`","version":1,"status":"closed","items":0}],"next":"n\"1"}`, a.body)
	})
	t.Run("nobody has no carts", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		a := w.send("GET", "/carts", "")
		w.refused("unauthenticated", http.StatusUnauthorized, a)
		assert.Equal(t, "Bearer", a.header.Get("WWW-Authenticate"))
		assert.Contains(t, a.body, "send Authorization: Bearer and a token of the configured issuer; see Owners in /openapi.yaml")
		assert.Contains(t, w.must(http.StatusOK, "GET", "/openapi.yaml", "").body, "* **Owners.**", "there it stands")
		w.refused("malformed_request", http.StatusBadRequest, w.send("GET", "/carts?limit=x", ""))
	})
}

func TestRelated(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	assert.Equal(t, `{"item":"tea","carts":0,"related":[]}`, w.must(http.StatusOK, "GET", "/related?item=tea", "").body)
	w.views.related = carts.RelatedItems{Carts: 9, Related: []carts.RelatedItem{{Item: `<"cup">`, Count: 5}, {Item: "soap", Count: 1}}}
	a := w.must(http.StatusOK, "GET", "/related?item=+caf%C3%A9%20/+&limit=7", "", bearer("ada"))
	assert.Equal(t, `{"item":"café /","carts":9,"related":[{"item":"<\"cup\">","count":5},{"item":"soap","count":1}]}`, a.body)
	assert.Equal(t, 7, w.views.asked.Limit)
}

func TestCredentials(t *testing.T) {
	t.Parallel()

	t.Run("what is no bearer token is refused on every route but the public ones", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		for _, credentials := range []string{
			"Basic YWRhOmFkYQ==", "Bearer", "Bearer ", "ada", "Bearer a b", "Bearer a,b", "Bearer ä", "Bearer =", `Bearer token="ada"`, "", "Bearer\tada",
		} {
			for _, r := range requests {
				a := w.send(r.method(), r.target("/carts/"+unknownID), r.body, "Authorization: "+credentials)
				w.refused("unauthenticated", http.StatusUnauthorized, a)
				assert.True(t, strings.HasPrefix(a.header.Get("WWW-Authenticate"), "Bearer"), credentials)
			}
		}
		w.refused("unauthenticated", http.StatusUnauthorized, w.send("GET", "/carts", "", bearer("ada"), bearer("ada")))
		w.must(http.StatusOK, "GET", "/healthz", "", "Authorization: Basic x")
		assert.Zero(t, w.commits())
	})
	t.Run("the scheme is read in either case", func(t *testing.T) {
		t.Parallel()
		newWorld(t).must(http.StatusOK, "GET", "/carts", "", "Authorization: bEARER  ada")
	})
	t.Run("without an issuer every token is refused", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, func(c *httpapi.Config) { c.Tokens = nil })
		w.refused("unauthenticated", http.StatusUnauthorized, w.send("POST", "/carts", "", bearer("ada")))
		a := w.send("GET", "/carts", "")
		w.refused("unauthenticated", http.StatusUnauthorized, a)
		assert.Contains(t, a.body, "no issuer of tokens is configured here; a cart that nobody owns is found by its ID only: see Owners in /openapi.yaml")
		w.must(http.StatusCreated, "POST", "/carts", "")
		assert.Equal(t, 1, w.commits())
	})
	t.Run("a subject that can own nothing is refused", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, func(c *httpapi.Config) {
			c.Tokens = tokens{"none": "", "long": strings.Repeat("é", 257), "fits": strings.Repeat("é", 256), "lines": "a\nb"}
		})
		for _, token := range []string{"none", "long", "lines"} {
			w.refused("unauthenticated", http.StatusUnauthorized, w.send("POST", "/carts", "", bearer(token)))
		}
		w.must(http.StatusCreated, "POST", "/carts", "", bearer("fits"))
	})
}
