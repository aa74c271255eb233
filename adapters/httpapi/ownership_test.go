package httpapi_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestStrangersLearnNothing asks for a cart that is somebody else's and for one
// that does not exist: nobody but the owner can tell the two apart.
func TestStrangersLearnNothing(t *testing.T) {
	t.Parallel()

	t.Run("on any route", func(t *testing.T) {
		t.Parallel()
		for _, r := range requests {
			if !r.ofCart() {
				continue
			}
			w := newWorld(t)
			hers := hersIn(w)
			for _, who := range [][]string{nil, {bearer("bob")}} {
				a := w.send(r.method(), r.target(hers), r.body, append(who, "Idempotency-Key: k")...)
				w.refused("cart_not_found", http.StatusNotFound, a)
				same(t, r.label, a, w.send(r.method(), r.target("/carts/"+unknownID), r.body, append(who, "Idempotency-Key: k")...))
			}
		}
	})
	t.Run("by any request", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		hers := hersIn(w)
		before := w.commits()
		random := rand.New(rand.NewPCG(1, 2))
		refused := 0
		for range 3000 {
			method, suffix, body, headers := anyRequest(random)
			a := w.send(method, hers+suffix, body, headers...)
			same(t, fmt.Sprint(method, suffix, body, headers), a, w.send(method, "/carts/"+unknownID+suffix, body, headers...))
			assert.Less(t, a.status, 500)
			if a.code() == "cart_not_found" {
				refused++
			}
		}
		assert.Greater(t, refused, 300, "most requests fail for another reason")
		assert.Equal(t, before, w.commits(), "nothing is recorded")
	})
	t.Run("but its owner is served", func(t *testing.T) {
		t.Parallel()
		for _, r := range requests {
			w := newWorld(t)
			hers := hersIn(w)
			a := w.send(r.method(), r.target(hers), strings.ReplaceAll(r.body, `{"item":"tea"}`, `{"item":"cup"}`), bearer("ada"))
			assert.Less(t, a.status, 300, "%s: %s", r.label, a.body)
		}
	})
	t.Run("and no header makes an owner", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		hers := hersIn(w)
		for _, h := range []string{
			"X-User", "X-Subject", "X-Forwarded-User", "X-Remote-User", "Remote-User", "X-Auth-Request-User", "From",
			"X-Amzn-Oidc-Identity", "X-Amz-Security-Token", "Cookie",
		} {
			w.must(http.StatusNotFound, "GET", hers, "", h+": https://id.example|ada")
		}
	})
}

// hersIn opens a cart of ada's with an item and some history in it.
func hersIn(w *world) string {
	w.t.Helper()
	hers := w.opened("ada")
	w.must(http.StatusCreated, "POST", hers+"/items", `{"item":"tea"}`, bearer("ada"), "Idempotency-Key: used")
	return hers
}

// same asserts that two answers are the same, byte for byte, but for keys that the
// edge made.
func same(t *testing.T, what string, a, b *answer) {
	t.Helper()
	assert.Equal(t, a.status, b.status, what)
	assert.Equal(t, a.body, b.body, what)
	for _, x := range []*answer{a, b} {
		if strings.HasPrefix(x.header.Get("Idempotency-Key"), "0190a000-") {
			x.header.Set("Idempotency-Key", "made")
		}
	}
	assert.Equal(t, a.header, b.header, what)
}

// anyRequest returns a random request for a cart, often a well-formed one.
func anyRequest(random *rand.Rand) (method, suffix, body string, headers []string) {
	pick := func(from ...string) string { return from[random.IntN(len(from))] }
	r := requests[2+random.IntN(6)]
	method, suffix, body = r.method(), r.path+r.query, r.body
	if random.IntN(4) == 0 {
		method = pick("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW")
	}
	if random.IntN(4) == 0 {
		suffix = pick("", "/items", "/close", "/events", "/x", "/", "/items/tea") + pick("", "?", "?version=1", "?version=9", "?at=2026-01-31T12:00:00Z",
			"?version=1&at=2026-01-31T12:00:00Z", "?after=0&limit=1", "?after=9", "?item=tea", "?item=", "?limit=0", "?x=1", "?%zz")
	}
	if random.IntN(3) == 0 {
		body = pick("", "{}", `{"item":"tea"}`, `{"item":"tea","quantity":1}`, `{"item":"tea","quantity":0}`, `{"item":"tea","quantity":1,"quantity":1}`,
			`{"item":"tea","unit_price":{"amount":1,"currency":"EUR"}}`, `{"item":"tea","unit_price":{"amount":1,"currency":"??"}}`, "[", "null", `{"item":"\xff"}`)
	}
	for _, h := range []string{
		pick("Idempotency-Key: used", "Idempotency-Key: new", "Idempotency-Key: \x01"), pick(`If-Match: "1"`, `If-Match: "2"`, "If-Match: *", `If-Match: W/"2"`, "If-Match: 2"),
		pick(`If-None-Match: "2"`, "If-None-Match: *"), bearer(pick("bob", "bob", "bob", "nobody")), "X-Correlation-ID: " + pick("a", "é"),
		"traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "Content-Type: " + pick("application/json", "text/plain"),
	} {
		if random.IntN(3) == 0 {
			headers = append(headers, h)
		}
	}
	return method, suffix, body, headers
}
