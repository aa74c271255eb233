package sqlite

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
)

// fillTarget gives target n checkpoints with a row each.
func fillTarget(t *testing.T, v *Views, target ports.Target, n int) {
	t.Helper()
	changes := make([]ports.ViewChange, n)
	for i := range changes {
		changes[i] = changeOf(ports.StreamID{Category: "cart", ID: fmt.Sprint(i)}, 1)
	}
	for _, err := range v.Apply(t.Context(), target, changes) {
		require.NoError(t, err)
	}
}

// count returns how many rows of a table target has.
func count(t *testing.T, v *Views, table string, target ports.Target) (n int) {
	t.Helper()
	row := v.db.read.QueryRowContext(t.Context(),
		`SELECT count(*) FROM `+table+` WHERE Consumer = ? AND Generation = ?`, target.Consumer, target.Generation)
	require.NoError(t, row.Scan(&n))
	return n
}

func TestDrop(t *testing.T) {
	t.Parallel()
	const many = 2*dropBatch + 1

	t.Run("more than one transaction deletes is dropped, and nothing else", func(t *testing.T) {
		t.Parallel()
		v := faultyViews(t)
		next := ports.Target{Consumer: "carts", Generation: 2}
		fillTarget(t, v, faultTarget, many)
		fillTarget(t, v, next, 3)
		require.NoError(t, v.Drop(t.Context(), faultTarget))
		for _, table := range []string{"Rows", "Checkpoints"} {
			assert.Zero(t, count(t, v, table, faultTarget), table)
			assert.Equal(t, 3, count(t, v, table, next), table)
		}
	})

	t.Run("where it is cut short no checkpoint is left without its row", func(t *testing.T) {
		t.Parallel()
		v := faultyViews(t)
		fillTarget(t, v, faultTarget, many)
		ctx, cancel := context.WithCancel(t.Context())
		dropped := make(chan error, 1)
		go func() { dropped <- v.Drop(ctx, faultTarget) }()
		require.Eventually(t, func() bool { // the first rows have gone
			return count(t, v, "Rows", faultTarget) < many
		}, 10*time.Second, time.Millisecond)
		cancel()
		if err := <-dropped; err != nil { // it may have been faster
			require.ErrorIs(t, err, context.Canceled)
		}
		assert.Zero(t, count(t, v, "Checkpoints", faultTarget))
		require.NoError(t, v.Drop(t.Context(), faultTarget))
		assert.Zero(t, count(t, v, "Rows", faultTarget))
	})
}
