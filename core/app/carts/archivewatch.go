package carts

import (
	"bytes"
	"context"
	"time"

	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// archiveWatch looks for the events of one cart in archive objects that are new. Each
// is read once.
type archiveWatch struct {
	archive  ports.Archive
	id       []byte
	from     time.Time // the first hour to look into
	known    map[string]bool
	versions map[ports.Version]bool // found
}

func newArchiveWatch(archive ports.Archive, id string, from time.Time) *archiveWatch {
	return &archiveWatch{archive: archive, id: []byte(id), from: from, known: map[string]bool{}, versions: map[ports.Version]bool{}}
}

// skip takes what is there as known.
func (w *archiveWatch) skip(ctx context.Context) error {
	for object, err := range w.archive.Objects(ctx, w.from, time.Time{}) {
		if err != nil {
			return err
		}
		w.known[object.Key] = true
	}
	return nil
}

// holds reports whether all versions up to last are found.
func (w *archiveWatch) holds(ctx context.Context, last ports.Version) (bool, error) {
	for object, err := range w.archive.Objects(ctx, w.from, time.Time{}) {
		if err != nil {
			return false, err
		}
		if w.known[object.Key] {
			continue
		}
		if err := w.read(ctx, object.Key); err != nil {
			return false, err
		}
		w.known[object.Key] = true
	}
	return ports.Version(len(w.versions)) >= last, nil
}

func (w *archiveWatch) read(ctx context.Context, key string) error {
	for line, err := range w.archive.Lines(ctx, key) {
		if err != nil {
			return err
		}
		if !bytes.Contains(line, w.id) {
			continue
		}
		event, err := envelope.ParseWire(string(line))
		if err == nil && event.Stream.Category == cart.Category && event.Stream.ID == string(w.id) {
			w.versions[event.Version] = true
		}
	}
	return nil
}
