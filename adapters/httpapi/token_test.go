package httpapi_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/httpapi"
	"github.com/evercart/evercart/core/app/carts"
)

func TestReadingOnesOwnWrites(t *testing.T) {
	t.Parallel()
	t.Run("every command answers with a token, a retry with the same one", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		path := w.opened("")
		id := strings.TrimPrefix(path, "/carts/")
		first := w.must(http.StatusCreated, "POST", path+"/items", `{"item":"tea"}`, "Idempotency-Key: k")
		assert.Equal(t, id+".2", first.header.Get("Evercart-Token"))
		again := w.must(http.StatusCreated, "POST", path+"/items", `{"item":"tea"}`, "Idempotency-Key: k")
		assert.Equal(t, first.header.Get("Evercart-Token"), again.header.Get("Evercart-Token"))
		assert.Empty(t, w.send("GET", path, "").header.Get("Evercart-Token"))
	})
	t.Run("a query that brings tokens waits until its view has reached them", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			w.views.behind = 5
			began := time.Now()
			w.must(http.StatusOK, "GET", "/related?item=tea", "", "Evercart-Token: "+unknownID+".3, "+unknownID+".4")
			assert.Equal(t, []carts.Seen{{ID: unknownID, Version: 3}, {ID: unknownID, Version: 4}}, w.views.seen)
			assert.Zero(t, w.views.behind)
			assert.Positive(t, time.Since(began))
		})
	})
	t.Run("and no longer than two seconds", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			w.views.behind = -1
			began := time.Now()
			a := w.must(http.StatusServiceUnavailable, "GET", "/carts", "", bearer("ada"), "Evercart-Token: "+unknownID+".3")
			assert.Equal(t, "try_again", a.code())
			assert.Equal(t, "1", a.header.Get("Retry-After"))
			assert.Equal(t, 2*time.Second, time.Since(began))
		})
	})
	t.Run("and not beside more than the API takes", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, func(c *httpapi.Config) { c.MaxRequests = 1 })
			w.views.behind = -1
			ask := newRequest(t.Context(), "GET", "/related?item=tea", "", "Evercart-Token: "+unknownID+".3")
			go func() { w.handler.ServeHTTP(httptest.NewRecorder(), ask) }()
			synctest.Wait()
			began := time.Now()
			a := w.must(http.StatusServiceUnavailable, "GET", "/related?item=tea", "", "Evercart-Token: "+unknownID+".3")
			assert.Equal(t, "try_again", a.code())
			assert.Zero(t, time.Since(began), "one waits already")
			<-time.After(3 * time.Second)
			a = w.must(http.StatusServiceUnavailable, "GET", "/related?item=tea", "", "Evercart-Token: "+unknownID+".3")
			assert.Equal(t, 2*time.Second, time.Since(began.Add(3*time.Second)), "there is room again")
			assert.Equal(t, "try_again", a.code())
		})
	})
	t.Run("without one nothing is asked", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.views.behind = -1
		w.must(http.StatusOK, "GET", "/related?item=tea", "")
		assert.Nil(t, w.views.seen)
	})
	t.Run("what is no token is refused", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		for _, token := range []string{"", "x", unknownID, unknownID + ".", unknownID + ".0", unknownID + ".-1", unknownID + ".+1", unknownID + ".x", unknownID + ".99999999999999999999", strings.Repeat(unknownID+".1,", 16) + unknownID + ".1"} {
			a := w.must(http.StatusBadRequest, "GET", "/related?item=tea", "", "Evercart-Token: "+token)
			assert.Equal(t, "malformed_request", a.code(), token)
		}
		require.Nil(t, w.views.seen)
	})
}
