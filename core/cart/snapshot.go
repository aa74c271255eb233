package cart

import (
	"errors"
	"strconv"
	"time"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// SnapshotSchema numbers the form and the meaning of snapshots. It must change
// whenever a fold's outcome does or the form does; a golden test says so.
const SnapshotSchema = 1

// SnapshotSchema returns the constant of that name.
func (Aggregate) SnapshotSchema() int { return SnapshotSchema }

// AppendSnapshot appends the state as compact JSON. A line is an array, item,
// quantity, and where it has a price amount and currency; times are microseconds
// since 1970; what is not set is left out. For example:
//
//	{"status":1,"lines":[["tea",2,499,"EUR"],["cup",1]],"changed":1767268800000000}
func (Aggregate) AppendSnapshot(dst []byte, s State) []byte {
	dst = append(dst, `{"status":`...)
	dst = strconv.AppendUint(dst, uint64(s.Status), 10)
	if s.Owner != "" {
		dst = append(dst, `,"owner":`...)
		dst = envelope.AppendString(dst, s.Owner)
	}
	dst = append(dst, `,"lines":[`...)
	for i := range s.Lines {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendSnapshotLine(dst, &s.Lines[i])
	}
	dst = append(dst, ']')
	dst = appendMicros(dst, `,"opened":`, s.OpenedAt)
	dst = appendMicros(dst, `,"changed":`, s.ChangedAt)
	dst = appendMicros(dst, `,"closed":`, s.ClosedAt)
	if s.Reminded {
		dst = append(dst, `,"reminded":1`...)
	}
	return append(dst, '}')
}

func appendSnapshotLine(dst []byte, l *Line) []byte {
	dst = append(dst, '[')
	dst = envelope.AppendString(dst, l.Item)
	dst = append(dst, ',')
	dst = strconv.AppendInt(dst, int64(l.Quantity), 10)
	if !l.UnitPrice.IsZero() {
		dst = append(dst, ',')
		dst = strconv.AppendInt(dst, l.UnitPrice.Amount, 10)
		dst = append(dst, ',')
		dst = envelope.AppendString(dst, l.UnitPrice.Currency)
	}
	return append(dst, ']')
}

func appendMicros(dst []byte, key string, t time.Time) []byte {
	if t.IsZero() {
		return dst
	}
	dst = append(dst, key...)
	return strconv.AppendInt(dst, t.UnixMicro(), 10)
}

// ReadSnapshot reads what AppendSnapshot wrote; anything else is a
// *ports.CorruptError. The state shares memory with data.
func (Aggregate) ReadSnapshot(data string) (State, error) {
	var s State
	scan := envelope.Scan(data)
	scan.Object()
	for {
		key, ok := scan.Field()
		if !ok {
			break
		}
		switch key {
		case "status":
			s.Status = Status(min(max(scan.Int(), 0), 255))
		case "owner":
			s.Owner = scan.String()
		case "lines":
			s.Lines = scanSnapshotLines(&scan)
		case "opened":
			s.OpenedAt = time.UnixMicro(scan.Int()).UTC()
		case "changed":
			s.ChangedAt = time.UnixMicro(scan.Int()).UTC()
		case "closed":
			s.ClosedAt = time.UnixMicro(scan.Int()).UTC()
		case "reminded":
			s.Reminded = scan.Int() == 1
		default:
			scan.Skip()
		}
	}
	if s.Status > StatusClosed {
		scan.Fail(errStatus)
	}
	if err := scan.End(); err != nil {
		return State{}, &ports.CorruptError{What: "cart snapshot", Err: err}
	}
	return s, nil
}

var errStatus = errors.New("unknown status")

func scanSnapshotLines(scan *envelope.Scanner) []Line {
	var lines []Line
	for scan.Array(); scan.Element(); {
		var l Line
		scan.Array()
		n := 0
		for ; scan.Element(); n++ {
			switch n {
			case 0:
				l.Item = scan.String()
			case 1:
				l.Quantity = int(scan.Int())
			case 2:
				l.UnitPrice.Amount = scan.Int()
			case 3:
				l.UnitPrice.Currency = scan.String()
			default:
				scan.Skip()
			}
		}
		if n != 2 && n != 4 {
			scan.Fail(errLine)
		}
		lines = append(lines, l)
	}
	return lines
}
