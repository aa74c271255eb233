package cart_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

// FuzzViewRows reads arbitrary rows of both views: what is taken is JSON, and the
// items are those that encoding/json reads.
func FuzzViewRows(f *testing.F) {
	f.Add([]byte(`{"id":"a","version":3,"status":"open","owner":"o","items":2,"total":{"amount":1,"currency":"EUR"},"reminded":true,"opened_at":"2026-01-31T12:00:00.000000Z"}`))
	f.Add([]byte(`["tea","oat milk","\u2028"]`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, value []byte) {
		var corrupt *ports.CorruptError
		if _, err := cart.ReadCartSummary(value); err != nil {
			require.ErrorAs(t, err, &corrupt)
		} else {
			assert.True(t, json.Valid(value))
		}
		items, err := cart.ReadItems(value)
		if err != nil {
			require.ErrorAs(t, err, &corrupt)
			return
		}
		var want []string
		require.NoError(t, json.Unmarshal(value, &want))
		assert.ElementsMatch(t, want, items)
	})
}

// FuzzPrice reads prices as people write them: what is taken is shown, and read
// again as the same price.
func FuzzPrice(f *testing.F) {
	for _, amount := range []string{"4.99", "0", "00.10", "1.", ".5", "-1", "1e3", "99999999999"} {
		f.Add(amount, "EUR")
		f.Add(amount, "JPY")
	}
	f.Fuzz(func(t *testing.T, amount, currency string) {
		p, err := cart.ParsePrice(amount, currency)
		if err != nil {
			var refusal *es.Refusal
			require.ErrorAs(t, err, &refusal)
			return
		}
		require.NotEmpty(t, p.String())
		shown := p.String()[:len(p.String())-len(currency)-1]
		again, err := cart.ParsePrice(shown, currency)
		require.NoError(t, err)
		assert.Equal(t, p, again)
	})
}
