package app

import (
	"context"
	"errors"

	"github.com/evercart/evercart/ports"
)

// scanBatch is how many commits go to a worker at once.
const scanBatch = 128

// scanned is a commit as a scan yields it; err says that it cannot be read.
type scanned struct {
	commit ports.Commit
	err    error
}

// scanStore hands the commits of a category to n workers: all commits of one
// stream to the same one, in order. estimate is how many events there are, about.
func scanStore(
	ctx context.Context, scanner ports.StoreScanner, category string, n int, estimate int64, progress func(Step),
	work func(worker int, c *scanned) error,
) error {
	step := Step{Phase: "reading the store", Unit: "events", Total: estimate}
	return parallel(ctx, n, n, func(ctx context.Context, send func(int, []scanned) error) error {
		batches := make([][]scanned, n)
		for commit, err := range scanner.Scan(ctx, category) {
			if err != nil && !isUnreadable(err) {
				return err
			}
			worker := partOf(commit.Stream.ID, n)
			batches[worker] = append(batches[worker], scanned{commit, err})
			if step.Done += int64(len(commit.Events)); len(batches[worker]) < scanBatch {
				continue
			}
			if err := send(worker, batches[worker]); err != nil {
				return err
			}
			batches[worker] = make([]scanned, 0, scanBatch)
			progress(step)
		}
		for worker, batch := range batches {
			if err := send(worker, batch); err != nil {
				return err
			}
		}
		return nil
	}, func(_ context.Context, worker int, batch []scanned) error {
		for i := range batch {
			if err := work(worker, &batch[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// isUnreadable reports whether err says that a stored commit cannot be read.
func isUnreadable(err error) bool {
	var corrupt *ports.CorruptError
	var format *ports.FormatError
	return errors.As(err, &corrupt) || errors.As(err, &format)
}
