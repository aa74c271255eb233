package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/sqlite"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

func TestLeasesConformance(t *testing.T) {
	t.Parallel()
	porttest.Run(t, func(t *testing.T) ports.Leases { return sqlite.NewLeases(t.TempDir()) }, porttest.Leases())
}

func TestLeases(t *testing.T) {
	t.Parallel()

	t.Run("a holder is seen through other values for the same folder", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		held, err := sqlite.NewLeases(dir).TryLease(t.Context(), "pipeline")
		require.NoError(t, err)
		_, err = sqlite.NewLeases(dir).TryLease(t.Context(), "pipeline")
		require.ErrorIs(t, err, ports.ErrLeaseTaken)
		require.NoError(t, held.Release())
		again, err := sqlite.NewLeases(dir).TryLease(t.Context(), "pipeline")
		require.NoError(t, err)
		assert.NoError(t, again.Release())
	})

	t.Run("the lease of another folder is another lease", func(t *testing.T) {
		t.Parallel()
		for range 2 {
			l, err := sqlite.NewLeases(t.TempDir()).TryLease(t.Context(), "pipeline")
			require.NoError(t, err)
			t.Cleanup(func() { assert.NoError(t, l.Release()) })
		}
	})

	t.Run("releasing again does not take the lease from its next holder", func(t *testing.T) {
		t.Parallel()
		leases := sqlite.NewLeases(t.TempDir())
		first, err := leases.TryLease(t.Context(), "pipeline")
		require.NoError(t, err)
		require.NoError(t, first.Release())
		_, err = leases.TryLease(t.Context(), "pipeline")
		require.NoError(t, err)
		require.NoError(t, first.Release())
		_, err = leases.TryLease(t.Context(), "pipeline")
		assert.ErrorIs(t, err, ports.ErrLeaseTaken)
	})

	t.Run("nothing is left in the folder when all are given back", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		for i := range 3 {
			l, err := sqlite.NewLeases(dir).TryLease(t.Context(), fmt.Sprintf("replay-%d", i))
			require.NoError(t, err)
			require.NoError(t, l.Release())
		}
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		assert.Empty(t, entries)
	})

	t.Run("one holder has it at a time, however the file comes and goes", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		var holders, most, held atomic.Int32
		var racers sync.WaitGroup
		for range 8 {
			racers.Go(func() {
				leases := sqlite.NewLeases(dir)
				for range 2000 {
					l, err := leases.TryLease(t.Context(), "replay-1")
					if errors.Is(err, ports.ErrLeaseTaken) {
						continue
					}
					if !assert.NoError(t, err) {
						return
					}
					if now := holders.Add(1); now > most.Load() {
						most.Store(now)
					}
					held.Add(1)
					runtime.Gosched()
					holders.Add(-1)
					if !assert.NoError(t, l.Release()) {
						return
					}
				}
			})
		}
		racers.Wait()
		assert.EqualValues(t, 1, most.Load())
		assert.Greater(t, held.Load(), int32(8))
	})

	t.Run("a name that is none touches no file", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		for _, name := range []string{"", "A", "1a", "../a", "a/b", "a.b", "a234567890123456789012345678901234"} {
			_, err := sqlite.NewLeases(dir).TryLease(t.Context(), name)
			require.Error(t, err, "name %q", name)
			require.NotErrorIs(t, err, ports.ErrLeaseTaken)
		}
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		assert.Empty(t, entries)
	})

	t.Run("a folder that is not there is a fault that names the file", func(t *testing.T) {
		t.Parallel()
		dir := filepath.Join(t.TempDir(), "missing")
		_, err := sqlite.NewLeases(dir).TryLease(t.Context(), "pipeline")
		require.ErrorIs(t, err, os.ErrNotExist)
		assert.ErrorContains(t, err, filepath.Join(dir, "pipeline.lock"))
	})

	t.Run("a cancelled try takes nothing", func(t *testing.T) {
		t.Parallel()
		leases := sqlite.NewLeases(t.TempDir())
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := leases.TryLease(ctx, "pipeline")
		require.ErrorIs(t, err, context.Canceled)
		l, err := leases.TryLease(t.Context(), "pipeline")
		require.NoError(t, err)
		assert.NoError(t, l.Release())
	})
}

func TestLeaseOfAKilledProcessIsFree(t *testing.T) {
	if dir, ok := asChild(); ok {
		_, err := sqlite.NewLeases(dir).TryLease(t.Context(), "pipeline")
		fmt.Println("took it:", err)
		<-t.Context().Done() // never: the parent kills this process
	}
	t.Parallel()
	dir := t.TempDir()
	leases := sqlite.NewLeases(dir)
	holder := startChild(t, dir)
	require.Equal(t, "took it: <nil>", holder.line(t))
	_, err := leases.TryLease(t.Context(), "pipeline")
	require.ErrorIs(t, err, ports.ErrLeaseTaken)

	holder.kill(t)
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		l, err := leases.TryLease(t.Context(), "pipeline")
		if assert.NoError(c, err) {
			assert.NoError(c, l.Release())
		}
	}, 10*time.Second, 10*time.Millisecond)
}
