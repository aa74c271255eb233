package app

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/evercart/evercart/ports"
)

const (
	// restoreStreams is how many streams are filled at the same time: a store that
	// groups commits needs many.
	restoreStreams = 256
	// appendTries is how often an append is tried that meets faults which may pass.
	appendTries = 10
)

// append stores the commits, stream by stream, many streams at once.
func (r *restoring) append(ctx context.Context, _ ports.Archive) error {
	step := Step{Phase: "filling the store", Unit: "commits", Total: r.report.Commits}
	var mu sync.Mutex
	return parallel(ctx, restoreStreams, 1, func(ctx context.Context, send func(int, []ports.Commit) error) error {
		for part := range comparedParts {
			streams, err := r.part(ctx, part)
			if err != nil {
				return err
			}
			for _, events := range streams {
				commits, fault := commitsOf(events)
				if fault != nil {
					return &UnrestorableError{Faults: []Fault{*fault}, Count: 1}
				}
				if err := send(0, commits); err != nil {
					return err
				}
			}
		}
		return nil
	}, func(ctx context.Context, _ int, commits []ports.Commit) error {
		appended, err := r.stream(ctx, commits)
		mu.Lock()
		defer mu.Unlock()
		for i := range appended {
			r.report.AppendedEvents += int64(len(appended[i].Events))
		}
		r.report.Appended += int64(len(appended))
		step.Done += int64(len(commits))
		r.progress(step)
		return err
	})
}

// stream stores those commits of one stream that the store does not hold yet, and
// returns them.
func (r *restoring) stream(ctx context.Context, commits []ports.Commit) (appended []ports.Commit, err error) {
	loaded, err := r.Store.Load(ctx, commits[0].Stream, 0)
	if err != nil {
		return nil, err
	}
	head := loaded.Head
	for i := range commits {
		c := &commits[i]
		if i < len(loaded.Commits) {
			stored := &loaded.Commits[i]
			if stored.First != c.First || stored.Hash != c.Hash || !ports.SameCommit(c, stored) {
				return nil, fmt.Errorf("forked: %w", &ports.ConflictError{Stream: c.Stream, Wanted: c.First, Commit: *stored, Head: loaded.Head})
			}
			continue
		}
		if head, err = r.store(ctx, head, c); err != nil {
			return commits[len(loaded.Commits):i], err
		}
	}
	if len(commits) <= len(loaded.Commits) {
		return nil, nil
	}
	return commits[len(loaded.Commits):], nil
}

// store appends one commit. A try whose outcome is unknown is tried again: the
// store knows the commit if it is there.
func (r *restoring) store(ctx context.Context, head ports.Head, c *ports.Commit) (ports.Head, error) {
	for tries := 1; ; tries++ {
		after, err := r.Store.Append(ctx, head, *c)
		if err == nil || !errors.Is(err, ports.ErrUnavailable) || ctx.Err() != nil || tries == appendTries {
			return after, err
		}
		sleep(ctx, 20*time.Millisecond<<min(tries, 6))
	}
}

// skipRelay sets the relay's bookmark behind what was restored, which is archived
// already, and reports whether it did: a relay that has begun on this store goes on
// where it is.
func (r *restoring) skipRelay(ctx context.Context) (bool, error) {
	if r.Changes == nil {
		return false, nil
	}
	bookmark, err := r.Positions.Position(ctx, RelayName)
	if err != nil {
		return false, err
	}
	end, err := r.Changes.End(ctx)
	if err != nil || end == "" || bookmark.Position == end {
		return bookmark.Position == end && err == nil, err
	}
	if bookmark.Position != "" {
		if _, err := r.Changes.Changes(ctx, bookmark.Position, 1); !errors.Is(err, ports.ErrForeignPosition) {
			return false, err
		}
	}
	return true, r.Positions.SavePosition(ctx, RelayName, ports.Bookmark{Position: end, Arrival: r.Now().UTC()})
}
