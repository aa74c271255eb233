package httpapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
)

// events returns the page's events as maps, and its next.
func (a *answer) events(t *testing.T) (events []map[string]any, next string) {
	t.Helper()
	var page struct {
		Events []map[string]any `json:"events"`
		Next   *json.Number     `json:"next"`
	}
	require.NoError(t, json.Unmarshal([]byte(a.body), &page), a.body)
	if page.Next != nil {
		next = page.Next.String()
	}
	return page.Events, next
}

func TestEvents(t *testing.T) {
	t.Parallel()

	t.Run("a history is told in CloudEvents", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		path := w.opened("ada")
		id := path[len("/carts/"):]
		w.must(http.StatusCreated, "POST", path+"/items", `{"item":"<tea>","unit_price":{"amount":499,"currency":"EUR"}}`, bearer("ada"),
			"Idempotency-Key: k 1", "X-Correlation-ID: visit 7", "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
		events, next := w.must(http.StatusOK, "GET", path+"/events", "", bearer("ada")).events(t)
		require.Len(t, events, 2)
		assert.Empty(t, next)
		assert.Equal(t, map[string]any{"owner": "https://id.example|ada"}, events[0]["data"])
		for key, want := range map[string]any{
			"specversion": "1.0", "source": "/evercart", "type": "evercart.cart.ItemAdded.v2", "subject": "cart/" + id,
			"sequence": "00000000000000000002", "partitionkey": "cart/" + id, "datacontenttype": "application/json",
			"commandid": "k 1", "correlationid": "visit 7", "actor": "https://id.example|ada",
			"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
			"data":        map[string]any{"item": "<tea>", "quantity": 1.0, "unit_price": map[string]any{"amount": 499.0, "currency": "EUR"}},
		} {
			assert.Equal(t, want, events[1][key], key)
		}
		assert.NotContains(t, events[1], "causationid")
	})
	t.Run("pages put together are the whole", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		path := w.opened("")
		for i := range 10 {
			w.must(http.StatusCreated, "POST", path+"/items", fmt.Sprintf(`{"item":"item %d"}`, i))
		}
		whole, _ := w.must(http.StatusOK, "GET", path+"/events", "").events(t)
		require.Len(t, whole, 11)
		for limit := 1; limit <= 12; limit++ {
			var all []map[string]any
			for after := "0"; after != ""; {
				var page []map[string]any
				page, after = w.must(http.StatusOK, "GET", fmt.Sprintf("%s/events?limit=%d&after=%s", path, limit, after), "").events(t)
				assert.LessOrEqual(t, len(page), limit)
				assert.NotEmpty(t, page)
				all = append(all, page...)
			}
			assert.Equal(t, whole, all, "limit %d", limit)
		}
	})
	t.Run("after the end there is nothing", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		path := w.opened("")
		for _, after := range []string{"1", "2", "9223372036854775806", "9223372036854775807"} {
			assert.Equal(t, `{"events":[]}`, w.must(http.StatusOK, "GET", path+"/events?after="+after, "").body)
		}
	})
	t.Run("a page holds 100 where no limit says more", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		path := w.opened("")
		w.do(path, es.Caller{}, "add", cart.AddItem{Item: "tea", Quantity: 1})
		for i := range 1000 {
			w.do(path, es.Caller{}, fmt.Sprint("set ", i), cart.ChangeItemQuantity{Item: "tea", Quantity: 2 + i%2})
		}
		page, next := w.must(http.StatusOK, "GET", path+"/events", "").events(t)
		assert.Len(t, page, 100)
		assert.Equal(t, "100", next)
		page, next = w.must(http.StatusOK, "GET", path+"/events?limit=1000", "").events(t)
		assert.Len(t, page, 1000)
		assert.Equal(t, "1000", next)
	})
}
