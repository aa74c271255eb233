package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

// attempt is one command on its way: what is known of the stream, and what was
// tried. It lives for one call and belongs to one goroutine.
type attempt[S, C, E any] struct {
	*Commands[S, C, E]
	req         *Request[C]
	stream      ports.StreamID
	now         time.Time // when the command came
	key         es.CommandKey
	fingerprint ports.Fingerprint

	current es.Stream[S]
	loaded  bool // current comes from the store, in this request
	// pending is the commit of the last append and foreseen the stream after it. If
	// the outcome of the append is unknown and the stream turns out to end where it
	// began, the same commit is tried again, so that the store recognises it should
	// the lost one still arrive.
	pending   ports.Commit
	foreseen  es.Stream[S]
	conflicts int
}

func (a *attempt[S, C, E]) run(ctx context.Context) (Answer[S], error) {
	if warm, ok := a.cache.get(a.req.ID); ok {
		a.current = warm
	} else if err := a.load(ctx); err != nil {
		return Answer[S]{}, err
	}
	for tries := 1; ; {
		answer, events, err := a.judge(ctx)
		if len(events) == 0 {
			if !a.loaded && !answer.Replayed {
				// A warm state never says no: it may be behind.
				if err := a.load(ctx); err != nil {
					return Answer[S]{}, err
				}
				continue
			}
			return answer, err
		}
		stored, err := a.append(ctx, events)
		if err == nil {
			a.cache.put(a.req.ID, stored)
			return Answer[S]{State: stored.State, Version: stored.Head.Version(), Recorded: true}, nil
		}
		if tries == MaxAttempts {
			return Answer[S]{}, &TryAgainError{Stream: a.stream, Err: fmt.Errorf("%d attempts: %w", tries, err)}
		}
		if err := a.recover(ctx, err, tries); err != nil {
			return Answer[S]{}, err
		}
		tries++
	}
}

// judge returns the events that the command leads to in the current state; or,
// without events, the answer or the refusal.
func (a *attempt[S, C, E]) judge(ctx context.Context) (Answer[S], []E, error) {
	s := a.current.State
	if !a.agg.Admits(s, a.req.Caller) {
		return Answer[S]{}, nil, a.agg.NotFound()
	}
	if at, same, found := a.current.Commands.Recall(a.key, a.fingerprint); found {
		if !same {
			return Answer[S]{}, nil, ErrKeyReused
		}
		answer, err := a.answerThen(ctx, at)
		return answer, nil, err
	}
	version := a.current.Head.Version()
	if !matches(a.req.IfMatch, version) {
		if _, err := a.agg.Decide(s, a.req.Command); version == 0 && errors.Is(err, a.agg.NotFound()) {
			return Answer[S]{}, nil, err // as for one that the caller may not see
		}
		return Answer[S]{}, nil, ErrVersionMismatch.With(fmt.Sprintf("the version is %d, which If-Match does not name", version))
	}
	events, err := a.agg.Decide(s, a.req.Command)
	if err != nil {
		return Answer[S]{}, nil, err
	}
	return Answer[S]{State: s, Version: version}, events, nil
}

// answerThen answers a recorded command as it was answered the first time.
func (a *attempt[S, C, E]) answerThen(ctx context.Context, at ports.Version) (Answer[S], error) {
	answer := Answer[S]{State: a.current.State, Version: at, Replayed: true}
	if a.current.Head.Version() != at {
		s, _, err := stateAt(ctx, a.agg, a.store, a.stream, at)
		if err != nil {
			return Answer[S]{Replayed: true}, err
		}
		answer.State = s
	}
	ours, err := a.isOurs(ctx, at)
	if err != nil {
		return Answer[S]{Replayed: true}, err
	}
	answer.Replayed, answer.Recorded = !ours, ours
	return answer, nil
}

// isOurs reports whether this very call recorded the commit that ends at a version,
// so that only the answer of an append was lost. Another process that was asked the
// same may have recorded the same command at the same version.
func (a *attempt[S, C, E]) isOurs(ctx context.Context, at ports.Version) (bool, error) {
	switch {
	case a.pending.CommandID == "" || at != a.pending.Last:
		return false, nil
	case at == a.current.Head.Version():
		return a.current.Head.Hash() == a.pending.Hash, nil
	}
	last := a.pending.Events[len(a.pending.Events)-1].ID
	for e, err := range a.store.Read(ctx, a.stream, at, at) {
		return err == nil && e.ID == last, err
	}
	return false, nil
}

func (a *attempt[S, C, E]) append(ctx context.Context, events []E) (es.Stream[S], error) {
	if a.pending.First != a.current.Head.Version()+1 {
		a.pending, a.foreseen = es.Record(a.agg, &a.current, events, &es.Intent{
			Key: a.key, Fingerprint: a.fingerprint, Metadata: a.req.metadata(),
			Now: a.now, NewID: a.opt.NewID, SnapshotEvery: a.opt.SnapshotEvery,
		})
	}
	head, err := a.store.Append(ctx, a.current.Head, a.pending)
	if err != nil {
		return es.Stream[S]{}, err
	}
	return a.foreseen.Stored(head), nil
}

// recover brings current up to date after a failed append, or returns the error
// that ends the command.
func (a *attempt[S, C, E]) recover(ctx context.Context, failure error, tries int) error {
	var conflict *ports.ConflictError
	switch {
	case errors.As(failure, &conflict):
		a.conflicts++
		a.pending = ports.Commit{} // another's commit stands where it was to stand
		a.opt.Meter.Add(ports.MetricConflicts, a.agg.CommandName(a.req.Command), 1)
		if a.conflicts == 1 {
			return a.follow([]ports.Commit{conflict.Commit}, conflict.Head)
		}
		if err := pause(ctx, a.req.CommandID, tries); err != nil {
			return err
		}
		return a.catchUp(ctx)
	case errors.Is(failure, ports.ErrUnavailable):
		// The outcome is unknown: what was known of the stream is worth nothing.
		a.cache.forget(a.req.ID)
		if err := pause(ctx, a.req.CommandID, tries); err != nil {
			return errors.Join(err, failure)
		}
		return a.load(ctx)
	default:
		return failure
	}
}

func (a *attempt[S, C, E]) load(ctx context.Context) error {
	current, err := load(ctx, a.agg, a.store, a.stream)
	if err != nil {
		return err
	}
	a.current, a.loaded = current, true
	return nil
}

func (a *attempt[S, C, E]) catchUp(ctx context.Context) error {
	commits, head, err := a.store.Since(ctx, a.current.Head)
	if err != nil {
		return err
	}
	return a.follow(commits, head)
}

func (a *attempt[S, C, E]) follow(commits []ports.Commit, head ports.Head) error {
	next, err := es.Follow(a.agg, &a.current, commits, head)
	if err != nil {
		return err
	}
	a.current = next
	return nil
}

// pause waits before another try: 2 ms, doubled each time, and up to as much again by
// the command ID, so that competing processes part.
func pause(ctx context.Context, commandID string, tries int) error {
	var spread uint32 = 2166136261 // FNV-1a
	for i := range len(commandID) {
		spread = (spread ^ uint32(commandID[i])) * 16777619
	}
	wait := time.Millisecond << min(tries, 8)
	wait += wait * time.Duration(spread>>uint(tries)&0xff) / 0xff
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
