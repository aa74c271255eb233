package functions_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/bootstrap/functions"
	"github.com/evercart/evercart/bootstrap/functions/fronts"
)

func TestWhatAFunctionsCallsOfDynamoDBCostIsMetered(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var call struct{ TableName string }
		body, _ := io.ReadAll(r.Body)
		_ = json.Unmarshal(body, &call) // another body names no table, and the test fails below
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		_, _ = io.WriteString(w, `{"Items": [], "Count": 0, "ConsumedCapacity": {"TableName": "`+call.TableName+`", "CapacityUnits": 0.5}}`)
	}))
	t.Cleanup(server.Close)
	metrics := func(t *testing.T, written *bytes.Buffer) map[string]any {
		t.Helper()
		for line := range bytes.Lines(written.Bytes()) {
			var document map[string]any
			require.NoError(t, json.Unmarshal(line, &document))
			if document["evercart_read_milliunits_total"] != nil {
				return document
			}
		}
		return nil
	}
	t.Run("of the table of events", func(t *testing.T) {
		t.Parallel()
		var out bytes.Buffer
		f, err := functions.New("get-cart", inLambda("AWS_ENDPOINT_URL="+server.URL), &out, fronts.GetCart())
		require.NoError(t, err)
		_, err = f.Invoke(t.Context(), []byte(`{"ShoppingCartID": "`+cart1+`"}`))
		require.NoError(t, err)
		got := metrics(t, &out)
		assert.Equal(t, []any{"evercart-cart-events", 500.0}, []any{got["table"], got["evercart_read_milliunits_total"]})
	})
	t.Run("of the table of views", func(t *testing.T) {
		t.Parallel()
		var out bytes.Buffer
		f, err := functions.New("list-carts", inLambda("AWS_ENDPOINT_URL="+server.URL), &out, fronts.ListCarts())
		require.NoError(t, err)
		_, err = f.Invoke(t.Context(), []byte(`{}`))
		require.NoError(t, err)
		got := metrics(t, &out)
		assert.Equal(t, []any{"evercart-views", 500.0}, []any{got["table"], got["evercart_read_milliunits_total"]}, "the entry of the catalog, which has no view")
	})
}
