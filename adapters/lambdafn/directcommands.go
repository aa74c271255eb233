package lambdafn

import "github.com/evercart/evercart/core/cart"

// OpenCart makes the command of function open-cart.
func OpenCart(*Invocation) (cart.Command, error) { return cart.OpenCart{}, nil }

// AddItem makes the command of function add-item. Without a quantity it is 1.
func AddItem(in *Invocation) (cart.Command, error) {
	item, err := cart.ParseItem(in.ItemName)
	quantity := 1
	if in.Quantity != nil {
		quantity = *in.Quantity
	}
	return cart.AddItem{Item: item, Quantity: quantity}, err
}

// ChangeItemQuantity makes the command of function change-item-quantity, which
// needs a quantity.
func ChangeItemQuantity(in *Invocation) (cart.Command, error) {
	if in.Quantity == nil {
		return nil, ErrMalformed.With("Quantity is missing")
	}
	item, err := cart.ParseItem(in.ItemName)
	return cart.ChangeItemQuantity{Item: item, Quantity: *in.Quantity}, err
}

// RemoveItem makes the command of function remove-item.
func RemoveItem(in *Invocation) (cart.Command, error) {
	item, err := cart.ParseItem(in.ItemName)
	return cart.RemoveItem{Item: item}, err
}

// CloseCart makes the command of function close-cart.
func CloseCart(*Invocation) (cart.Command, error) { return cart.CloseCart{}, nil }
