package httpapi

import (
	"strconv"
	"time"

	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// AppendCart appends a cart as the API answers it, in JSON.
func AppendCart(b []byte, id string, version ports.Version, s *cart.State) []byte {
	b = append(b, `{"id":`...)
	b = envelope.AppendString(b, id)
	b = append(b, `,"version":`...)
	b = strconv.AppendInt(b, int64(version), 10)
	b = append(b, `,"status":`...)
	b = envelope.AppendString(b, s.Status.String())
	if s.Owner != "" {
		b = append(b, `,"owner":`...)
		b = envelope.AppendString(b, s.Owner)
	}
	b = append(b, `,"lines":[`...)
	for i := range s.Lines {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendLine(b, &s.Lines[i])
	}
	b = append(b, ']')
	if total, ok := s.Total(); ok {
		b = append(b, `,"total":`...)
		b = appendPrice(b, total)
	}
	b = appendTime(b, "opened_at", s.OpenedAt)
	b = appendTime(b, "changed_at", s.ChangedAt)
	b = appendTime(b, "closed_at", s.ClosedAt)
	return append(b, '}')
}

func appendLine(b []byte, line *cart.Line) []byte {
	b = append(b, `{"item":`...)
	b = envelope.AppendString(b, line.Item)
	b = append(b, `,"quantity":`...)
	b = strconv.AppendInt(b, int64(line.Quantity), 10)
	if !line.UnitPrice.IsZero() {
		b = append(b, `,"unit_price":`...)
		b = appendPrice(b, line.UnitPrice)
	}
	return append(b, '}')
}

func appendPrice(b []byte, p cart.Price) []byte {
	b = append(b, `{"amount":`...)
	b = strconv.AppendInt(b, p.Amount, 10)
	b = append(b, `,"currency":`...)
	b = envelope.AppendString(b, p.Currency)
	return append(b, '}')
}

// appendTime appends a later member that is a time, in UTC and microseconds; none
// for an unknown one.
func appendTime(b []byte, key string, t time.Time) []byte {
	if t.IsZero() {
		return b
	}
	b = append(b, ',', '"')
	b = append(b, key...)
	b = append(b, `":"`...)
	b = t.UTC().AppendFormat(b, "2006-01-02T15:04:05.000000Z")
	return append(b, '"')
}
