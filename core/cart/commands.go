package cart

import "time"

// Command is a wish: one of the types below.
//
//sumtype:decl
type Command interface{ isCommand() }

// OpenCart opens a cart.
type OpenCart struct {
	// Owner is the subject whose cart it is, "issuer|subject", at most
	// MaxOwnerLength characters, for good; empty for nobody's.
	Owner string
}

// AddItem puts an item that is not yet there into the cart.
type AddItem struct {
	Item      string // as ParseItem returns it
	Quantity  int    // 1 to MaxQuantity
	UnitPrice Price  // the zero Price: none is known
}

// ChangeItemQuantity sets the quantity of an item in the cart.
type ChangeItemQuantity struct {
	Item     string
	Quantity int // 1 to MaxQuantity
}

// RemoveItem takes an item out of the cart.
type RemoveItem struct{ Item string }

// CloseCart closes the cart for good, also an empty one.
type CloseCart struct{}

// RemindShopper records that the shopper is to be reminded of a cart that was
// left alone.
type RemindShopper struct {
	// UnchangedSince is the instant after which nothing may have changed: the cart
	// is due if its last change was at that instant or before.
	UnchangedSince time.Time
}

func (OpenCart) isCommand()           {}
func (AddItem) isCommand()            {}
func (ChangeItemQuantity) isCommand() {}
func (RemoveItem) isCommand()         {}
func (CloseCart) isCommand()          {}
func (RemindShopper) isCommand()      {}

// Validate refuses a command whose values are out of range, whatever the cart.
// Edges call it before anything is looked up; Decide calls it, too.
func Validate(c Command) error {
	switch c := c.(type) {
	case OpenCart:
		return checkOwner(c.Owner)
	case AddItem:
		if err := checkItem(c.Item); err != nil {
			return err
		}
		if err := checkQuantity(c.Quantity); err != nil {
			return err
		}
		return checkPrice(c.UnitPrice)
	case ChangeItemQuantity:
		if err := checkItem(c.Item); err != nil {
			return err
		}
		return checkQuantity(c.Quantity)
	case RemoveItem:
		return checkItem(c.Item)
	case CloseCart, RemindShopper:
	}
	return nil
}
