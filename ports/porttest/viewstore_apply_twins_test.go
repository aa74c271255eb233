package porttest_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync/atomic"

	"github.com/evercart/evercart/ports"
)

const (
	movedChangesNothing = "a change over another revision than the stored one is refused and changes nothing"
	refusedAlone        = "a refused change leaves the others of its call alone"
	tooManyRows         = "more rows than one change takes are refused and change nothing"
	fullChange          = "a change takes as many rows as the store says"
	hundredsOfChanges   = "one call carries out hundreds of changes"
	noChanges           = "no changes give no errors"
	oneWinner           = "of 32 writers on one checkpoint exactly one wins each revision"
	writersApart        = "32 writers on streams of their own all succeed"
	seenTogether        = "a reader never sees rows without their checkpoint, nor it without them"
	keepsNoChanges      = "the store keeps no reference to what apply was given"
	givesReadsAway      = "the caller owns what reads return"
	viewDeadContext     = "a dead context ends every call of a view store"
)

func applyTwins() []twin[viewDouble] {
	return slices.Concat(conditionTwins(), sizeTwins(), viewRaceTwins(), viewOwnershipTwins(), viewContextTwins())
}

func conditionTwins() []twin[viewDouble] {
	return []twin[viewDouble]{
		{"overwrites a checkpoint whatever its revision", func(d *viewDouble) {
			d.eachChange(func(to ports.Target, c ports.ViewChange, store func(ports.ViewChange) error) error {
				at, _ := d.ViewStore.Checkpoints(context.Background(), to, []ports.StreamID{c.Checkpoint.Stream})
				c.Checkpoint.Revision = at[0].Revision
				return store(c)
			})
		}, []string{movedChangesNothing, refusedAlone, oneWinner}},
		{"puts the rows of a change that it refuses", func(d *viewDouble) {
			d.eachChange(func(to ports.Target, c ports.ViewChange, store func(ports.ViewChange) error) error {
				err := store(c)
				if err != nil {
					d.smuggle(to, c.Put, nil)
				}
				return err
			})
		}, []string{movedChangesNothing, refusedAlone}},
		{"deletes the rows of a change that it refuses", func(d *viewDouble) {
			d.eachChange(func(to ports.Target, c ports.ViewChange, store func(ports.ViewChange) error) error {
				err := store(c)
				if err != nil {
					d.smuggle(to, nil, c.Delete)
				}
				return err
			})
		}, []string{movedChangesNothing}},
		{"calls a moved checkpoint another fault", func(d *viewDouble) {
			d.eachChange(func(_ ports.Target, c ports.ViewChange, store func(ports.ViewChange) error) error {
				if store(c) != nil {
					return errTwin
				}
				return nil
			})
		}, []string{movedChangesNothing, refusedAlone, oneWinner}},
		{"takes a late change for one that it has done", func(d *viewDouble) {
			d.eachChange(func(_ ports.Target, c ports.ViewChange, store func(ports.ViewChange) error) error {
				_ = store(c)
				return nil
			})
		}, []string{movedChangesNothing, refusedAlone, oneWinner}},
		{"gives up at the first refusal of a call", func(d *viewDouble) {
			var failed error
			d.eachChange(func(_ ports.Target, c ports.ViewChange, store func(ports.ViewChange) error) error {
				if failed == nil {
					failed = store(c)
				}
				return failed
			})
		}, []string{refusedAlone}},
		{"tells errors without their places", func(d *viewDouble) {
			d.apply = func(ctx context.Context, to ports.Target, changes []ports.ViewChange) []error {
				return slices.DeleteFunc(d.ViewStore.Apply(ctx, to, changes), func(err error) bool { return err == nil })
			}
		}, []string{refusedAlone, hundredsOfChanges}},
		{"carries out a hundred changes at most", func(d *viewDouble) {
			d.apply = func(ctx context.Context, to ports.Target, changes []ports.ViewChange) []error {
				errs := make([]error, len(changes))
				copy(errs, d.ViewStore.Apply(ctx, to, changes[:min(100, len(changes))]))
				return errs
			}
		}, []string{hundredsOfChanges}},
		{"refuses a call without changes", func(d *viewDouble) {
			d.apply = func(ctx context.Context, to ports.Target, changes []ports.ViewChange) []error {
				if len(changes) == 0 {
					return []error{errTwin}
				}
				return d.ViewStore.Apply(ctx, to, changes)
			}
		}, []string{noChanges}},
	}
}

