package lambdafn_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/core/app/carts"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
)

func operator() es.Caller { return es.Caller{Operator: true} }

// shop has closed carts with tea, one of them ada's, and an open one.
func shop(t *testing.T) *world {
	t.Helper()
	w := newWorld()
	for i, owner := range []string{"", "https://id.example|ada", "https://id.example|ada"} {
		id := fmt.Sprintf("0190a000-0000-7000-8000-00000000ca0%d", i+1)
		w.do(t, id, "open", cart.OpenCart{Owner: owner})
		w.do(t, id, "tea", cart.AddItem{Item: "Tea <b>&", Quantity: 1})
		w.do(t, id, "milk", cart.AddItem{Item: "Milk", Quantity: 1})
		if i < 2 {
			w.do(t, id, "close", cart.CloseCart{})
		}
	}
	project(t, w, cart.CartsView{})
	project(t, w, cart.RelatedView{})
	return w
}

// overHTTP returns what the HTTP API answers to a GET.
func (w *world) overHTTP(t *testing.T, target string, headers ...string) string {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	recorder := httptest.NewRecorder()
	w.front(nil).Gateway.Handler.ServeHTTP(recorder, r)
	require.Equal(t, http.StatusOK, recorder.Code, recorder.Body)
	return recorder.Body.String()
}

func TestQueriesByDirectInvocationAnswerAsTheHTTPAPIDoes(t *testing.T) {
	t.Parallel()
	w := shop(t)
	history, related := &lambdafn.History{Queries: w.queries}, &lambdafn.Related{Views: w.reader}
	for name, c := range map[string]struct {
		handle  lambdafn.Handler
		payload string
		target  string
	}{
		"a history":                 {history.Handle, `{"id": "` + cart1 + `"}`, "/carts/" + cart1 + "/events"},
		"a page of a history":       {history.Handle, `{"id": "` + cart1 + `", "after": 1, "limit": 2}`, "/carts/" + cart1 + "/events?after=1&limit=2"},
		"related items":             {related.Handle, `{"item": " Tea <b>& "}`, "/related?item=Tea+%3Cb%3E%26"},
		"items related to nothing":  {related.Handle, `{"item": "Soap", "limit": 5}`, "/related?item=Soap&limit=5"},
		"a history's page, no next": {history.Handle, `{"id": "` + cart1 + `", "after": 4}`, "/carts/" + cart1 + "/events?after=4"},
	} {
		answer, err := c.handle(t.Context(), []byte(c.payload))
		assert.Equal(t, w.overHTTP(t, c.target), inJSON(t, answer, err)+"\n", name)
	}
}

func TestListCarts(t *testing.T) {
	t.Parallel()
	w := shop(t)
	list := &lambdafn.List{Views: w.reader}
	page := func(t *testing.T, payload string) string {
		t.Helper()
		answer, err := list.Handle(t.Context(), []byte(payload))
		return inJSON(t, answer, err)
	}
	t.Run("answers an owner's carts as the HTTP API answers the owner", func(t *testing.T) {
		t.Parallel()
		overHTTP := w.gateway(t, request1, recorded(t, "apigw-list-jwt.json"))
		assert.Equal(t, overHTTP.Body, page(t, `{"owner": "https://id.example|ada", "status": "open", "limit": 10}`)+"\n")
	})
	t.Run("answers everybody's where no owner is named, page by page", func(t *testing.T) {
		t.Parallel()
		all, err := w.reader.List(t.Context(), carts.Query{All: true, Limit: 10})
		require.NoError(t, err)
		require.Len(t, all.Carts, 3)
		first, err := list.Handle(t.Context(), []byte(`{"limit": 2}`))
		text := inJSON(t, first, err)
		assert.Contains(t, text, all.Carts[1].ID)
		assert.NotContains(t, text, all.Carts[2].ID)
		two, err := w.reader.List(t.Context(), carts.Query{All: true, Limit: 2})
		require.NoError(t, err)
		assert.Contains(t, page(t, `{"after": "`+two.Next+`"}`), all.Carts[2].ID)
	})
	t.Run("answers an empty page as an empty list", func(t *testing.T) {
		t.Parallel()
		assert.Equal(t, `{"carts":[]}`, page(t, `{"owner": "nobody"}`))
	})
}

func TestAQueryThatIsWrongIsRefusedAndIsNoFunctionError(t *testing.T) {
	t.Parallel()
	w := newWorld()
	history, list, related := &lambdafn.History{Queries: w.queries}, &lambdafn.List{Views: w.reader}, &lambdafn.Related{Views: w.reader}
	for name, c := range map[string]struct {
		handle        lambdafn.Handler
		payload, code string
	}{
		"no JSON":                {history.Handle, `{`, "malformed_request"},
		"two values":             {history.Handle, `{"id": "` + cart1 + `"} {}`, "malformed_request"},
		"an unknown member":      {list.Handle, `{"ownr": "ada"}`, "malformed_request"},
		"no cart":                {history.Handle, `{}`, "malformed_request"},
		"a limit of 0":           {history.Handle, `{"id": "` + cart1 + `", "limit": 0}`, "malformed_request"},
		"a limit of 1001":        {list.Handle, `{"limit": 1001}`, "malformed_request"},
		"a limit below 0":        {related.Handle, `{"item": "Tea", "limit": -1}`, "malformed_request"},
		"a version below 0":      {history.Handle, `{"id": "` + cart1 + `", "after": -1}`, "malformed_request"},
		"a status of no cart":    {list.Handle, `{"status": "lost"}`, "malformed_request"},
		"an item without name":   {related.Handle, `{"item": ""}`, "item_invalid"},
		"a cart nobody has":      {history.Handle, `{"id": "` + cart1 + `"}`, "cart_not_found"},
		"a list of another kind": {related.Handle, `[]`, "malformed_request"},
	} {
		answer, err := c.handle(t.Context(), []byte(c.payload))
		assert.Contains(t, inJSON(t, answer, err), `{"error":{"code":"`+c.code+`","message":"`, name)
	}
}
