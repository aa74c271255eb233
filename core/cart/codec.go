package cart

import (
	"fmt"
	"strconv"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// Encode returns the event's stored name, Schema, and the payload: one compact
// JSON object, not HTML-escaped.
func (Aggregate) Encode(e Event) (eventType string, schema int, data string) {
	var room [256]byte
	b := append(room[:0], '{')
	switch e := e.(type) {
	case CartOpened:
		eventType = NameCartOpened
		if e.Owner != "" {
			b = append(b, `"owner":`...)
			b = envelope.AppendString(b, e.Owner)
		}
	case ItemAdded:
		eventType = NameItemAdded
		b = appendLine(b, (*Line)(&e))
	case ItemQuantityChanged:
		eventType = NameItemQuantityChanged
		b = appendLine(b, &Line{Item: e.Item, Quantity: e.Quantity})
	case ItemRemoved:
		eventType = NameItemRemoved
		b = append(b, `"item":`...)
		b = envelope.AppendString(b, e.Item)
	case CartClosed:
		eventType = NameCartClosed
		b = appendLines(b, e.Lines)
		if !e.Total.IsZero() {
			b = append(b, `,"total":`...)
			b = appendPrice(b, e.Total)
		}
	case ShopperReminded:
		eventType = NameShopperReminded
		b = append(b, `"items":`...)
		b = strconv.AppendInt(b, int64(e.Items), 10)
		if e.Owner != "" {
			b = append(b, `,"owner":`...)
			b = envelope.AppendString(b, e.Owner)
		}
	}
	return eventType, Schema, string(append(b, '}'))
}

// Decode reads a stored event of any schema, upcast. It checks the form of the
// payload, not the rules for its values: rules change, facts do not. Members that
// it does not know are passed over. The event shares memory with e.Data.
func (Aggregate) Decode(e *ports.Event) (Event, error) {
	var p payload
	form, err := p.read(e)
	if err != nil {
		return nil, err
	}
	switch form.name {
	case NameCartOpened:
		return p.cartOpened(), nil
	case NameItemAdded:
		return p.itemAdded(), nil
	case NameItemQuantityChanged:
		return p.itemQuantityChanged(), nil
	case NameItemRemoved:
		return p.itemRemoved(), nil
	case NameCartClosed:
		return p.cartClosed(), nil
	case NameShopperReminded:
		return p.shopperReminded(), nil
	}
	return nil, unknownForm(e)
}

// Apply is Decode, then Evolve, without an allocation for the event. After an
// error the state returned is s, unchanged.
func (Aggregate) Apply(s State, e *ports.Event) (State, error) {
	var p payload
	form, err := p.read(e)
	if err != nil {
		return s, err
	}
	switch form.name {
	case NameCartOpened:
		s.opened(p.cartOpened(), e.Time)
	case NameItemAdded:
		s.added(p.itemAdded(), e.Time)
	case NameItemQuantityChanged:
		s.quantityChanged(p.itemQuantityChanged(), e.Time)
	case NameItemRemoved:
		s.removed(p.itemRemoved(), e.Time)
	case NameCartClosed:
		s.closed(e.Time)
	case NameShopperReminded:
		s.Reminded = true
	default:
		return s, unknownForm(e)
	}
	return s, nil
}

func unknownForm(e *ports.Event) error {
	want := "CartOpened, ItemAdded and CartClosed of schema 1 and 2; " +
		"ItemQuantityChanged, ItemRemoved and ShopperReminded of schema 2"
	return &ports.FormatError{
		What: fmt.Sprintf("event %s version %d", e.Stream, e.Version),
		Got:  fmt.Sprintf("type %s schema %d", e.Type, e.Schema),
		Want: want,
	}
}

func appendLines(b []byte, lines []Line) []byte {
	b = append(b, `"lines":[`...)
	for i := range lines {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '{')
		b = appendLine(b, &lines[i])
		b = append(b, '}')
	}
	return append(b, ']')
}

// appendLine appends the members of a line, without braces.
func appendLine(b []byte, l *Line) []byte {
	b = append(b, `"item":`...)
	b = envelope.AppendString(b, l.Item)
	b = append(b, `,"quantity":`...)
	b = strconv.AppendInt(b, int64(l.Quantity), 10)
	if !l.UnitPrice.IsZero() {
		b = append(b, `,"unit_price":`...)
		b = appendPrice(b, l.UnitPrice)
	}
	return b
}

func appendPrice(b []byte, p Price) []byte {
	b = append(b, `{"amount":`...)
	b = strconv.AppendInt(b, p.Amount, 10)
	b = append(b, `,"currency":`...)
	b = envelope.AppendString(b, p.Currency)
	return append(b, '}')
}
