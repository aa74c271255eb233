package ports

import (
	"context"
	"fmt"
	"time"
)

// Publisher puts events on the feed, the all-events stream.
type Publisher interface {
	// Publish sends records. Records of one Key appear on the feed in the order
	// given, and a record appears only after all earlier ones of its Key, whatever
	// fails between. Delivery is at least once: after an error, records not named in
	// it are on the feed, those named may be.
	//
	// A failure of some or all is an *UnpublishedError. A record that can never be
	// sent (over the feed's size limit) is a *TooLargeError inside it, named among its
	// Never, and holds back the later records of its Key: a caller that sets it aside
	// publishes those by another call.
	Publish(ctx context.Context, records []Outgoing) error
}

// Outgoing is one event on its way to the feed.
type Outgoing struct {
	Key  string // the stream's name; records of one Key keep their order
	Data []byte // the wire form of one event
}

// UnpublishedError names the records that are not known to be on the feed.
type UnpublishedError struct {
	Indexes []int // into the records given to Publish, ascending, at least one
	Err     error // why; the first cause where there were several
	// Never says why some of Indexes can never be sent; a record behind such a one may
	// be found to be another only when it is sent itself.
	Never map[int]error
}

func (e *UnpublishedError) Error() string {
	return fmt.Sprintf("%d records were not published, the first at index %d: %v", len(e.Indexes), e.Indexes[0], e.Err)
}

func (e *UnpublishedError) Unwrap() error { return e.Err }

// FeedReader reads the feed where a consumer must fetch for itself (memory,
// SQLite); on AWS Lambda's event source mapping does its work.
type FeedReader interface {
	// Fetch returns at most limit (1 or more) records after position, in order. It
	// waits until there is at least one. A record becomes visible within 200 ms of
	// its publication, whichever process published it. A position of another feed
	// is ErrForeignPosition.
	Fetch(ctx context.Context, after Position, limit int) ([]Record, error)
	// Tip returns the position and arrival of the newest record; the zero Record
	// (without Data) for a feed that never had one.
	Tip(ctx context.Context) (Record, error)
}

// Record is one event on the feed.
type Record struct {
	Shard    string    // the feed's part that keeps its order; "0" where there is one only
	Position Position  // in the shard
	Arrival  time.Time // when the feed took it; UTC
	Data     []byte    // as published; perhaps not readable, whoever wrote it
	// Replay is the ID of the replay that sent the record; empty for live records.
	Replay string
}
