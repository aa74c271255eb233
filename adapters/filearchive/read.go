package filearchive

import (
	"context"
	"errors"
	"io/fs"
	"iter"
	"os"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/ndjson"
)

// Lines implements ports.Archive. A line over 16 MiB, an end without a line feed
// and an object without lines are corruption: no writer makes them.
func (a *Archive) Lines(ctx context.Context, key string) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		if err := ctx.Err(); err != nil {
			yield(nil, err)
			return
		}
		f, err := a.openObject(key)
		if err != nil {
			yield(nil, err)
			return
		}
		defer f.Close() //nolint:errcheck // nothing was written to it
		stopped, err := ndjson.Read(ctx, f, func(line []byte) bool { return yield(line, nil) })
		if err != nil && !stopped {
			yield(nil, readFault(key, err))
		}
	}
}

// openObject opens the object at key. Names that no object has are not looked
// for, so that none leads out of the archive.
func (a *Archive) openObject(key string) (*os.File, error) {
	if _, ok := ports.ArchiveHour(key); !ok {
		return nil, corrupt(key, errors.New("no archive object has this name"))
	}
	f, err := os.Open(a.path(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, corrupt(key, errors.New("it is not there"))
	}
	if err != nil {
		return nil, objectFault("read", key, err)
	}
	return f, nil
}

// readFault is a *ports.CorruptError where the bytes are at fault, and names the
// fault of the disk or the context otherwise.
func readFault(key string, err error) error {
	if ndjson.Corrupt(err) {
		return corrupt(key, err)
	}
	return objectFault("read", key, err)
}
