package cart

import (
	"encoding/binary"
	"strconv"
)

// CommandName returns the command's name, such as "AddItem".
func (Aggregate) CommandName(c Command) string {
	switch c.(type) {
	case OpenCart:
		return NameOpenCart
	case AddItem:
		return NameAddItem
	case ChangeItemQuantity:
		return NameChangeItemQuantity
	case RemoveItem:
		return NameRemoveItem
	case CloseCart:
		return NameCloseCart
	case RemindShopper:
		return NameRemindShopper
	}
	return ""
}

// AppendCanonical appends the command's name and then every field, each as text
// with its length in front as a varint. Two commands have the same bytes only if
// they are the same, but for UnchangedSince of RemindShopper: each try of a
// reminder reckons it anew from its own clock, and must still be the same command.
// The bytes are hashed and the hash is stored, so they never change.
func (a Aggregate) AppendCanonical(dst []byte, c Command) []byte {
	dst = appendText(dst, a.CommandName(c))
	switch c := c.(type) {
	case OpenCart:
		dst = appendText(dst, c.Owner)
	case AddItem:
		dst = appendText(dst, c.Item)
		dst = appendNumber(dst, int64(c.Quantity))
		dst = appendNumber(dst, c.UnitPrice.Amount)
		dst = appendText(dst, c.UnitPrice.Currency)
	case ChangeItemQuantity:
		dst = appendText(dst, c.Item)
		dst = appendNumber(dst, int64(c.Quantity))
	case RemoveItem:
		dst = appendText(dst, c.Item)
	case CloseCart, RemindShopper:
	}
	return dst
}

func appendText(dst []byte, s string) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(s)))
	return append(dst, s...)
}

func appendNumber(dst []byte, n int64) []byte {
	var room [20]byte
	digits := strconv.AppendInt(room[:0], n, 10)
	dst = append(dst, byte(len(digits)))
	return append(dst, digits...)
}