func sizeTwins() []twin[viewDouble] {
	isTooLarge := func(err error) bool {
		var tooLarge *ports.TooLargeError
		return errors.As(err, &tooLarge)
	}
	return []twin[viewDouble]{
		{"takes any number of rows", func(d *viewDouble) {
			d.eachChange(func(to ports.Target, c ports.ViewChange, store func(ports.ViewChange) error) error {
				half := len(c.Put) / 2
				d.smuggle(to, c.Put[:half], c.Delete)
				c.Put, c.Delete = c.Put[half:], nil
				return store(c)
			})
		}, []string{tooManyRows}},
		{"counts only the rows that are put", func(d *viewDouble) {
			d.eachChange(func(to ports.Target, c ports.ViewChange, store func(ports.ViewChange) error) error {
				d.smuggle(to, nil, c.Delete)
				c.Delete = nil
				return store(c)
			})
		}, []string{tooManyRows}},
		{"stores what fits of too many rows", func(d *viewDouble) {
			d.eachChange(func(to ports.Target, c ports.ViewChange, store func(ports.ViewChange) error) error {
				err := store(c)
				if isTooLarge(err) {
					d.smuggle(to, c.Put[:d.RowsPerChange()], nil)
				}
				return err
			})
		}, []string{tooManyRows}},
		{"moves the checkpoint without too many rows", func(d *viewDouble) {
			d.eachChange(func(_ ports.Target, c ports.ViewChange, store func(ports.ViewChange) error) error {
				err := store(c)
				if isTooLarge(err) {
					_ = store(ports.ViewChange{Checkpoint: c.Checkpoint})
				}
				return err
			})
		}, []string{tooManyRows}},
		{"does not type the error of too many rows", func(d *viewDouble) {
			d.eachChange(func(_ ports.Target, c ports.ViewChange, store func(ports.ViewChange) error) error {
				if err := store(c); !isTooLarge(err) {
					return err
				}
				return errTwin
			})
		}, []string{tooManyRows}},
		{"takes one row less than it says", func(d *viewDouble) {
			d.eachChange(func(_ ports.Target, c ports.ViewChange, store func(ports.ViewChange) error) error {
				if len(c.Put)+len(c.Delete) == d.RowsPerChange() {
					return &ports.TooLargeError{}
				}
				return store(c)
			})
		}, []string{fullChange}},
	}
}

func viewRaceTwins() []twin[viewDouble] {
	return []twin[viewDouble]{
		{"tells a second writer that it won", func(d *viewDouble) {
			var told atomic.Bool
			d.eachChange(func(_ ports.Target, c ports.ViewChange, store func(ports.ViewChange) error) error {
				err := store(c)
				if err != nil && told.CompareAndSwap(false, true) {
					return nil
				}
				return err
			})
		}, []string{oneWinner, movedChangesNothing}},
		{"lets none of many writers win", func(d *viewDouble) {
			d.eachChange(func(_ ports.Target, c ports.ViewChange, store func(ports.ViewChange) error) error {
				return errors.Join(store(c), ports.ErrCheckpointMoved)
			})
		}, []string{oneWinner}},
		{"loses writes of some writers", func(d *viewDouble) {
			d.eachChange(func(_ ports.Target, c ports.ViewChange, store func(ports.ViewChange) error) error {
				if c.Checkpoint.Stream.ID == "view-0031" && c.Checkpoint.Revision > 2 {
					return nil
				}
				return store(c)
			})
		}, []string{writersApart}},
		{"shows rows one write late", func(d *viewDouble) {
			d.fetches(func(_ []ports.RowKey, rows []ports.Row) []ports.Row {
				for i := range rows {
					if n, err := strconv.Atoi(string(rows[i].Value)); err == nil {
						rows[i].Value = []byte(strconv.Itoa(n - 1))
					}
				}
				return rows
			})
		}, []string{seenTogether}},
		{"shows checkpoints one write late", func(d *viewDouble) {
			d.eachCheckpoint(func(c *ports.Checkpoint) { c.Revision = max(0, c.Revision-1) })
		}, []string{seenTogether, checkpointReplaced}},
	}
}

