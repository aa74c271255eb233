package ports_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/evercart/evercart/ports"
)

func TestArchiveKeys(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 4, 23, 59, 59, 999, time.FixedZone("", -3600))
	batch := ports.ArchiveBatch{Shard: "shardId-000000000001", First: "491", Last: "497", Arrival: at}

	t.Run("a key names the hour in UTC and everything of its batch", func(t *testing.T) {
		t.Parallel()
		assert.Equal(t, "events/date=2026-03-05/hour=00/shardId-000000000001-491-497.ndjson.gz", batch.Key())
	})
	t.Run("the hour is read back from every valid batch's key", func(t *testing.T) {
		t.Parallel()
		for _, b := range []ports.ArchiveBatch{
			batch,
			{Shard: "0", First: "1", Last: "1", Arrival: at},
			{Shard: strings.Repeat("a", 64), First: "x", Last: "x", Arrival: time.Date(1, 1, 1, 1, 0, 0, 0, time.UTC)},
			{Shard: "a-b-c", First: ports.Position(strings.Repeat("9", 128)), Last: "z", Arrival: time.Date(9999, 12, 31, 23, 0, 0, 0, time.UTC)},
		} {
			assert.NoError(t, b.Validate())
			hour, ok := ports.ArchiveHour(b.Key())
			assert.True(t, ok, b.Key())
			assert.Equal(t, b.Arrival.UTC().Truncate(time.Hour), hour)
			again, err := ports.ParseArchiveKey(b.Key())
			assert.NoError(t, err)
			b.Arrival = hour
			assert.Equal(t, b, again)
		}
	})
	t.Run("a name of another form has no hour", func(t *testing.T) {
		t.Parallel()
		good := "events/date=2026-03-05/hour=00/0-1-2.ndjson.gz"
		_, ok := ports.ArchiveHour(good)
		assert.True(t, ok)
		for _, key := range []string{
			"", "../x", "events", "events/date=2026-03-05/hour=00/", "/" + good, good + ".tmp", good + "/", good + "\n",
			"events/date=2026-02-30/hour=00/0-1-2.ndjson.gz", "events/date=2026-03-05/hour=24/0-1-2.ndjson.gz",
			"events/date=2026-03-05/hour=0/0-1-2.ndjson.gz", "events/date=2026-03-05/hour=00/0-1.ndjson.gz",
			"events/date=2026-03-05/hour=00/.0-1-2.ndjson.gz", "events/date=2026-03-05/hour=00/-0-1-2.ndjson.gz",
			"events/date=2026-03-05/hour=00/../0-1-2.ndjson.gz", "events/date=2026-03-05/hour=00/0_1-2-3.ndjson.gz",
			"events/date=2026-03-05/hour=00/0-1-2.ndjson", "Events/date=2026-03-05/hour=00/0-1-2.ndjson.gz",
		} {
			_, ok := ports.ArchiveHour(key)
			assert.False(t, ok, key)
		}
	})
	t.Run("a batch that no key can name is refused", func(t *testing.T) {
		t.Parallel()
		for what, spoil := range map[string]func(*ports.ArchiveBatch){
			"no shard":             func(b *ports.ArchiveBatch) { b.Shard = "" },
			"a shard too long":     func(b *ports.ArchiveBatch) { b.Shard = strings.Repeat("a", 65) },
			"a shard with a slash": func(b *ports.ArchiveBatch) { b.Shard = "../x" },
			"a double dash":        func(b *ports.ArchiveBatch) { b.Shard = "a--b" },
			"a leading dash":       func(b *ports.ArchiveBatch) { b.Shard = "-a" },
			"no first position":    func(b *ports.ArchiveBatch) { b.First = "" },
			"no last position":     func(b *ports.ArchiveBatch) { b.Last = "" },
			"a position too long":  func(b *ports.ArchiveBatch) { b.Last = ports.Position(strings.Repeat("1", 129)) },
			"a position of others": func(b *ports.ArchiveBatch) { b.First = "1/2" },
			"no arrival":           func(b *ports.ArchiveBatch) { b.Arrival = time.Time{} },
			"a year of five":       func(b *ports.ArchiveBatch) { b.Arrival = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
		} {
			b := batch
			spoil(&b)
			assert.Error(t, b.Validate(), what)
		}
	})
}
