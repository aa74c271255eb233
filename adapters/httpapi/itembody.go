package httpapi

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports/envelope"
)

// members is a set of members of a body.
type members uint8

const (
	hasItem members = 1 << iota
	hasQuantity
	hasUnitPrice
	hasAmount
	hasCurrency
)

// itemBody is the body of the routes that put an item or change one.
type itemBody struct {
	item      string
	quantity  int // 1 where the body has none
	unitPrice cart.Price
}

// readItemBody reads an object that has all members of must, perhaps those of
// may, and no others.
func readItemBody(text string, must, may members) (itemBody, error) {
	b := itemBody{quantity: 1}
	var have members
	var at string // the member that is being read
	s := envelope.Scan(text)
	for s.Object(); ; {
		key, ok := s.Field()
		if !ok {
			break
		}
		at = key
		switch take(&s, &have, must|may, key) {
		case hasItem:
			b.item = s.String()
		case hasQuantity:
			b.quantity = int(readInteger(&s, "a whole number"))
		case hasUnitPrice:
			b.unitPrice = readPrice(&s, &at)
		}
		if err := s.Err(); err != nil {
			return b, memberFault(at, err)
		}
	}
	if err := s.End(); err != nil {
		return b, bodyFault(err)
	}
	if err := missing(have, must); err != nil {
		return b, err
	}
	if have&hasUnitPrice != 0 && b.unitPrice.Currency == "" {
		return b, cart.ErrPriceInvalid.With("the unit price has no currency")
	}
	return b, nil
}

// readPrice reads the price in member at, and leaves in at the member that is wrong.
func readPrice(s *envelope.Scanner, at *string) (p cart.Price) {
	const must = hasAmount | hasCurrency
	whole := *at
	var have members
	for s.Object(); ; {
		key, ok := s.Field()
		if !ok {
			break
		}
		switch take(s, &have, must, key) {
		case hasAmount:
			p.Amount = readInteger(s, "a whole number of minor units, such as 499 for 4.99")
		case hasCurrency:
			p.Currency = s.String()
		}
		if s.Err() != nil {
			*at = whole + "." + key
		}
	}
	if s.Err() == nil {
		s.Fail(missing(have, must))
	}
	return p
}

// take notes the member that key names. One that is not in known, or was there
// before, is an error, and 0.
func take(s *envelope.Scanner, have *members, known members, key string) members {
	m := memberOf(key) & known
	switch {
	case m == 0:
		s.Fail(unknownField(key))
	case *have&m != 0:
		s.Fail(malformed("the body has member " + key + " twice"))
	}
	*have |= m
	return m
}

func memberOf(key string) members {
	switch key {
	case "item":
		return hasItem
	case "quantity":
		return hasQuantity
	case "unit_price":
		return hasUnitPrice
	case "amount":
		return hasAmount
	case "currency":
		return hasCurrency
	}
	return 0
}

// missing names the first member of must that is not there; nil where all are.
func missing(have, must members) error {
	for _, key := range []string{"item", "quantity", "unit_price", "amount", "currency"} {
		if memberOf(key)&must&^have != 0 {
			return malformed("the body has no member " + key)
		}
	}
	return nil
}

func unknownField(key string) error {
	return malformed(fmt.Sprintf("the body has a member %.80q, which is not known here", key))
}

// readInteger reads an integer of any length; want says what to send instead of
// another number. One beyond int64 is the nearest int64, which no range has, so that
// the domain can name the range (and not the number, which nobody sent).
func readInteger(s *envelope.Scanner, want string) int64 {
	if s.Kind() != '0' {
		return s.Int() // which says what is wrong
	}
	ahead := *s
	text := ahead.Raw()
	digits := strings.TrimPrefix(text, "-")
	switch {
	case ahead.Err() != nil:
		return s.Int()
	case strings.Trim(digits, "0123456789") != "":
		s.Fail(fmt.Errorf("want %s, found %.40s", want, text))
		return 0
	}
	*s = ahead
	n, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err == nil:
		return n
	case text[0] == '-':
		return math.MinInt64
	default:
		return math.MaxInt64
	}
}
