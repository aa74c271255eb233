package porttest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"

	"github.com/evercart/evercart/ports"
)

// racers is how many goroutines a check of a race runs.
const racers = 32

func viewRaceChecks() []Check[ports.ViewStore] {
	return []Check[ports.ViewStore]{
		{"of 32 writers on one checkpoint exactly one wins each revision", oneWinnerEachRevision},
		{"32 writers on streams of their own all succeed", writersApartAllSucceed},
		{"a reader never sees rows without their checkpoint, nor it without them", rowsAndCheckpointAppearTogether},
	}
}

// race runs do in goroutines that start together, and returns each one's error.
func race(n int, do func(racer int) error) []error {
	errs := make([]error, n)
	start := make(chan struct{})
	var done sync.WaitGroup
	for i := range n {
		done.Go(func() {
			<-start
			errs[i] = do(i)
		})
	}
	close(start)
	done.Wait()
	return errs
}

// oneWinner returns the index of the one nil error; every other must match lost.
func oneWinner(errs []error, lost error) (int, error) {
	winner := -1
	for i, err := range errs {
		switch {
		case err == nil && winner >= 0:
			return 0, fmt.Errorf("racers %d and %d both won", winner, i)
		case err == nil:
			winner = i
		case !errors.Is(err, lost):
			return 0, fmt.Errorf("racer %d: got %w, want nil or %w", i, err, lost)
		}
	}
	if winner < 0 {
		return 0, fmt.Errorf("none of %d racers won", len(errs))
	}
	return winner, nil
}

func oneWinnerEachRevision(ctx context.Context, s ports.ViewStore) error {
	for revision := range int64(10) {
		value := func(racer int) string { return fmt.Sprintf("revision %d by %d", revision+1, racer) }
		winner, err := oneWinner(race(racers, func(i int) error {
			return applyOne(ctx, s, viewTarget, ports.ViewChange{
				Checkpoint: ports.Checkpoint{Stream: viewStream(1), Revision: revision, EventID: value(i)},
				Put:        []ports.Row{row("p", "s", value(i))},
			})
		}), ports.ErrCheckpointMoved)
		if err != nil {
			return fmt.Errorf("writers over revision %d: %w", revision, err)
		}
		want := ports.Checkpoint{Stream: viewStream(1), Revision: revision + 1, EventID: value(winner)}
		if err := expectCheckpoint(ctx, s, viewTarget, want); err != nil {
			return err
		}
		if err := expectRows(ctx, s, viewTarget, ports.RowQuery{Partition: "p"}, row("p", "s", value(winner))); err != nil {
			return err
		}
	}
	return nil
}

func writersApartAllSucceed(ctx context.Context, s ports.ViewStore) error {
	const writes = 5
	errs := race(racers, func(i int) error {
		for revision := range int64(writes) {
			change := ports.ViewChange{
				Checkpoint: ports.Checkpoint{Stream: viewStream(i), Revision: revision},
				Put:        []ports.Row{row("p", fmt.Sprintf("%02d", i), strconv.FormatInt(revision+1, 10))},
			}
			if err := applyOne(ctx, s, viewTarget, change); err != nil {
				return fmt.Errorf("writer %d alone on its stream, over revision %d: %w", i, revision, err)
			}
		}
		return nil
	})
	if err := errors.Join(errs...); err != nil {
		return err
	}
	var want []ports.Row
	for i := range racers {
		want = append(want, row("p", fmt.Sprintf("%02d", i), strconv.Itoa(writes)))
		if err := expectCheckpoint(ctx, s, viewTarget, ports.Checkpoint{Stream: viewStream(i), Revision: writes}); err != nil {
			return err
		}
	}
	return expectRows(ctx, s, viewTarget, ports.RowQuery{Partition: "p"}, want...)
}

// rowsAndCheckpointAppearTogether writes each revision's number into a row. A
// checkpoint read before its row is never newer than it; one read after its row
// is never older.
func rowsAndCheckpointAppearTogether(ctx context.Context, s ports.ViewStore) error {
	const writes = 100
	var reading sync.WaitGroup // until every reader has read once
	reading.Add(2)
	write := func() error {
		reading.Wait()
		for revision := range int64(writes) {
			change := ports.ViewChange{
				Checkpoint: ports.Checkpoint{Stream: viewStream(1), Revision: revision},
				Put:        []ports.Row{row("p", "s", strconv.FormatInt(revision+1, 10))},
			}
			if err := applyOne(ctx, s, viewTarget, change); err != nil {
				return err
			}
		}
		return nil
	}
	read := func() error {
		begun := sync.OnceFunc(reading.Done)
		defer begun()
		for last := int64(0); last < writes; {
			before, err := checkpointOf(ctx, s, viewTarget, viewStream(1))
			if err != nil {
				return err
			}
			written, err := rowNumber(ctx, s)
			if err != nil {
				return err
			}
			after, err := checkpointOf(ctx, s, viewTarget, viewStream(1))
			if err != nil {
				return err
			}
			if before.Revision > written || after.Revision < written || before.Revision < last {
				return fmt.Errorf("read revision %d (before that %d), then the row of revision %d, then revision %d", before.Revision, last, written, after.Revision)
			}
			last = before.Revision
			begun()
		}
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	return errors.Join(race(3, func(i int) error {
		do := read
		if i == 0 {
			do = write
		}
		err := do()
		if err != nil {
			cancel() // so that the others do not wait for what will not come
		}
		return err
	})...)
}

// rowNumber reads the number in the row ("p", "s"); 0 when there is none.
func rowNumber(ctx context.Context, s ports.ViewStore) (int64, error) {
	rows, err := s.Rows(ctx, viewTarget, []ports.RowKey{rowKey("p", "s")})
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	return strconv.ParseInt(string(rows[0].Value), 10, 64)
}
