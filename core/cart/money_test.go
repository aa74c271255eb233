package cart_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/evercart/evercart/core/cart"
)

func TestPricesAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for text, minor := range map[string]int64{"4.99": 499, "4.9": 490, "4": 400, "0": 0, "0.01": 1, "100000000.00": cart.MaxAmount} {
		t.Run(text+" EUR is read", func(t *testing.T) {
			t.Parallel()
			p, err := cart.ParsePrice(text, "EUR")
			require.NoError(t, err)
			assert.Equal(t, cart.Price{Amount: minor, Currency: "EUR"}, p)
		})
	}
	t.Run("yen have no decimals and dinars three", func(t *testing.T) {
		t.Parallel()
		yen, err := cart.ParsePrice("250", "JPY")
		require.NoError(t, err)
		assert.Equal(t, "250 JPY", yen.String())
		dinar, err := cart.ParsePrice("1.5", "BHD")
		require.NoError(t, err)
		assert.Equal(t, "1.500 BHD", dinar.String())
	})
	for _, text := range []string{"", ".", ".5", "5.", "-1", "+1", "1e3", "4.999", "1,50", "4.99 ", "100000000.01", "99999999999999999999", "１"} {
		t.Run("what is no price is refused: "+text, func(t *testing.T) {
			t.Parallel()
			_, err := cart.ParsePrice(text, "EUR")
			assert.ErrorIs(t, err, cart.ErrPriceInvalid)
		})
	}
	t.Run("an unknown currency is refused", func(t *testing.T) {
		t.Parallel()
		for _, code := range []string{"", "EURO", "eur", "XAU", "ABC"} {
			_, err := cart.ParsePrice("1", code)
			assert.ErrorIs(t, err, cart.ErrPriceInvalid, code)
		}
	})
	t.Run("what is written is read again", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(t *rapid.T) {
			p := cart.Price{
				Amount:   rapid.Int64Range(0, cart.MaxAmount).Draw(t, "amount"),
				Currency: rapid.SampledFrom([]string{"EUR", "JPY", "BHD", "CLF"}).Draw(t, "currency"),
			}
			text := p.String()
			again, err := cart.ParsePrice(text[:len(text)-4], p.Currency)
			require.NoError(t, err)
			assert.Equal(t, p, again)
		})
	})
}
