package ports

import (
	"context"
	"errors"
	"time"
)

// ViewCatalog keeps which generations each view has and which of them queries
// read.
type ViewCatalog interface {
	// View returns the entry of one view; Revision 0 when there is none yet.
	View(ctx context.Context, name string) (ViewEntry, error)
	// Views returns all entries, ordered by name.
	Views(ctx context.Context) ([]ViewEntry, error)
	// SaveView stores entry if its Revision is still the stored one (0: there is
	// none yet) and adds one to it; otherwise it returns ErrViewMoved and changes
	// nothing. One conditional write flips the live generation.
	SaveView(ctx context.Context, entry ViewEntry) error
}

// ViewEntry is what the catalog says of one view.
type ViewEntry struct {
	Name        string
	Revision    int64
	Live        int          // the generation that queries read, from 1
	Generations []Generation // those that are fed, ascending by number
}

// Generation is one build of a view.
type Generation struct {
	Number  int // from 1, never used again
	Created time.Time
	Flipped time.Time // when it last became live; zero: never
}

// ErrViewMoved says that somebody else changed the view's entry since it was
// read. Nothing was changed: read it again.
var ErrViewMoved = errors.New("the view's entry was changed by another writer")
