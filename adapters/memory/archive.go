package memory

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/ndjson"
)

// Archive is a ports.Archive in this process's memory. It does not compress: an
// object's Size is that of its lines.
type Archive struct {
	mu      sync.RWMutex
	objects map[string][]byte // lines, each with its line feed; never changed
}

// NewArchive returns an empty archive.
func NewArchive() *Archive {
	return &Archive{objects: map[string][]byte{}}
}

// WriteObject implements ports.Archive.
func (a *Archive) WriteObject(ctx context.Context, batch ports.ArchiveBatch, lines [][]byte) (ports.ArchiveObject, error) {
	if err := ctx.Err(); err != nil {
		return ports.ArchiveObject{}, err
	}
	if err := ndjson.Check(batch, lines); err != nil {
		return ports.ArchiveObject{}, err
	}
	var joined []byte
	for _, line := range lines {
		joined = append(append(joined, line...), '\n')
	}
	key := batch.Key()
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, there := a.objects[key]; !there {
		a.objects[key] = joined
	}
	return ports.ArchiveObject{Key: key, Size: int64(len(a.objects[key]))}, nil
}

// Objects implements ports.Archive. It yields what was there when it was called.
func (a *Archive) Objects(ctx context.Context, from, to time.Time) iter.Seq2[ports.ArchiveObject, error] {
	from, to = from.UTC().Truncate(time.Hour), to.UTC().Truncate(time.Hour)
	return func(yield func(ports.ArchiveObject, error) bool) {
		for _, o := range a.list() {
			if err := ctx.Err(); err != nil {
				yield(ports.ArchiveObject{}, err)
				return
			}
			hour, _ := ports.ArchiveHour(o.Key)
			if hour.Before(from) || (!to.IsZero() && !hour.Before(to)) {
				continue
			}
			if !yield(o, nil) {
				return
			}
		}
		if err := ctx.Err(); err != nil {
			yield(ports.ArchiveObject{}, err)
		}
	}
}

func (a *Archive) list() []ports.ArchiveObject {
	a.mu.RLock()
	defer a.mu.RUnlock()
	var objects []ports.ArchiveObject
	for _, key := range slices.Sorted(maps.Keys(a.objects)) {
		objects = append(objects, ports.ArchiveObject{Key: key, Size: int64(len(a.objects[key]))})
	}
	return objects
}

// Lines implements ports.Archive.
func (a *Archive) Lines(ctx context.Context, key string) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		a.mu.RLock()
		object, there := a.objects[key]
		a.mu.RUnlock()
		if !there {
			yield(nil, &ports.CorruptError{What: "archive object " + key, Err: errors.New("it is not there")})
			return
		}
		for line := range bytes.Lines(object) {
			if err := ctx.Err(); err != nil {
				yield(nil, err)
				return
			}
			// A copy, because the caller may write to what it is given.
			if !yield(bytes.Clone(line[:len(line)-1]), nil) {
				return
			}
		}
	}
}
