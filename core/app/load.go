package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

// load rehydrates a stream up to its end. A snapshot that cannot be read is as
// good as none.
func load[S, C, E any](ctx context.Context, agg es.Aggregate[S, C, E], store ports.EventStore, stream ports.StreamID) (es.Stream[S], error) {
	loaded, err := store.Load(ctx, stream, agg.SnapshotSchema())
	if err != nil {
		return es.Stream[S]{}, err
	}
	st, err := es.Rehydrate(agg, &loaded)
	if !errors.Is(err, es.ErrSnapshotUnusable) {
		return st, err
	}
	if loaded, err = store.Load(ctx, stream, 0); err != nil {
		return es.Stream[S]{}, err
	}
	return es.Rehydrate(agg, &loaded)
}

// stateAt returns the state as of version at, and the version that it really is
// of: less than at where the stream ends before.
func stateAt[S, C, E any](ctx context.Context, agg es.Aggregate[S, C, E], store ports.EventStore, stream ports.StreamID, at ports.Version) (S, ports.Version, error) {
	var none S
	past, err := store.LoadAt(ctx, stream, at, agg.SnapshotSchema())
	if err != nil {
		return none, 0, err
	}
	s, version := agg.Initial(), ports.Version(0)
	if past.Snapshot != nil {
		s, _, err = es.ReadSnapshot(agg, past.Snapshot)
		switch {
		case err == nil:
			version = past.Snapshot.Version
		case errors.Is(err, es.ErrSnapshotUnusable):
			if past, err = store.LoadAt(ctx, stream, at, 0); err != nil {
				return none, 0, err
			}
			s = agg.Initial()
		default:
			return none, 0, err
		}
	}
	for i := range past.Events {
		e := &past.Events[i]
		if s, err = applyNext(agg, s, version, e); err != nil {
			return none, 0, err
		}
		version = e.Version
	}
	return s, version, nil
}

// stateWhen returns the state as of an instant, inclusive, and its version: 0
// where the stream's first event is later.
func stateWhen[S, C, E any](ctx context.Context, agg es.Aggregate[S, C, E], store ports.EventStore, stream ports.StreamID, at time.Time) (S, ports.Version, error) {
	s, version := agg.Initial(), ports.Version(0)
	for p, err := range store.Read(ctx, stream, 1, maxVersion) {
		if err != nil {
			var none S
			return none, 0, err
		}
		if p.Time.After(at) {
			break
		}
		if s, err = applyNext(agg, s, version, &p.Event); err != nil {
			var none S
			return none, 0, err
		}
		version = p.Version
	}
	return s, version, nil
}

// maxVersion is beyond every stream's end.
const maxVersion ports.Version = 1<<63 - 1

func applyNext[S, C, E any](agg es.Codec[S, C, E], s S, version ports.Version, e *ports.Event) (S, error) {
	if e.Version != version+1 {
		return s, &ports.CorruptError{
			What: "stream " + e.Stream.String(),
			Err:  fmt.Errorf("version %d follows version %d", e.Version, version),
		}
	}
	next, err := agg.Apply(s, e)
	if err != nil {
		return s, fmt.Errorf("stream %s at version %d: %w", e.Stream, e.Version, err)
	}
	return next, nil
}
