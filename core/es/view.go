package es

import "github.com/evercart/evercart/ports"

// View is a read model: for each stream a set of rows that depends on nothing
// but the stream's state. The projector folds the stream, compares the rows of
// the old state with those of the new, and writes the difference; applying an
// event twice is therefore harmless.
type View[S any] interface {
	// Name returns the view's name, [a-z][a-z0-9-]{0,31}.
	Name() string
	// Rows returns the rows of one stream in state s as of version. It is pure; no
	// two rows have the same key, and the keys of two streams never collide.
	Rows(stream ports.StreamID, version ports.Version, s S) []ports.Row
}
