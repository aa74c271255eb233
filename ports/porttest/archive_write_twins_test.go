package porttest_test

import (
	"bytes"
	"context"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/evercart/evercart/ports"
)

const (
	holdsLines     = "an object holds the lines written, in order, byte for byte"
	batchKey       = "an object's key is that of its batch"
	writtenOnce    = "an object written again is left as it is, and that is success"
	oneWholeObject = "32 writers of one object make one whole object"
	allObjects     = "32 writers of objects of their own make them all"
	noLines        = "an object of no lines is refused"
	lineFeed       = "a line that holds a line feed is refused"
	namelessBatch  = "a batch that no key can name is refused"
	archiveOwns    = "the archive keeps no reference to lines"
	writeContext   = "a dead context ends a write"
)

func archiveWriteTwins() []twin[archiveDouble] {
	return []twin[archiveDouble]{
		{"orders lines", func(d *archiveDouble) {
			d.writes(func(lines [][]byte) [][]byte { slices.SortFunc(lines, bytes.Compare); return lines })
		}, []string{holdsLines}},
		{"trims lines", func(d *archiveDouble) { d.reads(bytes.TrimSpace) }, []string{holdsLines}},
		{"ends lines with CR LF", func(d *archiveDouble) {
			d.reads(func(line []byte) []byte { return bytes.TrimSuffix(line, []byte("\r")) })
		}, []string{holdsLines}},
		{"keeps lines as text", func(d *archiveDouble) {
			d.reads(func(line []byte) []byte { return bytes.ToValidUTF8(line, []byte("\ufffd")) })
		}, []string{holdsLines}},
		{"names the hour of the batch's own zone", func(d *archiveDouble) {
			d.write = func(ctx context.Context, batch ports.ArchiveBatch, lines [][]byte) (ports.ArchiveObject, error) {
				_, offset := batch.Arrival.Zone()
				batch.Arrival = batch.Arrival.Add(time.Duration(offset) * time.Second)
				return d.Archive.WriteObject(ctx, batch, lines)
			}
		}, []string{batchKey}},
		{"tells another key than it lists", func(d *archiveDouble) {
			d.lists(func(all []ports.ArchiveObject) []ports.ArchiveObject {
				for i := range all {
					all[i].Key = strings.TrimPrefix(all[i].Key, "events/")
				}
				return all
			})
		}, []string{batchKey, writtenOnce, listOrder}},
		{"replaces an object written again", func(d *archiveDouble) {
			last := map[string][][]byte{}
			var mu sync.Mutex
			d.write = func(ctx context.Context, batch ports.ArchiveBatch, lines [][]byte) (ports.ArchiveObject, error) {
				mu.Lock()
				defer mu.Unlock()
				last[batch.Key()] = lines
				return d.Archive.WriteObject(ctx, batch, lines)
			}
			d.lines = func(_ context.Context, key string) iter.Seq2[[]byte, error] {
				mu.Lock()
				defer mu.Unlock()
				return withoutErrors(last[key])
			}
		}, []string{writtenOnce}},
		{"refuses an object written again", func(d *archiveDouble) {
			d.write = func(ctx context.Context, batch ports.ArchiveBatch, lines [][]byte) (ports.ArchiveObject, error) {
				for _, o := range d.listed(ctx, time.Time{}, time.Time{}) {
					if o.Key == batch.Key() {
						return o, errTwin
					}
				}
				return d.Archive.WriteObject(ctx, batch, lines)
			}
		}, []string{writtenOnce, oneWholeObject}},
		{"tells the size of what it did not write", func(d *archiveDouble) {
			d.write = func(ctx context.Context, batch ports.ArchiveBatch, lines [][]byte) (ports.ArchiveObject, error) {
				o, err := d.Archive.WriteObject(ctx, batch, lines)
				o.Size = int64(len(bytes.Join(lines, []byte("\n"))) + 1)
				return o, err
			}
		}, []string{writtenOnce}},
		{"mixes the lines of two writers", func(d *archiveDouble) {
			var first sync.Once
			d.writes(func(lines [][]byte) [][]byte {
				lines[len(lines)-1] = []byte("a line of another writer")
				first.Do(func() { lines[0] = lines[len(lines)-1] })
				return lines
			})
		}, []string{oneWholeObject, holdsLines}},
		{"returns before an object is whole", func(d *archiveDouble) {
			var seen sync.Map
			d.lines = func(ctx context.Context, key string) iter.Seq2[[]byte, error] {
				if _, again := seen.LoadOrStore(key, true); again {
					return d.Archive.Lines(ctx, key)
				}
				return withoutErrors[[]byte](nil)
			}
		}, []string{oneWholeObject, allObjects, holdsLines}},
		{"loses objects of later hours", func(d *archiveDouble) {
			d.write = func(ctx context.Context, batch ports.ArchiveBatch, lines [][]byte) (ports.ArchiveObject, error) {
				if batch.Arrival.Hour() > 14 {
					return ports.ArchiveObject{Key: batch.Key(), Size: 1}, nil
				}
				return d.Archive.WriteObject(ctx, batch, lines)
			}
		}, []string{allObjects, listBounds}},
		{"keeps the lines that it is given", func(d *archiveDouble) {
			var kept [][]byte
			d.write = func(ctx context.Context, batch ports.ArchiveBatch, lines [][]byte) (ports.ArchiveObject, error) {
				kept = lines
				return d.Archive.WriteObject(ctx, batch, lines)
			}
			d.lines = func(context.Context, string) iter.Seq2[[]byte, error] { return withoutErrors(kept) }
		}, []string{archiveOwns}},
		{"gives its own lines away", func(d *archiveDouble) {
			var own [][]byte
			d.write = func(ctx context.Context, batch ports.ArchiveBatch, lines [][]byte) (ports.ArchiveObject, error) {
				for _, line := range lines {
					own = append(own, bytes.Clone(line))
				}
				return d.Archive.WriteObject(ctx, batch, lines)
			}
			d.lines = func(context.Context, string) iter.Seq2[[]byte, error] { return withoutErrors(own) }
		}, []string{archiveOwns}},
		{"ignores the context of a write", func(d *archiveDouble) {
			d.write = func(ctx context.Context, batch ports.ArchiveBatch, lines [][]byte) (ports.ArchiveObject, error) {
				return d.Archive.WriteObject(context.WithoutCancel(ctx), batch, lines)
			}
		}, []string{writeContext}},
	}
}

