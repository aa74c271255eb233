package sqlite

import (
	"fmt"
	"strconv"

	"github.com/evercart/evercart/ports"
)

// positionDigits is how many digits a record's number has in a position: enough
// for every int64, so that positions of one feed sort as text.
const positionDigits = 20

// feedPosition returns the position of record number n of the feed id:
// the ID, then n in 20 digits. Number 0 is before the first record.
func feedPosition(id string, n int64) ports.Position {
	if n == 0 {
		return ""
	}
	return ports.Position(fmt.Sprintf("%s%0*d", id, positionDigits, n))
}

// feedNumber reads what feedPosition wrote. A position that another feed made, or
// no feed, is ports.ErrForeignPosition.
func feedNumber(id string, p ports.Position) (int64, error) {
	if p == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(string(p[max(0, len(p)-positionDigits):]), 10, 64)
	if err != nil || n < 1 || feedPosition(id, n) != p {
		return 0, ports.ErrForeignPosition
	}
	return n, nil
}
