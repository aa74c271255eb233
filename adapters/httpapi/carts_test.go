package httpapi_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/httpapi"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

func TestCarts(t *testing.T) {
	t.Parallel()

	t.Run("a cart is shown with all that is known of it", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		a := w.must(http.StatusCreated, "POST", "/carts", "{}", bearer("ada"))
		path := a.header.Get("Location")
		id, _ := a.member("id").(string)
		assert.Equal(t, "/carts/"+id, path)
		w.must(http.StatusCreated, "POST", path+"/items", `{"item":" <tea> & \"cup\" ","quantity":3,"unit_price":{"amount":499,"currency":"EUR"}}`, bearer("ada"))
		w.must(http.StatusCreated, "POST", path+"/items", `{"item":"soap","unit_price":{"currency":"EUR","amount":0}}`, bearer("ada"))
		last := w.must(http.StatusOK, "POST", path+"/close", "", bearer("ada"))

		times := [3]string{}
		for i, key := range []string{"opened_at", "changed_at", "closed_at"} {
			times[i], _ = last.member(key).(string)
			_, err := time.Parse("2006-01-02T15:04:05.000000Z", times[i])
			assert.NoError(t, err)
		}
		assert.Less(t, times[0], times[1])
		assert.Equal(t, times[1], times[2])
		assert.Equal(t, fmt.Sprintf(`{"id":"%s","version":4,"status":"closed","owner":"https://id.example|ada","lines":[`+
			`{"item":"<tea> & \"cup\"","quantity":3,"unit_price":{"amount":499,"currency":"EUR"}},`+
			`{"item":"soap","quantity":1,"unit_price":{"amount":0,"currency":"EUR"}}],"total":{"amount":1497,"currency":"EUR"},`+
			`"opened_at":"%s","changed_at":"%s","closed_at":"%s"}`, id, times[0], times[1], times[2]), last.body)
		now := w.must(http.StatusOK, "GET", path, "", bearer("ada"))
		assert.Equal(t, last.body, now.body)
		assert.Equal(t, `"4"`, now.header.Get("ETag"))
		assert.Equal(t, "no-store", now.header.Get("Cache-Control"))
		assert.Equal(t, "application/json", now.header.Get("Content-Type"))
	})
	t.Run("what is not known is left out", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		path := w.opened("")
		a := w.must(http.StatusCreated, "POST", path+"/items", `{"item":"tea"}`)
		for _, key := range []string{"owner", "total", "closed_at"} {
			assert.Nil(t, a.member(key), key)
		}
		assert.Equal(t, []any{map[string]any{"item": "tea", "quantity": 1.0}}, a.member("lines"))
	})
	t.Run("a cart is shown as of any version", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		path := w.opened("")
		bodies := []string{w.must(http.StatusOK, "GET", path, "").body}
		for i := range 12 {
			bodies = append(bodies, w.must(http.StatusCreated, "POST", path+"/items", fmt.Sprintf(`{"item":"item %d"}`, i)).body)
		}
		for i, body := range bodies {
			a := w.must(http.StatusOK, "GET", fmt.Sprintf("%s?version=%d", path, i+1), "")
			assert.Equal(t, body, a.body)
			assert.Equal(t, fmt.Sprintf(`"%d"`, i+1), a.header.Get("ETag"))
			changed, _ := a.member("changed_at").(string)
			assert.Equal(t, body, w.must(http.StatusOK, "GET", path+"?at="+changed, "").body, "an instant includes itself")
		}
		for _, beyond := range []string{"14", "9223372036854775807", "9223372036854775808", "99999999999999999999999"} {
			w.refused("cart_not_found", http.StatusNotFound, w.send("GET", path+"?version="+beyond, ""))
		}
		w.refused("cart_not_found", http.StatusNotFound, w.send("GET", path+"?at=2026-01-31T11:59:59.999999Z", ""))
		assert.Equal(t, bodies[12], w.must(http.StatusOK, "GET", path+"?at=9999-12-31T23:59:59Z", "").body)
		assert.Equal(t, bodies[12], w.must(http.StatusOK, "GET", path+"?at=2027-01-01T00:00:00%2B02:00", "").body)
	})
	t.Run("IDs are read in either case", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.do("/carts/abcdef00-0000-4000-8000-00000000000f", es.Caller{}, "k", cart.OpenCart{})
		a := w.must(http.StatusOK, "GET", "/carts/ABCDEF00-0000-4000-8000-00000000000F", "")
		assert.Equal(t, "abcdef00-0000-4000-8000-00000000000f", a.member("id"))
	})
	t.Run("anonymous carts open to whoever knows the ID, also with a token", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.must(http.StatusOK, "POST", w.opened("")+"/close", "", bearer("bob"))
	})
	t.Run("a cart without times is shown without them", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.older(unknownID)
		a := w.must(http.StatusOK, "GET", "/carts/"+unknownID, "")
		assert.Equal(t, `{"id":"`+unknownID+`","version":3,"status":"open","lines":[{"item":"tea","quantity":2}]}`, a.body)
		assert.Equal(t, `"2"`, w.must(http.StatusOK, "GET", "/carts/"+unknownID+"?version=2", "").header.Get("ETag"))
		w.must(http.StatusOK, "GET", "/carts/"+unknownID+"/events", "")
		w.must(http.StatusOK, "GET", "/carts/"+unknownID+"?at=0001-01-01T00:00:00Z", "")
	})
	t.Run("IDs are made where the program makes none", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, func(c *httpapi.Config) {
			c.NewCartID, c.NewCommandID, c.Meter, c.Ready, c.Timeout = nil, nil, nil, nil, time.Hour
		})
		a, b := w.must(http.StatusCreated, "POST", "/carts", ""), w.must(http.StatusCreated, "POST", "/carts", "")
		assert.NotEqual(t, a.member("id"), b.member("id"))
		assert.NotEqual(t, a.header.Get("Idempotency-Key"), b.header.Get("Idempotency-Key"))
		w.must(http.StatusOK, "GET", "/readyz", "")
	})
}

