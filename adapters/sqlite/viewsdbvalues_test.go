package sqlite

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
)

func TestReadable(t *testing.T) {
	t.Parallel()
	v := faultyViews(t)
	for data, kind := range map[string]string{
		"": "text", `{"item":"Tee 🍵"}`: "text", "12": "text", "\xff": "blob", "a\x00b": "blob", "\x00": "blob",
	} {
		var stored string
		var back []byte
		row := v.db.read.QueryRowContext(t.Context(), `SELECT typeof(?1), ?1`, readable([]byte(data)))
		require.NoError(t, row.Scan(&stored, &back))
		assert.Equal(t, kind, stored, "%q", data)
		assert.Equal(t, data, string(back))
	}
}

func TestTimesInColumns(t *testing.T) {
	t.Parallel()

	t.Run("a time is kept in UTC, cut to whole microseconds", func(t *testing.T) {
		t.Parallel()
		at := time.Date(2026, 1, 1, 0, 30, 0, 1999, time.FixedZone("", 3600))
		assert.Equal(t, "2025-12-31T23:30:00.000001Z", formatTime(at))
		back, err := parseTime(formatTime(at))
		require.NoError(t, err)
		assert.Equal(t, at.Truncate(time.Microsecond).UTC(), back)
	})

	t.Run("the zero time is NULL, and NULL the zero time", func(t *testing.T) {
		t.Parallel()
		assert.Nil(t, optionalTime(time.Time{}))
		n := nullTime{time.Now()}
		require.NoError(t, n.Scan(nil))
		assert.True(t, n.IsZero())
	})

	t.Run("what is no time is refused", func(t *testing.T) {
		t.Parallel()
		for _, v := range []any{"", "noon", "2026-01-01", "2026-01-01T00:00:00.000000+01:00", int64(7), []byte("x")} {
			var n nullTime
			assert.Error(t, n.Scan(v), "%v", v)
		}
	})
}

func TestUnreadable(t *testing.T) {
	t.Parallel()
	cause := errors.New("no number")

	t.Run("a failed scan says that the row is corrupt", func(t *testing.T) {
		t.Parallel()
		var corrupt *ports.CorruptError
		require.ErrorAs(t, unreadable(t.Context(), "the row", cause), &corrupt)
		assert.Equal(t, "the row", corrupt.What)
		assert.ErrorIs(t, corrupt, cause)
	})

	t.Run("a scan that its context ended says nothing of the row", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		assert.Equal(t, context.Canceled, unreadable(ctx, "the row", cause))
	})
}
