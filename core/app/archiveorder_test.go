package app

import (
	"context"
	"errors"
	"iter"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/ports"
)

func TestArchiveOrder(t *testing.T) {
	t.Parallel()
	hour := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	t.Run("is by hour, then by first position, whatever the shard", func(t *testing.T) {
		t.Parallel()
		archive := memory.NewArchive()
		want := []ports.ArchiveBatch{
			{Shard: "shard-9", First: "99", Last: "99", Arrival: hour.Add(-time.Hour)}, // the parent, before it was split
			{Shard: "shard-9", First: "9", Last: "20", Arrival: hour},
			{Shard: "shard-a", First: "21", Last: "40", Arrival: hour}, // its children
			{Shard: "shard-1", First: "22", Last: "30", Arrival: hour},
			{Shard: "shard-1", First: "100", Last: "101", Arrival: hour},
			{Shard: "shard-0", First: "1", Last: "1", Arrival: hour.Add(time.Hour)},
		}
		for _, b := range want {
			_, err := archive.WriteObject(t.Context(), b, [][]byte{[]byte("x")})
			require.NoError(t, err)
		}
		var got []string
		for object, err := range archiveOrder(t.Context(), archive, time.Time{}, time.Time{}) {
			require.NoError(t, err)
			got = append(got, object.Key)
		}
		for i, b := range want {
			assert.Equal(t, b.Key(), got[i])
			for k := range want {
				assert.Equal(t, i < k, compareKeysOfObjects(b.Key(), want[k].Key()) < 0)
			}
		}
	})
	t.Run("ends with the listing's error", func(t *testing.T) {
		t.Parallel()
		broken := errors.New("broken")
		var got []error
		for _, err := range archiveOrder(t.Context(), unlisted{memory.NewArchive(), broken}, time.Time{}, time.Time{}) {
			got = append(got, err)
		}
		assert.Equal(t, []error{broken}, got)
	})
}

// unlisted is an archive that cannot be listed.
type unlisted struct {
	ports.Archive
	err error
}

func (u unlisted) Objects(context.Context, time.Time, time.Time) iter.Seq2[ports.ArchiveObject, error] {
	return func(yield func(ports.ArchiveObject, error) bool) { yield(ports.ArchiveObject{}, u.err) }
}
