package cart

import (
	"fmt"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The ranges of values. Stored carts of the older form may lie outside of them.
const (
	MaxItemLength  = 200 // code points of an item's name; at least 1
	MaxQuantity    = 999 // of one line; at least 1
	MaxLines       = 100 // of a cart
	MaxOwnerLength = 256 // code points of an owner; 0 means none
)

// Line is one item in a cart.
type Line struct {
	Item     string // the item is its name, compared byte by byte
	Quantity int    // 1 to MaxQuantity; carts of the older form may hold more
	// UnitPrice is the price of one; the zero Price where none is known.
	UnitPrice Price
}

// ParseItem returns s without the white space around it, or an item_invalid
// refusal. It does not normalise: "é" in one code point and in two are two items.
func ParseItem(s string) (string, error) {
	item := strings.TrimSpace(s)
	if err := checkItem(item); err != nil {
		return "", err
	}
	return item, nil
}

// checkItem refuses what is no item name: 1 to MaxItemLength code points of valid
// UTF-8, without white space around them, control characters, or the line and
// paragraph separators U+2028 and U+2029, which break lines as control characters
// do. Format characters such as the joiners inside emoji are allowed.
func checkItem(item string) error {
	switch {
	case item == "":
		return ErrItemInvalid.With(fmt.Sprintf("the item has no name, want 1 to %d characters", MaxItemLength))
	case !utf8.ValidString(item):
		return ErrItemInvalid.With(fmt.Sprintf("item %s is not valid UTF-8", quote(item)))
	case len(item) > MaxItemLength && utf8.RuneCountInString(item) > MaxItemLength:
		return ErrItemInvalid.With(fmt.Sprintf("item %s has %d characters, at most %d are allowed",
			quote(item), utf8.RuneCountInString(item), MaxItemLength))
	case strings.TrimSpace(item) != item:
		return ErrItemInvalid.With(fmt.Sprintf("item %s has white space around it", quote(item)))
	case strings.ContainsFunc(item, breaksLines):
		return ErrItemInvalid.With(fmt.Sprintf("item %s has a control character", quote(item)))
	}
	return nil
}

func breaksLines(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }

func checkQuantity(quantity int) error {
	if quantity == math.MaxInt || quantity == math.MinInt { // the nearest to what was sent
		return ErrQuantityInvalid.With(fmt.Sprintf("the quantity is not in 1 to %d", MaxQuantity))
	}
	if quantity < 1 || quantity > MaxQuantity {
		return ErrQuantityInvalid.With(fmt.Sprintf("quantity %d is not in 1 to %d", quantity, MaxQuantity))
	}
	return nil
}

// checkOwner takes any subject of valid UTF-8 without control characters; empty
// is no owner.
func checkOwner(owner string) error {
	switch {
	case !utf8.ValidString(owner) || strings.ContainsFunc(owner, breaksLines):
		return ErrOwnerInvalid.With("the owner is not valid UTF-8 without control characters")
	case len(owner) > MaxOwnerLength && utf8.RuneCountInString(owner) > MaxOwnerLength:
		return ErrOwnerInvalid.With(fmt.Sprintf("the owner has %d characters, at most %d are allowed",
			utf8.RuneCountInString(owner), MaxOwnerLength))
	}
	return nil
}

// quote returns s for a message: quoted, escaped, and cut where it is long.
func quote(s string) string {
	const most = 60 // bytes
	if len(s) <= most {
		return fmt.Sprintf("%q", s)
	}
	cut := most
	for cut > most-utf8.UTFMax && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return fmt.Sprintf("%q…", s[:cut])
}
