package cart_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
)

func TestWhoIsAdmitted(t *testing.T) {
	t.Parallel()
	mine := fold(at{monday, cart.CartOpened{Owner: "issuer|me"}})
	nobodys := fold(at{monday, cart.CartOpened{}})
	for name, c := range map[string]struct {
		cart   cart.State
		caller es.Caller
		want   bool
	}{
		"the owner":                           {mine, es.Caller{Subject: "issuer|me"}, true},
		"nobody else":                         {mine, es.Caller{Subject: "issuer|you"}, false},
		"no anonymous caller to an owned one": {mine, es.Caller{}, false},
		"the operator":                        {mine, es.Caller{Operator: true}, true},
		"anybody, where nobody owns it":       {nobodys, es.Caller{}, true},
		"somebody, where nobody owns it":      {nobodys, es.Caller{Subject: "issuer|me"}, true},
		"anybody, where there is no cart":     {cart.State{}, es.Caller{}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, c.want, cart.Aggregate{}.Admits(c.cart, c.caller))
		})
	}
	t.Run("others hear that there is no cart", func(t *testing.T) {
		t.Parallel()
		assert.Same(t, cart.ErrNotFound, cart.Aggregate{}.NotFound())
	})
}

func TestStableWords(t *testing.T) {
	t.Parallel()
	t.Run("the category", func(t *testing.T) {
		t.Parallel()
		assert.Equal(t, "cart", cart.Aggregate{}.Category())
	})
	t.Run("the codes of refusals", func(t *testing.T) {
		t.Parallel()
		for code, refusal := range map[string]*es.Refusal{
			"cart_not_found": cart.ErrNotFound, "cart_already_open": cart.ErrAlreadyOpen, "cart_closed": cart.ErrClosed,
			"item_already_added": cart.ErrItemAlreadyAdded, "item_not_in_cart": cart.ErrItemNotInCart, "cart_full": cart.ErrFull,
			"currency_mismatch": cart.ErrCurrencyMismatch, "item_invalid": cart.ErrItemInvalid, "quantity_invalid": cart.ErrQuantityInvalid,
			"price_invalid": cart.ErrPriceInvalid, "owner_invalid": cart.ErrOwnerInvalid, "reminder_not_due": cart.ErrReminderNotDue,
		} {
			assert.Equal(t, code, refusal.Code)
			assert.NotEmpty(t, refusal.Message)
		}
	})
	t.Run("the names of commands", func(t *testing.T) {
		t.Parallel()
		for name, c := range map[string]cart.Command{
			"OpenCart": cart.OpenCart{}, "AddItem": cart.AddItem{}, "ChangeItemQuantity": cart.ChangeItemQuantity{},
			"RemoveItem": cart.RemoveItem{}, "CloseCart": cart.CloseCart{}, "RemindShopper": cart.RemindShopper{}, "": nil,
		} {
			assert.Equal(t, name, cart.Aggregate{}.CommandName(c))
		}
	})
}