func viewOwnershipTwins() []twin[viewDouble] {
	return []twin[viewDouble]{
		{"keeps the values that it is given", func(d *viewDouble) {
			kept := map[ports.RowKey][]byte{}
			d.eachChange(func(_ ports.Target, c ports.ViewChange, store func(ports.ViewChange) error) error {
				for _, r := range c.Put {
					kept[r.RowKey] = r.Value
				}
				return store(c)
			})
			d.answers(func(_ ports.RowQuery, rows []ports.Row) []ports.Row {
				for i := range rows {
					rows[i].Value = kept[rows[i].RowKey]
				}
				return rows
			})
		}, []string{keepsNoChanges, givesReadsAway}},
		{"keeps the state that it is given", func(d *viewDouble) {
			var kept ports.Checkpoint
			d.eachChange(func(_ ports.Target, c ports.ViewChange, store func(ports.ViewChange) error) error {
				kept = c.Checkpoint
				return store(c)
			})
			d.eachCheckpoint(func(c *ports.Checkpoint) { c.State = kept.State })
		}, []string{keepsNoChanges, givesReadsAway}},
		{"keeps why a stream is parked as it is given", func(d *viewDouble) {
			var kept ports.Checkpoint
			d.eachChange(func(_ ports.Target, c ports.ViewChange, store func(ports.ViewChange) error) error {
				kept = c.Checkpoint
				return store(c)
			})
			d.eachCheckpoint(func(c *ports.Checkpoint) { c.Parked = kept.Parked })
		}, []string{keepsNoChanges, givesReadsAway}},
	}
}

func viewContextTwins() []twin[viewDouble] {
	var twins []twin[viewDouble]
	for method, ignore := range map[string]func(*viewDouble){
		"checkpoints": func(d *viewDouble) {
			d.checkpoints = func(ctx context.Context, of ports.Target, streams []ports.StreamID) ([]ports.Checkpoint, error) {
				return d.ViewStore.Checkpoints(context.WithoutCancel(ctx), of, streams)
			}
		},
		"apply": func(d *viewDouble) {
			d.apply = func(ctx context.Context, to ports.Target, changes []ports.ViewChange) []error {
				return d.ViewStore.Apply(context.WithoutCancel(ctx), to, changes)
			}
		},
		"query": func(d *viewDouble) {
			d.query = func(ctx context.Context, of ports.Target, q ports.RowQuery) ([]ports.Row, error) {
				return d.ViewStore.Query(context.WithoutCancel(ctx), of, q)
			}
		},
		"rows": func(d *viewDouble) {
			d.rows = func(ctx context.Context, of ports.Target, keys []ports.RowKey) ([]ports.Row, error) {
				return d.ViewStore.Rows(context.WithoutCancel(ctx), of, keys)
			}
		},
		"parked": func(d *viewDouble) {
			d.parked = func(ctx context.Context, of ports.Target, after string, limit int) ([]ports.Checkpoint, error) {
				return d.ViewStore.Parked(context.WithoutCancel(ctx), of, after, limit)
			}
		},
		"list": func(d *viewDouble) {
			d.list = func(ctx context.Context, of ports.Target, after string, limit int) ([]ports.Checkpoint, error) {
				return d.ViewStore.ListCheckpoints(context.WithoutCancel(ctx), of, after, limit)
			}
		},
		"drop": func(d *viewDouble) {
			d.drop = func(ctx context.Context, of ports.Target) error {
				return d.ViewStore.Drop(context.WithoutCancel(ctx), of)
			}
		},
	} {
		twins = append(twins, twin[viewDouble]{"ignores the context of " + method, ignore, []string{viewDeadContext}})
	}
	return twins
}
