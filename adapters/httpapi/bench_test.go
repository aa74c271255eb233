package httpapi_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/evercart/evercart/adapters/httpapi"
	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
)

// BenchmarkAddItem puts one item into a fresh cart, handler and memory store only:
// what HTTP costs on top of them is the difference to core/app's own benchmark.
func BenchmarkAddItem(b *testing.B) {
	store, ids := memory.NewEventStore(), es.NewIDs(time.Now, [32]byte{1})
	handler := httpapi.New(httpapi.Config{
		Commands:  app.NewCommands(cart.Aggregate{}, store, app.CommandOptions{Now: time.Now, NewID: ids.New, CacheStreams: 1024}),
		Queries:   app.NewQueries(cart.Aggregate{}, store, "/evercart"),
		NewCartID: ids.New, NewCommandID: ids.New,
	})
	body := `{"item":"tea","quantity":2,"unit_price":{"amount":499,"currency":"EUR"}}`
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		out := httptest.NewRecorder()
		handler.ServeHTTP(out, httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/carts", nil))
		path := out.Header().Get("Location")
		r := httptest.NewRequestWithContext(b.Context(), http.MethodPost, path+"/items", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		out = httptest.NewRecorder()
		b.StartTimer()
		handler.ServeHTTP(out, r)
		if out.Code != http.StatusCreated {
			b.Fatal(fmt.Sprint(out.Code, out.Body))
		}
	}
}
