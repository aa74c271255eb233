package cart

// fields is a set of members that payloads have. Bit by bit, so that which were
// there can be compared with which must be.
type fields uint16

const (
	fieldOwner fields = 1 << iota
	fieldItem
	fieldItemName // the item's name in schema 1
	fieldQuantity
	fieldUnitPrice
	fieldLines
	fieldTotal
	fieldItems
)

// field returns the member that key names; 0 for one that no form has.
func field(key string) fields {
	switch key {
	case "owner":
		return fieldOwner
	case "item":
		return fieldItem
	case "item_name":
		return fieldItemName
	case "quantity":
		return fieldQuantity
	case "unit_price":
		return fieldUnitPrice
	case "lines":
		return fieldLines
	case "total":
		return fieldTotal
	case "items":
		return fieldItems
	}
	return 0
}

// key returns the key of the first member in f.
func (f fields) key() string {
	for _, key := range []string{"owner", "item", "item_name", "quantity", "unit_price", "lines", "total", "items"} {
		if f&field(key) != 0 {
			return key
		}
	}
	return ""
}

// form is one stored form of one type of event: the members that it must and may
// have. All others are passed over.
type form struct {
	name      string
	must, may fields
}

// formOf returns the form of a type and schema; false for one that this code does
// not know. Schema 1 knows the members shopping_cart_uuid, which is the stream's
// ID, and item_name.
func formOf(eventType string, schema int) (form, bool) {
	switch schema {
	case 2:
		switch eventType {
		case NameCartOpened:
			return form{name: NameCartOpened, may: fieldOwner}, true
		case NameItemAdded:
			return form{name: NameItemAdded, must: fieldItem | fieldQuantity, may: fieldUnitPrice}, true
		case NameItemQuantityChanged:
			return form{name: NameItemQuantityChanged, must: fieldItem | fieldQuantity}, true
		case NameItemRemoved:
			return form{name: NameItemRemoved, must: fieldItem}, true
		case NameCartClosed:
			return form{name: NameCartClosed, must: fieldLines, may: fieldTotal}, true
		case NameShopperReminded:
			return form{name: NameShopperReminded, must: fieldItems, may: fieldOwner}, true
		}
	case 1:
		switch eventType {
		case NameCartOpened, NameCartClosed:
			return form{name: eventType}, true
		case NameItemAdded:
			return form{name: NameItemAdded, must: fieldItemName}, true
		}
	}
	return form{}, false
}
