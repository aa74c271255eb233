package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

// MaxHistory is the most events that one page of a history may have.
const MaxHistory = 1000

// Queries answers questions about the aggregates of one category, always from the
// store. To a caller who may not see an aggregate it answers as for one that does
// not exist. Its errors are those of Commands.Handle. It is safe for concurrent
// use.
type Queries[S, C, E any] struct {
	agg    es.Aggregate[S, C, E]
	store  ports.EventStore
	source string
}

// NewQueries returns the queries of agg over store. source is the CloudEvents
// source under which histories show events.
func NewQueries[S, C, E any](agg es.Aggregate[S, C, E], store ports.EventStore, source string) *Queries[S, C, E] {
	return &Queries[S, C, E]{agg: agg, store: store, source: source}
}

// Now returns the aggregate as it is.
func (q *Queries[S, C, E]) Now(ctx context.Context, caller es.Caller, id string) (Answer[S], error) {
	stream := q.stream(id)
	st, err := load(ctx, q.agg, q.store, stream)
	if err != nil {
		return Answer[S]{}, tryAgain(ctx, stream, err)
	}
	if st.Head.Version() == 0 || !q.agg.Admits(st.State, caller) {
		return Answer[S]{}, q.agg.NotFound()
	}
	return Answer[S]{State: st.State, Version: st.Head.Version()}, nil
}

// At returns the aggregate as of a version, from 1. A version beyond the head is
// not found; whoever may see the aggregate is told how far it goes.
func (q *Queries[S, C, E]) At(ctx context.Context, caller es.Caller, id string, at ports.Version) (Answer[S], error) {
	stream := q.stream(id)
	now, err := q.Now(ctx, caller, id)
	if err != nil {
		return Answer[S]{}, err
	}
	if at < 1 || at > now.Version {
		return Answer[S]{}, q.agg.NotFound().With(fmt.Sprintf("there is no such version: the newest is %d", now.Version))
	}
	s, version, err := stateAt(ctx, q.agg, q.store, stream, at)
	if err != nil {
		return Answer[S]{}, tryAgain(ctx, stream, err)
	}
	if version != at {
		return Answer[S]{}, q.agg.NotFound()
	}
	return Answer[S]{State: s, Version: version}, nil
}

// When returns the aggregate as of an instant, inclusive. An instant before the
// first event is not found.
func (q *Queries[S, C, E]) When(ctx context.Context, caller es.Caller, id string, at time.Time) (Answer[S], error) {
	stream := q.stream(id)
	if err := q.admit(ctx, stream, caller); err != nil {
		return Answer[S]{}, err
	}
	s, version, err := stateWhen(ctx, q.agg, q.store, stream, at)
	if err != nil {
		return Answer[S]{}, tryAgain(ctx, stream, err)
	}
	if version == 0 {
		return Answer[S]{}, q.agg.NotFound().With("there was nothing at that time yet")
	}
	return Answer[S]{State: s, Version: version}, nil
}

// History returns at most limit (1 to MaxHistory) events after a version (0: from
// the first), and the version to go on after; 0 where the history ends with this
// page.
func (q *Queries[S, C, E]) History(ctx context.Context, caller es.Caller, id string, after ports.Version, limit int) ([]ports.Published, ports.Version, error) {
	stream := q.stream(id)
	if err := q.admit(ctx, stream, caller); err != nil {
		return nil, 0, err
	}
	var events []ports.Published
	if after == maxVersion {
		return nil, 0, nil
	}
	for p, err := range q.store.Read(ctx, stream, after+1, maxVersion) {
		if err != nil {
			return nil, 0, tryAgain(ctx, stream, err)
		}
		if len(events) == limit {
			return events, events[limit-1].Version, nil
		}
		p.Source = q.source
		events = append(events, p)
	}
	return events, 0, nil
}

// admit refuses a caller who may not see the stream as it is now.
func (q *Queries[S, C, E]) admit(ctx context.Context, stream ports.StreamID, caller es.Caller) error {
	_, err := q.Now(ctx, caller, stream.ID)
	return err
}

func (q *Queries[S, C, E]) stream(id string) ports.StreamID {
	return ports.StreamID{Category: q.agg.Category(), ID: id}
}

func tryAgain(ctx context.Context, stream ports.StreamID, err error) error {
	if errors.Is(err, ports.ErrUnavailable) || ctx.Err() != nil {
		return &TryAgainError{Stream: stream, Err: err}
	}
	return err
}
