package es_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/core/es"
)

func ctx() context.Context { return context.Background() }

func TestEventIDs(t *testing.T) {
	t.Parallel()
	at := time.UnixMilli(1764000000123).Add(500 * time.Microsecond)
	t.Run("are UUIDs of version 7 that tell the time", func(t *testing.T) {
		t.Parallel()
		id, err := uuid.Parse(es.NewIDs(func() time.Time { return at }, [32]byte{1}).New())
		require.NoError(t, err)
		assert.Equal(t, uuid.Version(7), id.Version())
		assert.Equal(t, uuid.RFC4122, id.Variant())
		seconds, nanos := id.Time().UnixTime()
		assert.Equal(t, at.UnixMilli(), time.Unix(seconds, nanos).UnixMilli())
	})
	t.Run("ascend, also while the clock stands still or goes back", func(t *testing.T) {
		t.Parallel()
		now := at
		ids := es.NewIDs(func() time.Time { now = now.Add(-time.Microsecond); return now }, [32]byte{1})
		made := make([]string, 10_000)
		for i := range made {
			made[i] = ids.New()
		}
		assert.True(t, slices.IsSorted(made))
	})
	t.Run("are unique across goroutines and differ by seed", func(t *testing.T) {
		t.Parallel()
		ids, other := es.NewIDs(func() time.Time { return at }, [32]byte{1}), es.NewIDs(func() time.Time { return at }, [32]byte{2})
		var mu sync.Mutex
		seen := map[string]bool{other.New(): true}
		var makers sync.WaitGroup
		for range 8 {
			makers.Go(func() {
				for range 1000 {
					id := ids.New()
					mu.Lock()
					seen[id] = true
					mu.Unlock()
				}
			})
		}
		makers.Wait()
		assert.Len(t, seen, 8001)
	})
}
