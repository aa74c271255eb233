package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
)

func TestIdempotencyKeys(t *testing.T) {
	t.Parallel()

	t.Run("the same command again records nothing and answers as the first time", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		path := w.opened("")
		first := w.must(http.StatusCreated, "POST", path+"/items", `{"item":"tea","quantity":2}`, "Idempotency-Key: k 1")
		w.must(http.StatusOK, "PATCH", path+"/items", `{"item":"tea","quantity":5}`)
		w.must(http.StatusCreated, "POST", path+"/items", `{"item":"soap"}`)
		w.must(http.StatusOK, "POST", path+"/close", "")
		before := w.commits()

		again := w.must(http.StatusCreated, "POST", path+"/items", `{ "quantity":2, "item":"tea" }`, "Idempotency-Key: k 1")
		assert.Equal(t, first.body, again.body)
		assert.Equal(t, `"2"`, again.header.Get("ETag"))
		assert.Equal(t, "true", again.header.Get("Idempotency-Replayed"))
		assert.Empty(t, first.header.Get("Idempotency-Replayed"))
		assert.Equal(t, before, w.commits())
	})
	t.Run("a key opens one cart for good", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		first := w.must(http.StatusCreated, "POST", "/carts", "", uuidKey)
		path := first.header.Get("Location")
		for range 70 { // more than are remembered
			w.must(http.StatusCreated, "POST", path+"/items", `{"item":"tea"}`)
			w.must(http.StatusOK, "DELETE", path+"/items?item=tea", "")
		}
		again := w.must(http.StatusCreated, "POST", "/carts", "{}", uuidKey)
		assert.Equal(t, first.body, again.body)
		assert.Equal(t, path, again.header.Get("Location"))
		assert.Equal(t, "true", again.header.Get("Idempotency-Replayed"))
	})
	t.Run("the key and the subject make the cart's ID", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		namespace := uuid.MustParse("b6c1a8d2-5e0f-4c3e-9d1b-7f2a4c8e6b30")
		idOf := func(name string) string { return "/carts/" + uuid.NewSHA1(namespace, []byte(name)).String() }
		key := strings.TrimPrefix(uuidKey, "Idempotency-Key: ")
		location := func(headers ...string) string {
			return w.must(http.StatusCreated, "POST", "/carts", "", headers...).header.Get("Location")
		}
		assert.Equal(t, idOf("0:"+key), location(uuidKey))
		assert.Equal(t, idOf("22:https://id.example|ada"+key), location(uuidKey, bearer("ada")))
		assert.Equal(t, idOf("22:https://id.example|adabasket"), location("Idempotency-Key: basket", bearer("ada")))
		assert.NotEqual(t, location("Idempotency-Key: basket", bearer("ada")), location("Idempotency-Key: basket", bearer("bob")))
	})
	t.Run("nobody opens a cart under a key that can be guessed", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		for _, key := range []string{"basket", "0190a000000070008000000000000001", "{0190a000-0000-7000-8000-00000000000}", "urn:uuid:0190a000-0000-7000-8000-000000000001"} {
			w.refused("malformed_request", http.StatusBadRequest, w.send("POST", "/carts", "", "Idempotency-Key: "+key))
		}
		assert.Zero(t, w.commits())
		w.must(http.StatusCreated, "POST", "/carts", "", "Idempotency-Key: 0190A000-0000-7000-8000-00000000BEEF")
	})
	t.Run("what is no key is malformed and not echoed", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		path := w.opened("")
		for _, headers := range [][]string{
			{"Idempotency-Key: "},
			{"Idempotency-Key:  "},
			{"Idempotency-Key:  a"},
			{"Idempotency-Key: a "},
			{"Idempotency-Key: a\tb"},
			{"Idempotency-Key: é"},
			{"Idempotency-Key: \xff"},
			{"Idempotency-Key: a\x7f"},
			{"Idempotency-Key: " + strings.Repeat("k", 256)},
			{"Idempotency-Key: a", "Idempotency-Key: a"},
		} {
			a := w.send("POST", path+"/close", "", headers...)
			w.refused("malformed_request", http.StatusBadRequest, a)
			assert.NotContains(t, a.header, "Idempotency-Key", "%q", headers)
		}
		assert.Equal(t, 1, w.commits())
		w.must(http.StatusOK, "POST", path+"/close", "", "Idempotency-Key: "+strings.Repeat("~", 255))
	})
	t.Run("every answer of a command echoes the key, given or made", func(t *testing.T) {
		t.Parallel()
		for line, play := range scenes() {
			parts := strings.Fields(line)
			if parts[0] == "GET" {
				continue
			}
			a := play(newWorld(t))
			assert.NotEmpty(t, a.header.Get("Idempotency-Key"), line)
		}
	})
	t.Run("queries have none", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		assert.NotContains(t, w.must(http.StatusOK, "GET", w.opened(""), "", "Idempotency-Key: k").header, "Idempotency-Key")
	})
	t.Run("a refusal is not remembered", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		path := w.opened("")
		w.must(http.StatusNotFound, "DELETE", path+"/items?item=tea", "", "Idempotency-Key: k")
		a := w.must(http.StatusCreated, "POST", path+"/items", `{"item":"tea"}`, "Idempotency-Key: k")
		assert.Empty(t, a.header.Get("Idempotency-Replayed"))
	})
}