// older stores a cart in the older form: without times, and with tea added twice.
func (w *world) older(id string) {
	w.t.Helper()
	stream := ports.StreamID{Category: cart.Category, ID: id}
	loaded, err := w.store.Load(w.t.Context(), stream, 0)
	require.NoError(w.t, err)
	head := loaded.Head
	for i, e := range []ports.Event{
		{Type: "CartOpened", Data: `{"shopping_cart_uuid":"` + id + `"}`},
		{Type: "ItemAdded", Data: `{"shopping_cart_uuid":"` + id + `","item_name":"tea"}`},
		{Type: "ItemAdded", Data: `{"shopping_cart_uuid":"` + id + `","item_name":"tea"}`},
	} {
		e.ID, e.Stream, e.Version, e.Schema = fmt.Sprint("old-", i), stream, ports.Version(i+1), 1
		head, err = w.store.Append(w.t.Context(), head, ports.Commit{Stream: stream, First: e.Version, Last: e.Version, Events: []ports.Event{e}})
		require.NoError(w.t, err)
	}
}

func TestConditions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := w.opened("")
	w.must(http.StatusCreated, "POST", path+"/items", `{"item":"tea"}`) // version 2

	t.Run("If-Match lets a command pass at the versions that it lists", func(t *testing.T) {
		t.Parallel()
		for _, tags := range []string{`"2"`, "*", `"1", "2"`, `"1","2"`, `, "2" ,`, `W/"1", "2"`, `"1" , "2"`, `"abc", "2"`, `"", "2"`} {
			a := w.send("PATCH", path+"/items", `{"item":"tea","quantity":1}`, "If-Match: "+tags)
			assert.Equal(t, http.StatusOK, a.status, "%s: %s", tags, a.body)
		}
		a := w.send("PATCH", path+"/items", `{"item":"tea","quantity":1}`, `If-Match: "1"`, `If-Match: "2"`)
		assert.Equal(t, http.StatusOK, a.status, "two lines are one list")
	})
	t.Run("and not at others, and never by weak tags", func(t *testing.T) {
		t.Parallel()
		for _, tags := range []string{`"1"`, `"3"`, `W/"2"`, `"02"`, `"+2"`, `"0"`, `"-1"`, `""`, `"abc"`, `"2.0"`, `"99999999999999999999"`} {
			a := w.send("PATCH", path+"/items", `{"item":"tea","quantity":9}`, "If-Match: "+tags)
			assert.Equal(t, "version_mismatch", a.code(), tags)
		}
		w.refused("version_mismatch", http.StatusPreconditionFailed, w.send("POST", "/carts", "", "If-Match: *"))
		w.refused("version_mismatch", http.StatusPreconditionFailed, w.send("POST", "/carts", "", `If-Match: "0"`))
	})
	t.Run("what is no list of tags is malformed", func(t *testing.T) {
		t.Parallel()
		for _, tags := range []string{"", " ", ",", "2", `"2`, `2"`, `"2" "3"`, `"2";`, `w/"2"`, `W/2`, `W/`, `*, "2"`, `"2", *`, "**", "\"a\tb\"", `"a b"`} {
			w.refused("malformed_request", http.StatusBadRequest, w.send("POST", path+"/close", "", "If-Match: "+tags))
			w.refused("malformed_request", http.StatusBadRequest, w.send("GET", path, "", "If-None-Match: "+tags))
		}
	})
	t.Run("a cart that is known is not sent again", func(t *testing.T) {
		t.Parallel()
		for _, tags := range []string{`"2"`, `W/"2"`, "*", `"1", "2"`} {
			a := w.must(http.StatusNotModified, "GET", path, "", "If-None-Match: "+tags)
			assert.Empty(t, a.body)
			assert.Equal(t, `"2"`, a.header.Get("ETag"))
		}
		w.must(http.StatusOK, "GET", path, "", `If-None-Match: "1"`)
		w.must(http.StatusNotModified, "GET", path+"?version=1", "", `If-None-Match: "1"`)
		w.must(http.StatusNotFound, "GET", "/carts/"+unknownID, "", "If-None-Match: *")
	})
}
