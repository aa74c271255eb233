package ports

import (
	"context"
	"time"
)

// Positions remembers how far each follower of a feed has come.
type Positions interface {
	// Position returns what follower last saved, or the zero Bookmark.
	Position(ctx context.Context, follower string) (Bookmark, error)
	// SavePosition replaces follower's bookmark. It may be lost in a crash together
	// with nothing but later writes of the same adapter: what a follower wrote
	// before it is never lost alone.
	SavePosition(ctx context.Context, follower string, b Bookmark) error
}

// Bookmark is how far a follower has come: all up to Position is done with.
type Bookmark struct {
	Position Position
	Arrival  time.Time // when the record at Position arrived; tells the lag. Zero: none yet
}
