package player

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fakeStream is a stream in this process whose shards are all closed.
type fakeStream struct {
	there   []shard
	records map[string][]record // by shard
	page    int                 // how many records a read yields

	mu      sync.Mutex
	failing int // reads that fail before one works
}

func (*fakeStream) name() string     { return "aws:kinesis" }
func (*fakeStream) infoName() string { return "KinesisBatchInfo" }
func (*fakeStream) arn() string      { return "arn" }

func (s *fakeStream) shards(context.Context) ([]shard, error) { return s.there, nil }

func (s *fakeStream) iterator(_ context.Context, shard, after string) (string, error) {
	at := 1 + slices.IndexFunc(s.records[shard], func(r record) bool { return r.sequence == after })
	return shard + "/" + strconv.Itoa(at), nil
}

func (s *fakeStream) read(_ context.Context, iterator string) ([]record, string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failing > 0 {
		s.failing--
		return nil, "", errors.New("try again")
	}
	shard, text := cut(iterator)
	at, err := strconv.Atoi(text)
	if err != nil {
		return nil, "", err
	}
	end := min(at+s.page, len(s.records[shard]))
	if at == end {
		return nil, "", nil
	}
	return s.records[shard][at:end], shard + "/" + strconv.Itoa(end), nil
}

// played follows a stream until everything came, and returns the batches.
func played(t *testing.T, s *fakeStream, tempo Tempo) (batches [][]int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	left := 0
	for _, records := range s.records {
		left += len(records)
	}
	var mu sync.Mutex
	m := &mapping{source: s, tempo: tempo, invoke: func(_ context.Context, payload []byte) ([]byte, error) {
		mu.Lock()
		defer mu.Unlock()
		var event struct{ Records []int }
		if err := json.Unmarshal(payload, &event); err != nil {
			return nil, err
		}
		batches = append(batches, event.Records)
		if left -= len(event.Records); left == 0 {
			cancel()
		}
		return []byte(`{}`), nil
	}}
	m.follow(ctx, slog.New(slog.DiscardHandler), time.Millisecond)
	require.ErrorIs(t, ctx.Err(), context.Canceled, "not everything came")
	return batches
}

func TestTheShardsOfAStream(t *testing.T) {
	t.Parallel()
	t.Run("are handed over each in its order, in batches of the size that is allowed", func(t *testing.T) {
		t.Parallel()
		s := &fakeStream{there: []shard{{id: "a"}}, records: map[string][]record{"a": young(7)}, page: 5}
		assert.Equal(t, [][]int{{0, 1, 2}, {3, 4}, {5, 6}}, played(t, s, Tempo{Batch: 3}))
	})
	t.Run("fill a batch from several reads within its window", func(t *testing.T) {
		t.Parallel()
		s := &fakeStream{there: []shard{{id: "a"}}, records: map[string][]record{"a": young(7)}, page: 2}
		assert.Equal(t, [][]int{{0, 1, 2}, {3, 4, 5}, {6}}, played(t, s, Tempo{Batch: 3, Window: time.Hour}), "the rest goes when the shard is closed")
	})
	t.Run("come after those that they were split from", func(t *testing.T) {
		t.Parallel()
		all := young(6)
		s := &fakeStream{
			there:   []shard{{id: "child", parents: []string{"parent"}}, {id: "merged", parents: []string{"child", "other"}}, {id: "parent", parents: []string{"gone"}}, {id: "other"}},
			records: map[string][]record{"parent": all[:2], "child": all[2:4], "merged": all[4:], "other": nil}, page: 1,
		}
		assert.Equal(t, [][]int{{0}, {1}, {2}, {3}, {4}, {5}}, played(t, s, Tempo{}))
	})
	t.Run("go on behind the last batch after a fault", func(t *testing.T) {
		t.Parallel()
		s := &fakeStream{there: []shard{{id: "a"}}, records: map[string][]record{"a": young(4)}, page: 2, failing: 3}
		assert.Equal(t, [][]int{{0, 1}, {2, 3}}, played(t, s, Tempo{}))
	})
}

func TestTheFirstBatch(t *testing.T) {
	t.Parallel()
	large := young(3)
	for i := range large {
		large[i].body = make([]byte, 5<<19) // 2.5 MiB
	}
	n, full := firstBatch(large, 100)
	assert.Equal(t, 2, n, "6 MB are an invocation's most")
	assert.True(t, full)
	n, full = firstBatch(young(3), 100)
	assert.Equal(t, 3, n)
	assert.False(t, full)
	large[0].body = make([]byte, 7<<20)
	n, _ = firstBatch(large, 100)
	assert.Equal(t, 1, n, "one is handed over, whatever its size")
}
