package cart

import "github.com/evercart/evercart/core/es"

// The refusals of a cart. Decide and Validate return them with a message that
// names the value and the rule it breaks; errors.Is matches by code.
var (
	ErrNotFound         = &es.Refusal{Code: "cart_not_found", Message: "there is no such cart"}
	ErrAlreadyOpen      = &es.Refusal{Code: "cart_already_open", Message: "the cart is open already"}
	ErrClosed           = &es.Refusal{Code: "cart_closed", Message: "the cart is closed"}
	ErrItemAlreadyAdded = &es.Refusal{Code: "item_already_added", Message: "the item is in the cart already"}
	ErrItemNotInCart    = &es.Refusal{Code: "item_not_in_cart", Message: "the item is not in the cart"}
	ErrFull             = &es.Refusal{Code: "cart_full", Message: "the cart is full"}
	ErrCurrencyMismatch = &es.Refusal{Code: "currency_mismatch", Message: "the cart's prices are in another currency"}
	ErrReminderNotDue   = &es.Refusal{Code: "reminder_not_due", Message: "the cart is not due a reminder"}

	ErrItemInvalid     = &es.Refusal{Code: "item_invalid", Message: "the item is invalid"}
	ErrQuantityInvalid = &es.Refusal{Code: "quantity_invalid", Message: "the quantity is invalid"}
	ErrPriceInvalid    = &es.Refusal{Code: "price_invalid", Message: "the unit price is invalid"}
	ErrOwnerInvalid    = &es.Refusal{Code: "owner_invalid", Message: "the owner is invalid"}
)