func archiveRefusalTwins() []twin[archiveDouble] {
	return []twin[archiveDouble]{
		{"takes no lines for an empty one", func(d *archiveDouble) {
			d.writes(func(lines [][]byte) [][]byte { return append(lines, nil)[:max(1, len(lines))] })
		}, []string{noLines}},
		{"says nothing of no lines", func(d *archiveDouble) {
			d.write = func(ctx context.Context, batch ports.ArchiveBatch, lines [][]byte) (ports.ArchiveObject, error) {
				if len(lines) == 0 {
					return ports.ArchiveObject{}, nil
				}
				return d.Archive.WriteObject(ctx, batch, lines)
			}
		}, []string{noLines}},
		{"calls a broken line a fault that passes", func(d *archiveDouble) {
			d.write = func(ctx context.Context, batch ports.ArchiveBatch, lines [][]byte) (ports.ArchiveObject, error) {
				o, err := d.Archive.WriteObject(ctx, batch, lines)
				if err != nil {
					err = ports.ErrUnavailable
				}
				return o, err
			}
		}, []string{lineFeed, noLines, namelessBatch}},
		{"cuts lines at their line feeds", func(d *archiveDouble) {
			d.writes(func(lines [][]byte) [][]byte { return bytes.Split(bytes.Join(lines, []byte("\n")), []byte("\n")) })
		}, []string{lineFeed}},
		{"leaves an object of the lines before the broken one", func(d *archiveDouble) {
			d.write = func(ctx context.Context, batch ports.ArchiveBatch, lines [][]byte) (ports.ArchiveObject, error) {
				o, err := d.Archive.WriteObject(ctx, batch, lines)
				if err != nil && len(lines) > 1 {
					_, _ = d.Archive.WriteObject(ctx, batch, lines[:1])
				}
				return o, err
			}
		}, []string{lineFeed}},
		{"cleans the names of shards", func(d *archiveDouble) {
			d.write = func(ctx context.Context, batch ports.ArchiveBatch, lines [][]byte) (ports.ArchiveObject, error) {
				batch.Shard = strings.ReplaceAll(strings.Trim(batch.Shard, "./"), "--", "-")
				return d.Archive.WriteObject(ctx, batch, lines)
			}
		}, []string{namelessBatch}},
		{"takes a batch without arrival for one of today", func(d *archiveDouble) {
			d.write = func(ctx context.Context, batch ports.ArchiveBatch, lines [][]byte) (ports.ArchiveObject, error) {
				if batch.Arrival.IsZero() {
					batch.Arrival = time.Now()
				}
				return d.Archive.WriteObject(ctx, batch, lines)
			}
		}, []string{namelessBatch}},
	}
}
