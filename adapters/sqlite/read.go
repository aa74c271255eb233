package sqlite

import (
	"context"
	"iter"

	"github.com/evercart/evercart/ports"
)

// Read implements ports.EventStore. Between two pages it holds nothing, so the
// caller may take its time.
func (s *EventStore) Read(ctx context.Context, stream ports.StreamID, a, b ports.Version) iter.Seq2[ports.Published, error] {
	return func(yield func(ports.Published, error) bool) {
		err := s.read(ctx, stream, a, b, func(p ports.Published) bool { return yield(p, nil) })
		if err != nil {
			yield(ports.Published{}, s.fault(ctx, err, "read %s from version %d", stream, a))
		}
	}
}

// read calls take with the events of versions a to b until it returns false.
func (s *EventStore) read(ctx context.Context, stream ports.StreamID, a, b ports.Version, take func(ports.Published) bool) error {
	if err := stream.Validate(); err != nil {
		return err
	}
	next, query := a, s.reads.around
	for more := true; more && next <= b; query = s.reads.forward {
		var rows []storedRow
		var err error
		rows, more, err = page(ctx, query, stream.Category, stream.ID, int64(next), int64(b), pageRows)
		if err != nil {
			return err
		}
		for i := range rows {
			commit, _, err := rows[i].decode(nil)
			if err == nil {
				err = ctx.Err() // the caller may have taken its time
			}
			if err != nil {
				return err
			}
			for _, event := range commit.Published("") {
				if event.Version >= a && event.Version <= b && !take(event) {
					return nil
				}
			}
			next = commit.Last + 1
		}
	}
	return nil
}
