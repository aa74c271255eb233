package cart

import (
	"fmt"
	"math"
	"strings"
)

// MaxAmount is the greatest unit price, in minor units.
const MaxAmount = 10_000_000_000

// maxTotal is the greatest total: JavaScript reads integers exactly up to it.
const maxTotal = 1<<53 - 1

// The greatest cart that Decide lets anybody fill stays below maxTotal; this line
// does not compile otherwise.
const _ = uint64(maxTotal - MaxLines*MaxQuantity*MaxAmount)

// Price is an amount of money. The zero Price means that none is known; a price
// of nothing has a currency.
type Price struct {
	Amount   int64  // minor units of Currency (499 is 4.99 EUR), 0 to MaxAmount
	Currency string // active ISO 4217 code in capital letters
}

// IsZero reports whether p says no price.
func (p Price) IsZero() bool { return p.Currency == "" && p.Amount == 0 }

// checkPrice refuses a price outside its range; none is fine.
func checkPrice(p Price) error {
	if p.IsZero() {
		return nil
	}
	if _, ok := MinorDigits(p.Currency); !ok {
		return ErrPriceInvalid.With(fmt.Sprintf("currency %s is no active ISO 4217 code with a minor unit%s", quote(p.Currency), meant(p.Currency)))
	}
	if p.Amount == math.MaxInt64 || p.Amount == math.MinInt64 { // the nearest to what was sent
		return ErrPriceInvalid.With(fmt.Sprintf("the unit price is not in 0 to %d minor units", int64(MaxAmount)))
	}
	if p.Amount < 0 || p.Amount > MaxAmount {
		return ErrPriceInvalid.With(fmt.Sprintf("unit price %d is not in 0 to %d minor units", p.Amount, int64(MaxAmount)))
	}
	return nil
}

// meant names the code that a text which is none was meant to be: the same in
// capital letters, without white space around it. It is empty where there is none.
func meant(currency string) string {
	if len(currency) > 60 {
		return ""
	}
	code := strings.ToUpper(strings.TrimSpace(currency))
	if _, ok := MinorDigits(code); !ok {
		return ""
	}
	return "; write " + code
}

// total returns the sum of lines; false if there are none, one has no price, two
// have different currencies, or the sum is not in 0 to maxTotal. The last two
// happen only in streams that Decide did not write.
func total(lines []Line) (Price, bool) {
	if len(lines) == 0 {
		return Price{}, false
	}
	sum := Price{Currency: lines[0].UnitPrice.Currency}
	for i := range lines {
		l := &lines[i]
		if l.UnitPrice.Currency == "" || l.UnitPrice.Currency != sum.Currency || l.UnitPrice.Amount < 0 || l.Quantity < 0 {
			return Price{}, false
		}
		if l.Quantity > 0 && l.UnitPrice.Amount > (maxTotal-sum.Amount)/int64(l.Quantity) {
			return Price{}, false
		}
		sum.Amount += l.UnitPrice.Amount * int64(l.Quantity)
	}
	return sum, true
}
