package porttest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/evercart/evercart/ports"
)

// Archive returns the promises of ports.Archive.
func Archive() []Check[ports.Archive] {
	return slices.Concat(archiveWriteChecks(), archiveListChecks(), archiveReadChecks())
}

// archiveHour is the hour of the sample objects.
var archiveHour = time.Date(2026, 5, 4, 13, 0, 0, 0, time.UTC)

// archiveBatch returns a batch of shard "0" at the n-th position.
func archiveBatch(n int, arrival time.Time) ports.ArchiveBatch {
	at := ports.Position(fmt.Sprintf("%06d", n))
	return ports.ArchiveBatch{Shard: "0", First: at, Last: at, Arrival: arrival}
}

func linesOf(texts ...string) [][]byte {
	lines := make([][]byte, len(texts))
	for i, text := range texts {
		lines[i] = []byte(text)
	}
	return lines
}

// write stores an object and checks what the archive says of it.
func write(ctx context.Context, a ports.Archive, batch ports.ArchiveBatch, lines [][]byte) (ports.ArchiveObject, error) {
	object, err := a.WriteObject(ctx, batch, lines)
	if err != nil {
		return object, fmt.Errorf("write %s: %w", batch.Key(), err)
	}
	if object.Key != batch.Key() || object.Size < 1 {
		return object, fmt.Errorf("write %s: got object %q of %d bytes", batch.Key(), object.Key, object.Size)
	}
	return object, nil
}

// expectLines returns an error unless the object holds exactly want.
func expectLines(ctx context.Context, a ports.Archive, key string, want [][]byte) error {
	n := 0
	for line, err := range a.Lines(ctx, key) {
		switch {
		case err != nil:
			return fmt.Errorf("lines of %s: after %d: %w", key, n, err)
		case n == len(want):
			return fmt.Errorf("lines of %s: got more than the %d written", key, n)
		case string(line) != string(want[n]):
			return fmt.Errorf("line %d of %s: got %.80q, want %.80q", n+1, key, line, want[n])
		}
		n++
	}
	if n != len(want) {
		return fmt.Errorf("lines of %s: got %d, want %d", key, n, len(want))
	}
	return nil
}

// list reads all objects from one instant to another.
func list(ctx context.Context, a ports.Archive, from, to time.Time) ([]ports.ArchiveObject, error) {
	var objects []ports.ArchiveObject
	for o, err := range a.Objects(ctx, from, to) {
		if err != nil {
			return nil, fmt.Errorf("objects: after %d: %w", len(objects), err)
		}
		objects = append(objects, o)
	}
	return objects, nil
}

// expectKeys returns an error unless the objects listed have exactly these keys.
func expectKeys(ctx context.Context, a ports.Archive, from, to time.Time, want ...string) error {
	objects, err := list(ctx, a, from, to)
	if err != nil {
		return err
	}
	var got []string
	for _, o := range objects {
		got = append(got, o.Key)
	}
	return sameText(fmt.Sprintf("objects from %s to %s", timeText(from), timeText(to)), strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
}

// endsWithCorruptError returns an error unless the lines of key are nothing but
// one *CorruptError that names it.
func endsWithCorruptError(ctx context.Context, a ports.Archive, key string) error {
	pairs := 0
	var last error
	for _, err := range a.Lines(ctx, key) {
		pairs++
		last = err
	}
	var corrupt *ports.CorruptError
	if pairs != 1 || !errors.As(last, &corrupt) || !strings.Contains(corrupt.What, key) {
		return fmt.Errorf("lines of %q: got %d pairs, the last with error %w, want one *CorruptError that names the key", key, pairs, orNoError(last))
	}
	return nil
}

// endsSoon returns an error unless seq, begun under a live context that cancel
// then ends, yields that context's error once, as its last pair, and before it
// has yielded all of total.
func endsSoon[V any](ctx context.Context, cancel context.CancelFunc, seq iter.Seq2[V, error], total int) error {
	pairs := 0
	var last error
	for _, err := range seq {
		if last != nil {
			return fmt.Errorf("a pair after the one with error %w", last)
		}
		pairs++
		last = err
		cancel()
	}
	if !errors.Is(last, ctx.Err()) || pairs > total {
		return fmt.Errorf("cancelled after the first pair: got %d pairs of at most %d, the last with error %w, want one that matches %w", pairs, total, orNoError(last), ctx.Err())
	}
	return nil
}

var errNoError = errors.New("no error")

// orNoError returns err, or an error that says there was none.
func orNoError(err error) error {
	if err == nil {
		return errNoError
	}
	return err
}
