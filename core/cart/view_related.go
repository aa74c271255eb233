package cart

import (
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// RelatedView is the view "related": for each closed cart its items, and for each
// item its closed carts. What is bought together is counted when asked.
type RelatedView struct{}

var _ es.View[State] = RelatedView{}

// Name returns "related".
func (RelatedView) Name() string { return "related" }

// Rows returns, of a closed cart, the row at ClosedCartKey, whose value ReadItems
// reads, and for each item a row without a value in the item's partition, its sort
// key TimeSort of the closing. A cart that is not closed has no rows.
func (RelatedView) Rows(stream ports.StreamID, _ ports.Version, s State) []ports.Row {
	if s.Status != StatusClosed {
		return nil
	}
	rows := make([]ports.Row, 0, 1+len(s.Lines))
	rows = append(rows, ports.Row{RowKey: ClosedCartKey(stream.ID), Value: appendItems(nil, s.Lines)})
	sort := TimeSort(s.ClosedAt, stream.ID)
	for i := range s.Lines {
		rows = append(rows, ports.Row{RowKey: ports.RowKey{Partition: ItemPartition(s.Lines[i].Item), Sort: sort}})
	}
	return rows
}

// ClosedCartKey returns the key of the row of view related that lists the items of
// a closed cart.
func ClosedCartKey(id string) ports.RowKey { return ports.RowKey{Partition: "cart/" + id} }

func appendItems(dst []byte, lines []Line) []byte {
	dst = append(dst, '[')
	for i := range lines {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = envelope.AppendString(dst, lines[i].Item)
	}
	return append(dst, ']')
}

// ReadItems reads the value of the row at ClosedCartKey; anything else is a
// *ports.CorruptError.
func ReadItems(value []byte) ([]string, error) {
	var items []string
	scan := envelope.Scan(string(value))
	for scan.Array(); scan.Element(); {
		items = append(items, scan.String())
	}
	if err := scan.End(); err != nil {
		return nil, &ports.CorruptError{What: "row of view related", Err: err}
	}
	return items, nil
}
