package cart

import (
	"errors"
	"fmt"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// payload holds the members of any form of event. It lives on the stack of
// whoever reads one.
type payload struct {
	has      fields
	owner    string
	item     string // also item_name
	quantity int64
	price    Price
	lines    []Line
	total    Price
	items    int64
}

func (p *payload) cartOpened() CartOpened { return CartOpened{Owner: p.owner} }

// itemAdded upcasts schema 1, which means one of the item at no known price.
func (p *payload) itemAdded() ItemAdded {
	if p.has&fieldItemName != 0 {
		return ItemAdded{Item: p.item, Quantity: 1}
	}
	return ItemAdded{Item: p.item, Quantity: int(p.quantity), UnitPrice: p.price}
}

func (p *payload) itemQuantityChanged() ItemQuantityChanged {
	return ItemQuantityChanged{Item: p.item, Quantity: int(p.quantity)}
}

func (p *payload) itemRemoved() ItemRemoved { return ItemRemoved{Item: p.item} }

func (p *payload) cartClosed() CartClosed { return CartClosed{Lines: p.lines, Total: p.total} }

func (p *payload) shopperReminded() ShopperReminded {
	return ShopperReminded{Owner: p.owner, Items: int(p.items)}
}

// read reads the payload of e. What the scanner does not take, encoding/json
// judges.
func (p *payload) read(e *ports.Event) (form, error) {
	f, ok := formOf(e.Type, e.Schema)
	if !ok {
		return form{}, unknownForm(e)
	}
	err := p.scan(e.Data, f.must|f.may)
	if err != nil {
		*p, err = decode(e.Data, f.must|f.may)
	}
	if missing := f.must &^ p.has; err == nil && missing != 0 {
		err = fmt.Errorf("it has no %q", missing.key())
	}
	if err != nil {
		return form{}, &ports.CorruptError{
			What: fmt.Sprintf("event %s version %d (%s schema %d)", e.Stream, e.Version, e.Type, e.Schema),
			Err:  err,
		}
	}
	return f, nil
}

// scan reads the members in want and passes over the others; the last of several
// with the same key counts. It takes no null, which encoding/json then takes for
// none.
func (p *payload) scan(data string, want fields) error {
	s := envelope.Scan(data)
	s.Object()
	for {
		key, ok := s.Field()
		if !ok {
			return s.End()
		}
		f := field(key) & want
		p.has |= f
		switch f {
		case fieldOwner:
			p.owner = s.String()
		case fieldItem, fieldItemName:
			p.item = s.String()
		case fieldQuantity:
			p.quantity = s.Int()
		case fieldUnitPrice:
			p.price = scanPrice(&s)
		case fieldLines:
			p.lines = scanLines(&s)
		case fieldTotal:
			p.total = scanPrice(&s)
		case fieldItems:
			p.items = s.Int()
		default:
			s.Skip()
		}
	}
}

func scanLines(s *envelope.Scanner) []Line {
	lines := []Line{}
	for s.Array(); s.Element(); {
		lines = append(lines, scanLine(s))
	}
	return lines
}

func scanLine(s *envelope.Scanner) Line {
	var p payload
	s.Object()
	for {
		key, ok := s.Field()
		if !ok {
			break
		}
		f := field(key) & lineFields
		p.has |= f
		switch f {
		case fieldItem:
			p.item = s.String()
		case fieldQuantity:
			p.quantity = s.Int()
		case fieldUnitPrice:
			p.price = scanPrice(s)
		default:
			s.Skip()
		}
	}
	if p.has&lineMust != lineMust {
		s.Fail(errLine)
	}
	return Line{Item: p.item, Quantity: int(p.quantity), UnitPrice: p.price}
}

func scanPrice(s *envelope.Scanner) Price {
	var p Price
	var amount, currency bool
	s.Object()
	for {
		key, ok := s.Field()
		if !ok {
			break
		}
		switch key {
		case "amount":
			p.Amount, amount = s.Int(), true
		case "currency":
			p.Currency, currency = s.String(), true
		default:
			s.Skip()
		}
	}
	if !amount || !currency {
		s.Fail(errPrice)
	}
	return p
}

const (
	lineMust   = fieldItem | fieldQuantity
	lineFields = lineMust | fieldUnitPrice
)

var (
	errLine  = errors.New("a line needs an item and a quantity")
	errPrice = errors.New("a price needs an amount and a currency")
)
