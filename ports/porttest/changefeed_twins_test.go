package porttest_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

const (
	changesInOrder  = "changes come once each, in the order of storing"
	changesGoOn     = "changes go on after any position"
	changesLimit    = "at most limit changes come at a time"
	changesFit      = "a position of a change fits a file's name"
	changesForeign  = "a position of another store is ErrForeignPosition"
	changesEnd      = "the end is the position of the newest change"
	changesNoEnd    = "the end of a store without changes is the zero position"
	changesBare     = "a change has no snapshot"
	changesGive     = "a change belongs to its caller"
	changesRefused  = "a refused append is no change"
	besideWriters   = "a follower beside 32 writers misses nothing"
	changesWake     = "a waiting follower sees a commit within 200 ms"
	changesWakeAll  = "all waiting followers see a commit"
	changesWaitEnds = "a waiting follower ends with its context"
	changesEnded    = "changes under an ended context fail with its error"
)

// following is the signature of Changes and, for records, of Fetch.
type following[T any] = func(ctx context.Context, after ports.Position, limit int) ([]T, error)

// changing returns a fault in Changes that is a wrapper of the true one.
func changing(wrap func(next following[ports.Change]) following[ports.Change]) func(*storeDouble) {
	return func(d *storeDouble) { d.changes = wrap(d.EventStore.Changes) }
}

// altering wraps next with a change of what it returns.
func altering[T any](alter func(items []T) []T) func(following[T]) following[T] {
	return func(next following[T]) following[T] {
		return func(ctx context.Context, after ports.Position, limit int) ([]T, error) {
			items, err := next(ctx, after, limit)
			if err != nil {
				return nil, err
			}
			return alter(items), nil
		}
	}
}

// startingOver begins again at every position.
func startingOver[T any](next following[T]) following[T] {
	return func(ctx context.Context, _ ports.Position, limit int) ([]T, error) { return next(ctx, "", limit) }
}

// forgiving begins again where a position is foreign.
func forgiving[T any](next following[T]) following[T] {
	return func(ctx context.Context, after ports.Position, limit int) ([]T, error) {
		items, err := next(ctx, after, limit)
		if errors.Is(err, ports.ErrForeignPosition) {
			return next(ctx, "", limit)
		}
		return items, err
	}
}

// untyped hides which error it was.
func untyped[T any](next following[T]) following[T] {
	return func(ctx context.Context, after ports.Position, limit int) ([]T, error) {
		items, err := next(ctx, after, limit)
		if err != nil {
			err = errors.New(err.Error())
		}
		return items, err
	}
}

// unlimited returns all there is.
func unlimited[T any](next following[T]) following[T] {
	return func(ctx context.Context, after ports.Position, _ int) ([]T, error) { return next(ctx, after, 1000) }
}

// late sees what came while it waited 300 ms later.
func late[T any](next following[T]) following[T] {
	return func(ctx context.Context, after ports.Position, limit int) ([]T, error) {
		start := time.Now()
		items, err := next(ctx, after, limit)
		if time.Since(start) > 5*time.Millisecond {
			<-time.After(300 * time.Millisecond)
		}
		return items, err
	}
}

// sleeping never wakes from a wait.
func sleeping[T any](next following[T]) following[T] {
	return func(ctx context.Context, after ports.Position, limit int) ([]T, error) {
		start := time.Now()
		items, err := next(ctx, after, limit)
		if err == nil && time.Since(start) > 5*time.Millisecond {
			ctx, cancel := outlived(ctx)
			defer cancel()
			<-ctx.Done()
		}
		return items, err
	}
}

// wakingOne lets one follower wait at a time, and the others sleep.
func wakingOne[T any](next following[T]) following[T] {
	var waiting atomic.Int32
	return func(ctx context.Context, after ports.Position, limit int) ([]T, error) {
		defer waiting.Add(-1)
		if waiting.Add(1) > 1 {
			ctx, cancel := outlived(ctx)
			defer cancel()
			<-ctx.Done()
		}
		return next(ctx, after, limit)
	}
}

// unheeding does not end with its context.
func unheeding[T any](next following[T]) following[T] {
	return func(ctx context.Context, after ports.Position, limit int) ([]T, error) {
		ctx, cancel := outlived(ctx)
		defer cancel()
		return next(ctx, after, limit)
	}
}

// returningEmpty ends a wait with nothing and without an error.
func returningEmpty[T any](next following[T]) following[T] {
	return func(ctx context.Context, after ports.Position, limit int) ([]T, error) {
		items, err := next(ctx, after, limit)
		if ctx.Err() != nil {
			return nil, nil
		}
		return items, err
	}
}

// givingAway returns what it returned before for the same arguments.
func givingAway[T any](next following[T]) following[T] {
	type call struct {
		after ports.Position
		limit int
	}
	kept := map[call][]T{}
	return func(ctx context.Context, after ports.Position, limit int) ([]T, error) {
		if items := kept[call{after, limit}]; items != nil {
			return items, nil
		}
		items, err := next(ctx, after, limit)
		kept[call{after, limit}] = items
		return items, err
	}
}

func dropFirstOfSeveral[T any](items []T) []T {
	if len(items) > 1 {
		return items[1:]
	}
	return items
}

func reversed[T any](items []T) []T {
	slices.Reverse(items)
	return items
}

