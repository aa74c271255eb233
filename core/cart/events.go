package cart

// Event is a fact about one cart: one of the types below.
//
//sumtype:decl
type Event interface{ isEvent() }

// CartOpened says that the cart exists.
type CartOpened struct {
	Owner string // empty: nobody's
}

// ItemAdded says that an item came into the cart. In carts of the older form it
// may have been there already; the quantity then adds up.
type ItemAdded struct {
	Item      string
	Quantity  int
	UnitPrice Price // the zero Price: none is known
}

// ItemQuantityChanged says which quantity an item has now.
type ItemQuantityChanged struct {
	Item     string
	Quantity int
}

// ItemRemoved says that an item left the cart.
type ItemRemoved struct{ Item string }

// CartClosed says that the cart is closed for good. What was in it stands here for
// readers that do not fold carts; a folded state has its own lines.
type CartClosed struct {
	Lines []Line // nil for events of the older form, which do not say
	Total Price  // the zero Price: there was none
}

// ShopperReminded says that the shopper is to be reminded of the cart. It is no
// change of the cart.
type ShopperReminded struct {
	Owner string // whom; empty: nobody's cart
	Items int    // lines in the cart, 1 or more
}

func (CartOpened) isEvent()          {}
func (ItemAdded) isEvent()           {}
func (ItemQuantityChanged) isEvent() {}
func (ItemRemoved) isEvent()         {}
func (CartClosed) isEvent()          {}
func (ShopperReminded) isEvent()     {}
