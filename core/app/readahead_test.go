package app

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// archiveOf returns an archive of objects with lines events each, one stream an
// object.
func archiveOf(t testing.TB, objects, lines int) *memory.Archive {
	t.Helper()
	archive := memory.NewArchive()
	at := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for o := range objects {
		var batch [][]byte
		for v := 1; v <= lines; v++ {
			batch = append(batch, wireOf(t, ports.StreamID{Category: "tally", ID: fmt.Sprint(o)}, ports.Version(v), at))
		}
		position := ports.Position(fmt.Sprintf("%06d", o))
		_, err := archive.WriteObject(t.Context(), ports.ArchiveBatch{Shard: "0", First: position, Last: position, Arrival: at}, batch)
		require.NoError(t, err)
	}
	return archive
}

func wireOf(t testing.TB, stream ports.StreamID, v ports.Version, at time.Time) []byte {
	t.Helper()
	wire, err := envelope.AppendWire(nil, &ports.Published{
		Event:       ports.Event{ID: fmt.Sprint(stream.ID, "-", v), Stream: stream, Version: v, Type: "Counted", Schema: 1, Time: at, Data: `{"n":1}`},
		CommitFirst: v, CommitLast: v, Source: "/test",
	})
	require.NoError(t, err)
	return wire
}

// readers counts the goroutines that read ahead.
func readers() int {
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	return strings.Count(string(stacks), "app.(*readObject).read") + strings.Count(string(stacks), "app.readAhead")
}

func TestReadAhead(t *testing.T) { //nolint:paralleltest // it counts goroutines
	t.Run("yields every line of every object in order", func(t *testing.T) {
		next := 0
		for object := range readAhead(t.Context(), archiveOf(t, 20, 600), time.Time{}, time.Time{}, nil) {
			version := ports.Version(0)
			for chunk := range object.chunks {
				for _, l := range chunk {
					version++
					require.NoError(t, l.err)
					require.Equal(t, fmt.Sprint(next), l.event.Stream.ID)
					require.Equal(t, version, l.event.Version)
				}
			}
			assert.Equal(t, ports.Version(600), version)
			next++
		}
		assert.Equal(t, 20, next)
	})
	t.Run("leaves no reader behind when the caller stops", func(t *testing.T) {
		archive := archiveOf(t, 20, 5000) // more than is read ahead
		for stop := range 3 {
			n := 0
			for object := range readAhead(t.Context(), archive, time.Time{}, time.Time{}, nil) {
				<-object.chunks
				if n++; n > stop {
					break
				}
				for range object.chunks {
				}
			}
			assert.Zero(t, readers(), "every reader ends before the loop does")
		}
	})
	t.Run("leaves no reader behind when the context ends", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		for object := range readAhead(ctx, archiveOf(t, 20, 5000), time.Time{}, time.Time{}, nil) {
			<-object.chunks
			cancel()
			for range object.chunks {
			}
		}
		cancel()
		assert.Zero(t, readers())
	})
}
