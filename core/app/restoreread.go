package app

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// read puts every line of the archive into the pile, in the part of its stream.
// What cannot be read is an *UnrestorableError.
func (r *restoring) read(ctx context.Context, from ports.Archive) error {
	step := Step{Phase: "reading the archive", Unit: "bytes"}
	for object, err := range from.Objects(ctx, time.Time{}, time.Time{}) {
		if err != nil {
			return err
		}
		step.Total += object.Size
	}
	var faults faultList
	for object := range readAhead(ctx, from, time.Time{}, time.Time{}, nil) {
		if object.err != nil {
			return object.err
		}
		line := uint64(0)
		for chunk := range object.chunks {
			for i := range chunk {
				line++
				if err := r.note(ctx, object.Key, line, &chunk[i], &faults); err != nil {
					return err
				}
			}
		}
		r.report.Objects++
		step.Done += object.Size
		r.progress(step)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return faults.unrestorable()
}

func (r *restoring) note(ctx context.Context, key string, line uint64, l *readLine, faults *faultList) error {
	if l.err != nil {
		if passes(ctx, l.err) {
			return l.err
		}
		faults.add(unreadable(key, line, l))
		return nil
	}
	r.report.Events++
	if l.event.Time.After(r.newest) {
		r.newest = l.event.Time
	}
	return r.pile.Add(partOf(l.event.Stream.String(), comparedParts), l.data)
}

// unrestorable returns the faults as an error; nil where there are none.
func (l *faultList) unrestorable() error {
	if l.count == 0 {
		return nil
	}
	return &UnrestorableError{Faults: l.sorted(), Count: l.count}
}

// check builds every commit and checks it. What is missing or does not fit is an
// *UnrestorableError.
func (r *restoring) check(ctx context.Context, _ ports.Archive) error {
	step := Step{Phase: "checking every stream", Unit: "parts", Total: comparedParts}
	var faults faultList
	var mu sync.Mutex
	err := parallel(ctx, checkWorkers, 1, eachPart, func(ctx context.Context, _ int, part int) error {
		streams, err := r.part(ctx, part)
		if err != nil {
			return err
		}
		commits := 0
		for _, events := range streams {
			rebuilt, fault := commitsOf(events)
			if fault != nil {
				faults.add(*fault)
			}
			commits += len(rebuilt)
		}
		mu.Lock()
		defer mu.Unlock()
		r.report.Streams += int64(len(streams))
		r.report.Commits += int64(commits)
		step.Done++
		r.progress(step)
		return nil
	})
	if err != nil {
		return err
	}
	return faults.unrestorable()
}

// part returns the events of a part by stream, each stream's by version.
func (r *restoring) part(ctx context.Context, part int) ([][]ports.Published, error) {
	var events []ports.Published
	for line, err := range r.pile.Records(ctx, part) {
		if err != nil {
			return nil, err
		}
		event, err := envelope.ParseWire(string(line))
		if err != nil {
			return nil, err // it was read once
		}
		events = append(events, event)
	}
	slices.SortStableFunc(events, func(a, b ports.Published) int {
		return cmp.Or(cmp.Compare(a.Stream.ID, b.Stream.ID), cmp.Compare(a.Stream.Category, b.Stream.Category), cmp.Compare(a.Version, b.Version))
	})
	var streams [][]ports.Published
	for first := 0; first < len(events); {
		last := first + 1
		for last < len(events) && events[last].Stream == events[first].Stream {
			last++
		}
		streams = append(streams, events[first:last:last])
		first = last
	}
	return streams, nil
}

// copy copies every object into the store's own archive, under its key.
func (r *restoring) copy(ctx context.Context, from ports.Archive) error {
	if r.Archive == nil {
		return nil
	}
	step := Step{Phase: "copying the archive", Unit: "objects", Total: r.report.Objects}
	for object, err := range from.Objects(ctx, time.Time{}, time.Time{}) {
		if err != nil {
			return err
		}
		batch, err := ports.ParseArchiveKey(object.Key)
		if err != nil {
			return err
		}
		var lines [][]byte
		for line, err := range from.Lines(ctx, object.Key) {
			if err != nil {
				return err
			}
			lines = append(lines, bytes.Clone(line))
		}
		if _, err := r.Archive.WriteObject(ctx, batch, lines); err != nil {
			return fmt.Errorf("copy %s: %w", object.Key, err)
		}
		step.Done++
		r.progress(step)
	}
	return ctx.Err()
}
