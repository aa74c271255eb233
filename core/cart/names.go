package cart

// Category is the stream category of carts.
const Category = "cart"

// The names under which events are stored. They are never changed: a new meaning
// is a new name.
const (
	NameCartOpened          = "CartOpened"
	NameItemAdded           = "ItemAdded"
	NameItemQuantityChanged = "ItemQuantityChanged"
	NameItemRemoved         = "ItemRemoved"
	NameCartClosed          = "CartClosed"
	NameShopperReminded     = "ShopperReminded"
)

// EventNames returns the names of all events, in the order in which a cart's life may
// have them.
func EventNames() []string {
	return []string{NameCartOpened, NameItemAdded, NameItemQuantityChanged, NameItemRemoved, NameCartClosed, NameShopperReminded}
}

// The names of commands. They are part of a command's fingerprint, which is
// stored, so they are never changed either.
const (
	NameOpenCart           = "OpenCart"
	NameAddItem            = "AddItem"
	NameChangeItemQuantity = "ChangeItemQuantity"
	NameRemoveItem         = "RemoveItem"
	NameCloseCart          = "CloseCart"
	NameRemindShopper      = "RemindShopper"
)

// Schema is the schema of every event that this code writes. Schema 1 of
// CartOpened, ItemAdded and CartClosed is read, too.
const Schema = 2
