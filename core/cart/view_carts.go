package cart

import (
	"strconv"
	"time"

	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// CartsView is the view "carts": a summary of each cart, by status and by owner,
// in the order of last change.
type CartsView struct{}

var _ es.View[State] = CartsView{}

// Name returns "carts".
func (CartsView) Name() string { return "carts" }

// Rows returns the cart's row among those of its status; if it has an owner, among
// its owner's; and while its shopper may yet be reminded, among those. All have the same sort key, TimeSort of the last change, and
// the same value, which ReadCartSummary reads. A cart that was never opened has no
// rows.
func (CartsView) Rows(stream ports.StreamID, version ports.Version, s State) []ports.Row {
	if s.Status == StatusNone {
		return nil
	}
	sort, value := TimeSort(s.ChangedAt, stream.ID), appendSummary(nil, stream.ID, version, &s)
	rows := []ports.Row{{
		RowKey: ports.RowKey{Partition: StatusPartition(s.Status, stream.ID), Sort: sort}, Value: value,
	}}
	if s.Owner != "" {
		rows = append(rows, ports.Row{
			RowKey: ports.RowKey{Partition: OwnerPartition(s.Owner), Sort: sort}, Value: value,
		})
	}
	if s.Status == StatusOpen && len(s.Lines) > 0 && !s.Reminded && !s.ChangedAt.IsZero() {
		rows = append(rows, ports.Row{
			RowKey: ports.RowKey{Partition: DuePartition(stream.ID), Sort: sort}, Value: value,
		})
	}
	return rows
}

// CartSummary is a row of view carts.
type CartSummary struct {
	ID        string
	Version   ports.Version
	Status    Status
	Owner     string   // empty: nobody's
	Items     int      // lines
	Names     []string // of the first lines: as many as have room
	Total     Price    // the zero Price: there is none
	Reminded  bool     // the shopper was reminded since the last change
	OpenedAt  time.Time
	ChangedAt time.Time
	ClosedAt  time.Time
}

func appendSummary(dst []byte, id string, version ports.Version, s *State) []byte {
	dst = append(dst, `{"id":`...)
	dst = envelope.AppendString(dst, id)
	dst = append(dst, `,"version":`...)
	dst = strconv.AppendInt(dst, int64(version), 10)
	dst = append(dst, `,"status":"`...)
	dst = append(dst, s.Status.String()...)
	dst = append(dst, '"')
	if s.Owner != "" {
		dst = append(dst, `,"owner":`...)
		dst = envelope.AppendString(dst, s.Owner)
	}
	dst = append(dst, `,"items":`...)
	dst = strconv.AppendInt(dst, int64(len(s.Lines)), 10)
	dst = appendNames(dst, s.Lines)
	if sum, ok := total(s.Lines); ok {
		dst = append(dst, `,"total":`...)
		dst = appendPrice(dst, sum)
	}
	if s.Reminded {
		dst = append(dst, `,"reminded":true`...)
	}
	dst = appendTime(dst, `,"opened_at":"`, s.OpenedAt)
	dst = appendTime(dst, `,"changed_at":"`, s.ChangedAt)
	dst = appendTime(dst, `,"closed_at":"`, s.ClosedAt)
	return append(dst, '}')
}

// namesRoom is how many bytes of item names a row keeps, so that it stays below the
// KiB that a write unit of DynamoDB takes.
const namesRoom = 240

// appendNames appends the names of the first lines, as many as have room.
func appendNames(dst []byte, lines []Line) []byte {
	room, sep := namesRoom, `,"names":[`
	for i := range lines {
		if room -= len(lines[i].Item); room < 0 {
			break
		}
		dst = append(dst, sep...)
		dst = envelope.AppendString(dst, lines[i].Item)
		sep = `,`
	}
	if sep == `,` {
		dst = append(dst, ']')
	}
	return dst
}

const timeLayout = "2006-01-02T15:04:05.000000Z"

func appendTime(dst []byte, key string, t time.Time) []byte {
	if t.IsZero() {
		return dst
	}
	dst = append(dst, key...)
	dst = t.UTC().AppendFormat(dst, timeLayout)
	return append(dst, '"')
}

// ReadCartSummary reads the value of a row of view carts; anything else is a
// *ports.CorruptError.
func ReadCartSummary(value []byte) (CartSummary, error) {
	var c CartSummary
	scan := envelope.Scan(string(value))
	scan.Object()
	for {
		key, ok := scan.Field()
		if !ok {
			break
		}
		switch key {
		case "id":
			c.ID = scan.String()
		case "version":
			c.Version = ports.Version(scan.Int())
		case "status":
			c.Status = scanStatus(&scan)
		case "owner":
			c.Owner = scan.String()
		case "items":
			c.Items = int(scan.Int())
		case "names":
			c.Names = scanNames(&scan)
		case "total":
			c.Total = scanPrice(&scan)
		case "reminded":
			c.Reminded = scan.Raw() == "true"
		case "opened_at":
			c.OpenedAt = scanTime(&scan)
		case "changed_at":
			c.ChangedAt = scanTime(&scan)
		case "closed_at":
			c.ClosedAt = scanTime(&scan)
		default:
			scan.Skip()
		}
	}
	if err := scan.End(); err != nil {
		return CartSummary{}, &ports.CorruptError{What: "row of view carts", Err: err}
	}
	return c, nil
}

func scanNames(scan *envelope.Scanner) (names []string) {
	for scan.Array(); scan.Element(); {
		names = append(names, scan.String())
	}
	return names
}

func scanStatus(scan *envelope.Scanner) Status {
	switch scan.String() {
	case "open":
		return StatusOpen
	case "closed":
		return StatusClosed
	}
	scan.Fail(errStatus)
	return StatusNone
}

func scanTime(scan *envelope.Scanner) time.Time {
	t, err := time.Parse(timeLayout, scan.String())
	if err != nil {
		scan.Fail(err)
	}
	return t
}
