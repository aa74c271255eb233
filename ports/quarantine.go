package ports

import (
	"context"
	"time"
)

// Quarantine keeps records that could not be read at all, so that they stop
// nobody and are not lost. An operator lists them and sends them again.
type Quarantine interface {
	// PutQuarantined stores item. An item with the same ID is left as it is: the
	// same record delivered again is no second item.
	PutQuarantined(ctx context.Context, item Quarantined) error
	// ListQuarantined returns at most limit items in the order of their IDs, after
	// the ID given (empty: from the first).
	ListQuarantined(ctx context.Context, after string, limit int) ([]Quarantined, error)
	// RemoveQuarantined forgets an item. One that is not there is no error.
	RemoveQuarantined(ctx context.Context, id string) error
}

// Quarantined is one record that a consumer could not read.
type Quarantined struct {
	Consumer string   // who could not read it
	Shard    string   // where it stood
	Position Position // where it stood
	Reason   string   // the error's text
	Payload  []byte   // as it came
	At       time.Time
}

// ID names the item for good: consumer, shard and position. Items of one
// consumer and shard order by position where positions have equal lengths.
func (q Quarantined) ID() string {
	return q.Consumer + "." + q.Shard + "." + string(q.Position)
}
