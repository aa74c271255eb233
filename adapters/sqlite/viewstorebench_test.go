package sqlite_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
)

// BenchmarkViewsApply does what a projector does with a batch of 100 streams:
// read their checkpoints, then put two rows, delete one and move the checkpoint
// of each.
func BenchmarkViewsApply(b *testing.B) {
	v := newViews(b)
	streams := benchStreams(100)
	state := bytes.Repeat([]byte("s"), 300)
	for b.Loop() {
		checkpoints, err := v.Checkpoints(b.Context(), carts1, streams)
		require.NoError(b, err)
		changes := make([]ports.ViewChange, len(checkpoints))
		for i, c := range checkpoints {
			c.Version, c.State = c.Version+1, state
			at := func(version ports.Version) ports.RowKey {
				return ports.RowKey{Partition: "owner/0", Sort: fmt.Sprintf("%020d/%s", version, c.Stream.ID)}
			}
			changes[i] = ports.ViewChange{
				Checkpoint: c,
				Put: []ports.Row{
					{RowKey: ports.RowKey{Partition: c.Stream.String()}, Value: state},
					{RowKey: at(c.Version), Value: state},
				},
				Delete: []ports.RowKey{at(c.Version - 1)},
			}
		}
		for _, err := range v.Apply(b.Context(), carts1, changes) {
			require.NoError(b, err)
		}
	}
	b.ReportMetric(float64(b.N*len(streams))/b.Elapsed().Seconds(), "streams/s")
}

// BenchmarkViewsCheckpoints reads the checkpoints of 100 streams in one call.
func BenchmarkViewsCheckpoints(b *testing.B) {
	v := newViews(b)
	streams := benchStreams(100)
	changes := make([]ports.ViewChange, len(streams))
	for i, s := range streams {
		changes[i].Checkpoint = ports.Checkpoint{Stream: s, Version: 1, EventID: "e"}
	}
	for _, err := range v.Apply(b.Context(), carts1, changes) {
		require.NoError(b, err)
	}
	for b.Loop() {
		_, err := v.Checkpoints(b.Context(), carts1, streams)
		require.NoError(b, err)
	}
}

func benchStreams(n int) []ports.StreamID {
	streams := make([]ports.StreamID, n)
	for i := range streams {
		streams[i] = ports.StreamID{Category: "cart", ID: fmt.Sprintf("0190c0de-0000-7000-8000-%012d", i)}
	}
	return streams
}