func TestChangeFeedBites(t *testing.T) {
	t.Parallel()
	double := func(breakIt func(*storeDouble)) porttest.FollowedStore { return newStoreDouble(breakIt) }
	bites(t, porttest.ChangeFeed(), double, []twin[storeDouble]{
		{"reverses a page", changing(altering(reversed[ports.Change])), []string{changesInOrder, changesGoOn}},
		{
			"loses the first change of a page", changing(altering(dropFirstOfSeveral[ports.Change])),
			[]string{changesInOrder, besideWriters, changesRefused},
		},
		{"leaves out the older form", changing(altering(func(items []ports.Change) []ports.Change {
			return slices.DeleteFunc(items, func(c ports.Change) bool { return len(items) > 1 && c.Commit.Older() })
		})), []string{changesInOrder}},
		{"starts over at every position", changing(startingOver), []string{changesInOrder, changesGoOn, besideWriters}},
		{"ignores the limit", changing(unlimited), []string{changesLimit, changesInOrder}},
		{"makes positions that fit no file's name", changing(func(next following[ports.Change]) following[ports.Change] {
			return func(ctx context.Context, after ports.Position, limit int) ([]ports.Change, error) {
				changes, err := next(ctx, ports.Position(strings.TrimPrefix(string(after), "at/")), limit)
				for i := range changes {
					changes[i].Position = "at/" + changes[i].Position
				}
				return changes, err
			}
		}), []string{changesFit}},
		{"gives a page one position", changing(altering(func(items []ports.Change) []ports.Change {
			for i := range items {
				items[i].Position = items[len(items)-1].Position
			}
			return items
		})), []string{changesFit, changesGoOn}},
		{"starts over at a foreign position", changing(forgiving), []string{changesForeign}},
		{"refuses a foreign position with an error of no type", changing(untyped), []string{changesForeign}},
		{"tells the first change for the end", ending(func(ctx context.Context, d *storeDouble) (ports.Position, error) {
			changes, err := d.EventStore.Changes(ctx, "", 1)
			return changes[0].Position, err
		}), []string{changesEnd}},
		{"has no end without changes", ending(func(ctx context.Context, d *storeDouble) (ports.Position, error) {
			end, err := d.EventStore.End(ctx)
			if end == "" {
				err = errors.New("no changes")
			}
			return end, err
		}), []string{changesNoEnd}},
		{"makes up an end without changes", ending(func(ctx context.Context, d *storeDouble) (ports.Position, error) {
			end, err := d.EventStore.End(ctx)
			return max(end, "0"), err
		}), []string{changesNoEnd}},
		{"tells the end under an ended context", ending(func(ctx context.Context, d *storeDouble) (ports.Position, error) {
			return d.EventStore.End(context.WithoutCancel(ctx))
		}), []string{changesEnded}},
		{"sends snapshots", changing(altering(func(items []ports.Change) []ports.Change {
			for i := range items {
				items[i].Commit = porttest.WithSnapshot(items[i].Commit, 1)
			}
			return items
		})), []string{changesBare}},
		{"gives away what it keeps", changing(givingAway), []string{changesGive}},
		{"tells of refused appends", func(d *storeDouble) {
			var refused atomic.Int64
			alteringConflicts(func(d *storeDouble, _ ports.Head, _ *ports.Commit, conflict *ports.ConflictError) (ports.Head, error) {
				stream := porttest.Stream(int(1000 + refused.Add(1)))
				head := ports.NewHead(stream, 0, ports.Hash{}, time.Time{})
				_, err := d.EventStore.Append(context.Background(), head, porttest.Commit(head, "refused", 1))
				return ports.Head{}, errors.Join(err, conflict)
			})(d)
		}, []string{changesRefused}},
		{"numbers commits before it stores them", numbersTooEarly, []string{besideWriters}},
		{"sees a commit late", changing(late), []string{changesWake, changesWakeAll}},
		{"never wakes", changing(sleeping), []string{changesWake, changesWakeAll}},
		{"wakes one follower only", changing(wakingOne), []string{changesWakeAll}},
		{"waits on when its context ended", changing(unheeding), []string{changesWaitEnds, changesEnded}},
		{"ends a wait without an error", changing(returningEmpty), []string{changesWaitEnds, changesEnded}},
	})
}

// ending returns a fault in End.
func ending(end func(ctx context.Context, d *storeDouble) (ports.Position, error)) func(*storeDouble) {
	return func(d *storeDouble) {
		d.end = func(ctx context.Context) (ports.Position, error) { return end(ctx, d) }
	}
}

// numbersTooEarly makes a store whose followers pass over commits that took their
// number before, but were stored after, one that was seen.
func numbersTooEarly(d *storeDouble) {
	var mu sync.Mutex
	unseen := map[ports.StreamID]bool{}
	var stored int
	d.append = func(ctx context.Context, head ports.Head, c ports.Commit) (ports.Head, error) {
		end, err := d.EventStore.Append(ctx, head, c)
		mu.Lock()
		defer mu.Unlock()
		if stored++; err == nil && stored%50 == 0 {
			unseen[c.Stream] = true
		}
		return end, err
	}
	d.changes = func(ctx context.Context, after ports.Position, limit int) ([]ports.Change, error) {
		changes, err := d.EventStore.Changes(ctx, after, limit)
		mu.Lock()
		defer mu.Unlock()
		if len(changes) > 1 && unseen[changes[0].Commit.Stream] {
			delete(unseen, changes[0].Commit.Stream)
			changes = changes[1:]
		}
		return changes, err
	}
}
