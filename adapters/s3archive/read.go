package s3archive

import (
	"context"
	"errors"
	"iter"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/ndjson"
)

// Lines implements ports.Archive. It holds one connection and some 100 KiB; where
// the connection breaks, it goes on at the same byte over another. A line over
// 16 MiB, an end without a line feed and an object without lines are corruption: no
// writer makes them.
func (a *Archive) Lines(ctx context.Context, key string) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		if err := ctx.Err(); err != nil {
			yield(nil, err)
			return
		}
		if _, ok := ports.ArchiveHour(key); !ok {
			yield(nil, a.corrupt(key, errors.New("no archive object has this name")))
			return
		}
		d := &download{archive: a, ctx: ctx, key: key}
		defer d.drop()
		stopped, err := ndjson.Read(ctx, d, func(line []byte) bool { return yield(line, nil) })
		if err != nil && !stopped {
			yield(nil, a.readFault(key, err))
		}
	}
}

// readFault is a *ports.CorruptError where the bytes are at fault, and err itself
// where the download is, which has named the object.
func (a *Archive) readFault(key string, err error) error {
	var of *downloadError
	if errors.As(err, &of) {
		return of.err
	}
	if ndjson.Corrupt(err) {
		return a.corrupt(key, err)
	}
	return err // of the context
}
