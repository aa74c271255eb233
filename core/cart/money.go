package cart

import (
	"fmt"
	"strconv"
	"strings"
)

// ParsePrice reads a price as people write it, in major units with a decimal
// point: "4.99" and "EUR" are 499 minor units. Too many decimals, a sign or
// anything but digits is a price_invalid refusal, as are an unknown currency and
// an amount out of range.
func ParsePrice(amount, currency string) (Price, error) {
	digits, ok := MinorDigits(currency)
	if !ok {
		return Price{}, checkPrice(Price{Amount: 1, Currency: currency})
	}
	whole, fraction, _ := strings.Cut(amount, ".")
	minor, err := strconv.ParseUint(whole+fraction+strings.Repeat("0", max(0, digits-len(fraction))), 10, 63)
	if err != nil || whole == "" || len(fraction) > digits || strings.HasSuffix(amount, ".") {
		return Price{}, ErrPriceInvalid.With(fmt.Sprintf("price %s is no amount of %s, which has %d decimals", quote(amount), currency, digits))
	}
	p := Price{Amount: int64(minor), Currency: currency} //nolint:gosec // 63 bits were asked for
	return p, checkPrice(p)
}

// String returns the price as people write it: "4.99 EUR"; empty for no price. A
// currency that the list does not know counts as one without decimals.
func (p Price) String() string {
	if p.IsZero() {
		return ""
	}
	digits, _ := MinorDigits(p.Currency)
	text := strconv.FormatInt(p.Amount, 10)
	if digits > 0 {
		if short := digits + 1 - len(text); short > 0 {
			text = strings.Repeat("0", short) + text
		}
		point := len(text) - digits
		text = text[:point] + "." + text[point:]
	}
	return text + " " + p.Currency
}
