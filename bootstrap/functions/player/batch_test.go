package player

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/lambdafn/runtimetest"
)

// fake is a function in this process, and what became of its batches.
type fake struct {
	batches [][]int // by the records' numbers
	given   []*discarded
	handle  func(batch []int) (string, error)
}

func (f *fake) mapping(tempo Tempo) *mapping {
	if tempo.Backoff == 0 {
		tempo.Backoff = time.Microsecond
	}
	return &mapping{
		tempo: tempo,
		invoke: func(_ context.Context, payload []byte) ([]byte, error) {
			var event struct{ Records []int }
			if err := json.Unmarshal(payload, &event); err != nil {
				return nil, err
			}
			f.batches = append(f.batches, event.Records)
			answer, err := f.handle(event.Records)
			return []byte(answer), err
		},
		discard: func(_ context.Context, d *discarded) error {
			f.given = append(f.given, d)
			return nil
		},
	}
}

// young makes records that have just arrived.
func young(n int) []record {
	batch := batchOf(n)
	for i := range batch {
		batch[i].arrival = time.Now()
	}
	return batch
}

func crash() error { return &runtimetest.FunctionError{Type: "Runtime.ExitError"} }

func failedFrom(n int) string {
	return fmt.Sprintf(`{"batchItemFailures": [{"itemIdentifier": "%d"}]}`, 100+n)
}

func TestABatchOfAStream(t *testing.T) {
	t.Parallel()
	t.Run("is handed over once where all goes well", func(t *testing.T) {
		t.Parallel()
		f := &fake{handle: func([]int) (string, error) { return `{}`, nil }}
		require.NoError(t, f.mapping(Tempo{}).handle(t.Context(), "s", young(3)))
		assert.Equal(t, [][]int{{0, 1, 2}}, f.batches)
		assert.Empty(t, f.given)
	})
	t.Run("is halved where the function fails, until the record that breaks it stands alone", func(t *testing.T) {
		t.Parallel()
		f := &fake{}
		f.handle = func(batch []int) (string, error) {
			if slices.Contains(batch, 5) {
				return "", crash()
			}
			return `{}`, nil
		}
		require.NoError(t, f.mapping(Tempo{Retries: 2}).handle(t.Context(), "shard-1", young(8)))
		assert.Equal(t, [][]int{{0, 1, 2, 3, 4, 5, 6, 7}, {0, 1, 2, 3}, {4, 5, 6, 7}, {4, 5}, {4}, {5}, {5}, {5}, {6, 7}}, f.batches)
		require.Len(t, f.given, 1, "its neighbours went on")
		d := f.given[0]
		assert.Equal(t, "105", d.records[0].sequence)
		assert.Len(t, d.records, 1)
		assert.Equal(t, "RetryAttemptsExhausted", d.condition)
		assert.Equal(t, "shard-1", d.shard)
		assert.True(t, d.crashed)
		assert.Equal(t, 3, d.invokes)
	})
	t.Run("comes again from the lowest record that failed, and is not halved", func(t *testing.T) {
		t.Parallel()
		f := &fake{}
		f.handle = func([]int) (string, error) {
			return []string{failedFrom(1), failedFrom(1), failedFrom(3), `{}`}[len(f.batches)-1], nil
		}
		require.NoError(t, f.mapping(Tempo{}).handle(t.Context(), "s", young(4)))
		assert.Equal(t, [][]int{{0, 1, 2, 3}, {1, 2, 3}, {1, 2, 3}, {3}}, f.batches)
		assert.Empty(t, f.given)
	})
	t.Run("is given up from there on after its retries", func(t *testing.T) {
		t.Parallel()
		f := &fake{handle: func([]int) (string, error) { return failedFrom(2), nil }}
		require.NoError(t, f.mapping(Tempo{Retries: 3}).handle(t.Context(), "s", young(4)))
		assert.Len(t, f.batches, 4)
		require.Len(t, f.given, 1)
		assert.Equal(t, []string{"102", "103"}, []string{f.given[0].records[0].sequence, f.given[0].records[1].sequence})
		assert.False(t, f.given[0].crashed)
	})
	t.Run("is tried again without end where nothing bounds the retries", func(t *testing.T) {
		t.Parallel()
		f := &fake{}
		f.handle = func([]int) (string, error) {
			if len(f.batches) < 200 {
				return "", crash()
			}
			return `{}`, nil
		}
		tempo := Tempo{Backoff: time.Nanosecond}
		require.NoError(t, f.mapping(tempo).handle(t.Context(), "s", young(1)))
		assert.Len(t, f.batches, 200)
		assert.Empty(t, f.given)
	})
	t.Run("loses the records that are too old", func(t *testing.T) {
		t.Parallel()
		f := &fake{handle: func([]int) (string, error) { return `{}`, nil }}
		batch := young(3)
		batch[0].arrival = time.Now().Add(-21 * time.Hour)
		require.NoError(t, f.mapping(Tempo{}).handle(t.Context(), "s", batch))
		assert.Equal(t, [][]int{{1, 2}}, f.batches)
		require.Len(t, f.given, 1)
		assert.Equal(t, "RecordAgeExceeded", f.given[0].condition)
		assert.Equal(t, "100", f.given[0].records[0].sequence)
	})
	t.Run("stays where the context ends", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		f := &fake{handle: func([]int) (string, error) { cancel(); return "", crash() }}
		assert.ErrorIs(t, f.mapping(Tempo{}).handle(ctx, "s", young(2)), context.Canceled)
		assert.Len(t, f.batches, 1)
		assert.Empty(t, f.given)
	})
}
