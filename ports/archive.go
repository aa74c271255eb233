package ports

import (
	"context"
	"fmt"
	"iter"
	"time"
)

// Archive is the cold store: every event ever published, in objects that are
// never changed. An object is newline-delimited JSON of wire events, gzipped.
type Archive interface {
	// WriteObject stores lines as the object that batch names, whole or not at all,
	// and returns when they are durable. Where the object is there already, nothing
	// is written and that is success: the same batch retried has the same key.
	WriteObject(ctx context.Context, batch ArchiveBatch, lines [][]byte) (ArchiveObject, error)

	// Objects yields the objects whose hour lies in [from, to), each rounded down to
	// the hour, in the order of their keys; zero times leave that end open. Only
	// whole objects are listed, and names that no archive object has are passed
	// over. It yields an error at most once, as its last pair.
	Objects(ctx context.Context, from, to time.Time) iter.Seq2[ArchiveObject, error]

	// Lines yields the lines of one object, without their line feed, in order. It
	// streams: memory does not grow with the object. A slice is valid until the next
	// one is asked for. A broken, cut or missing object ends it with a
	// *CorruptError that names the key.
	Lines(ctx context.Context, key string) iter.Seq2[[]byte, error]
}

// ArchiveBatch names an archive object: consecutive records of one shard.
type ArchiveBatch struct {
	Shard       string    // [A-Za-z0-9]{1,64} with single '-' between
	First, Last Position  // of the batch's first and last record
	Arrival     time.Time // of the first record: it says the hour
}

// Key returns
// "events/date=YYYY-MM-DD/hour=HH/<shard>-<first>-<last>.ndjson.gz", in UTC.
func (b ArchiveBatch) Key() string {
	t := b.Arrival.UTC()
	return fmt.Sprintf("events/date=%s/hour=%02d/%s-%s-%s.ndjson.gz", t.Format(time.DateOnly), t.Hour(), b.Shard, b.First, b.Last)
}

// ArchiveObject is one object of the archive.
type ArchiveObject struct {
	Key  string
	Size int64 // bytes, compressed
}
