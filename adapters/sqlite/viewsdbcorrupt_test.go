package sqlite_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/sqlite"
	"github.com/evercart/evercart/ports"
)

// edit changes the file at path as a stranger with a SQLite tool could.
func edit(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), statement)
	require.NoError(t, err)
	require.NoError(t, db.Close())
}

func TestRowsThatCannotBeReadAreNamed(t *testing.T) {
	t.Parallel()
	checkpoints := func(ctx context.Context, v *sqlite.Views) error {
		_, err := v.Checkpoints(ctx, carts1, []ports.StreamID{cartA})
		return err
	}
	parked := func(ctx context.Context, v *sqlite.Views) error {
		_, err := v.Parked(ctx, carts1, "", 10)
		return err
	}
	replay := func(ctx context.Context, v *sqlite.Views) error {
		_, err := v.ListReplayJobs(ctx, "", 10)
		return err
	}
	for name, c := range map[string]struct {
		edit string
		read func(ctx context.Context, v *sqlite.Views) error
		what string
	}{
		"a version that is no number": {`UPDATE Checkpoints SET Version = 'seven'`, checkpoints, `checkpoint of "cart/a" in carts.1`},
		"a time that is none":         {`UPDATE Checkpoints SET FailingSince = 'noon'`, checkpoints, `checkpoint of "cart/a" in carts.1`},
		"a time that is a number":     {`UPDATE Checkpoints SET ParkedSince = x'00'`, checkpoints, `checkpoint of "cart/a" in carts.1`},
		"an unknown kind of parking":  {`UPDATE Checkpoints SET Parked = 'perhaps'`, checkpoints, `checkpoint of "cart/a" in carts.1`},
		"a stream that is none":       {`UPDATE Checkpoints SET Stream = 'Cart'`, parked, `checkpoint of "Cart" in carts.1`},
		"a view's entry": {`UPDATE Generations SET Created = 'noon'`, func(ctx context.Context, v *sqlite.Views) error {
			_, err := v.View(ctx, "carts")
			return err
		}, `entry of view "carts"`},
		"a quarantined record": {`UPDATE Quarantine SET At = 'noon'`, func(ctx context.Context, v *sqlite.Views) error {
			_, err := v.ListQuarantined(ctx, "", 10)
			return err
		}, `quarantined record "carts.0.x-1"`},
		"a bookmark": {`UPDATE Positions SET Arrival = 'noon'`, func(ctx context.Context, v *sqlite.Views) error {
			_, err := v.Position(ctx, "carts")
			return err
		}, `bookmark of "carts"`},
		"a listed checkpoint": {`UPDATE Checkpoints SET Part = 'two'`, func(ctx context.Context, v *sqlite.Views) error {
			_, err := v.ListCheckpoints(ctx, carts1, "", 10)
			return err
		}, `checkpoint of "cart/a" in carts.1`},
		"a replay's time":  {`UPDATE ReplayJobs SET Started = 'noon'`, replay, `replay "20260504t030201-4f"`},
		"a replay's types": {`UPDATE ReplayJobs SET FilterTypes = '{'`, replay, `replay "20260504t030201-4f"`},
		"an instant of effects": {`UPDATE Effects SET EffectsFrom = 'noon'`, func(ctx context.Context, v *sqlite.Views) error {
			_, _, err := v.EffectsFrom(ctx, "notify")
			return err
		}, `instant of the effects of "notify"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "views.db")
			v := openViews(t, path)
			writeEverything(t, v)
			require.NoError(t, c.read(t.Context(), v))
			edit(t, path, c.edit)
			err := c.read(t.Context(), v)
			var corrupt *ports.CorruptError
			require.ErrorAs(t, err, &corrupt)
			assert.Equal(t, c.what, corrupt.What)
			assert.ErrorContains(t, err, path)
		})
	}
}

func TestFeedRecordsThatCannotBeReadAreNamed(t *testing.T) {
	t.Parallel()
	path := feedPath(t)
	f := openFeed(t, path, atNoon)
	publish(t, f, 1, 2)
	edit(t, path, `UPDATE Records SET Arrival = 'noon' WHERE Number = 2`)
	_, err := f.Fetch(t.Context(), "", 10)
	var corrupt *ports.CorruptError
	require.ErrorAs(t, err, &corrupt)
	assert.Equal(t, "record number 2 of "+path, corrupt.What)

	edit(t, path, `UPDATE Feed SET LastArrival = 'noon'`)
	_, err = f.Tip(t.Context())
	require.ErrorAs(t, err, &corrupt)
	assert.Equal(t, "the newest arrival of "+path, corrupt.What)
}
