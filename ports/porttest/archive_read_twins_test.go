package porttest_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"iter"
	"path"
	"slices"
	"sync/atomic"
	"time"

	"github.com/evercart/evercart/ports"
)

const (
	emptyArchive   = "an empty archive has no objects"
	listOrder      = "objects come in the order of their keys"
	listBounds     = "objects are bounded by hours, the first with, the last without"
	listSizes      = "objects are listed with the size that their write told"
	hundredsListed = "hundreds of objects of one hour are listed"
	objectsStop    = "a caller may stop asking for objects"
	objectsContext = "a dead context ends the listing with its error, once"
	hugeObject     = "an object of 50 000 lines is read back"
	longLine       = "a line of a megabyte is read back"
	missingObject  = "a missing object is a corrupt one that is named"
	foreignName    = "a name that no object has is not read"
	linesStop      = "a caller may stop asking for lines"
	readByMany     = "lines are read by many at once"
	linesContext   = "a dead context ends the lines with its error, once"
)

func archiveListTwins() []twin[archiveDouble] {
	bounded := func(change func(from, to time.Time) (time.Time, time.Time)) func(*archiveDouble) {
		return func(d *archiveDouble) {
			d.objects = func(ctx context.Context, from, to time.Time) iter.Seq2[ports.ArchiveObject, error] {
				from, to = change(from, to)
				return d.Archive.Objects(ctx, from, to)
			}
		}
	}
	return []twin[archiveDouble]{
		{"cannot list an archive without objects", func(d *archiveDouble) {
			d.objects = func(ctx context.Context, from, to time.Time) iter.Seq2[ports.ArchiveObject, error] {
				if len(d.listed(ctx, from, to)) == 0 {
					return func(yield func(ports.ArchiveObject, error) bool) { yield(ports.ArchiveObject{}, errTwin) }
				}
				return d.Archive.Objects(ctx, from, to)
			}
		}, []string{emptyArchive}},
		{"lists objects by shard", func(d *archiveDouble) {
			d.lists(func(all []ports.ArchiveObject) []ports.ArchiveObject {
				slices.SortStableFunc(all, func(a, b ports.ArchiveObject) int {
					return bytes.Compare([]byte(path.Base(a.Key)), []byte(path.Base(b.Key)))
				})
				return all
			})
		}, []string{listOrder}},
		{"lists the newest first", func(d *archiveDouble) {
			d.lists(func(all []ports.ArchiveObject) []ports.ArchiveObject { slices.Reverse(all); return all })
		}, []string{listOrder, listBounds}},
		{"ignores where to begin", bounded(func(_, to time.Time) (time.Time, time.Time) { return time.Time{}, to }), []string{listBounds, emptyArchive}},
		{"ignores where to end", bounded(func(from, _ time.Time) (time.Time, time.Time) { return from, time.Time{} }), []string{listBounds}},
		{"lists the last hour too", bounded(func(from, to time.Time) (time.Time, time.Time) {
			if !to.IsZero() {
				to = to.Add(time.Hour)
			}
			return from, to
		}), []string{listBounds}},
		{"rounds where to begin up", bounded(func(from, to time.Time) (time.Time, time.Time) {
			if !from.IsZero() {
				from = from.Add(time.Hour - 1)
			}
			return from, to
		}), []string{listBounds}},
		{"bounds by the hours of a zone", bounded(func(from, to time.Time) (time.Time, time.Time) {
			wall := func(t time.Time) time.Time {
				_, offset := t.Zone()
				return t.Add(time.Duration(offset) * time.Second)
			}
			return wall(from), wall(to)
		}), []string{listBounds}},
		{"lists no sizes", func(d *archiveDouble) {
			d.lists(func(all []ports.ArchiveObject) []ports.ArchiveObject {
				for i := range all {
					all[i].Size = 0
				}
				return all
			})
		}, []string{listSizes}},
		{"lists a hundred objects at most", func(d *archiveDouble) {
			d.lists(func(all []ports.ArchiveObject) []ports.ArchiveObject { return all[:min(100, len(all))] })
		}, []string{hundredsListed}},
		{"lists on for a caller who has stopped", func(d *archiveDouble) {
			d.objects = func(ctx context.Context, from, to time.Time) iter.Seq2[ports.ArchiveObject, error] {
				return unstoppable(d.Archive.Objects(ctx, from, to))
			}
		}, []string{objectsStop}},
		{"lists once only", func(d *archiveDouble) {
			var listed atomic.Bool
			d.objects = func(ctx context.Context, from, to time.Time) iter.Seq2[ports.ArchiveObject, error] {
				if listed.Swap(true) {
					return withoutErrors[ports.ArchiveObject](nil)
				}
				return d.Archive.Objects(ctx, from, to)
			}
		}, []string{objectsStop}},
		{"ignores the context of a listing", func(d *archiveDouble) {
			d.objects = func(ctx context.Context, from, to time.Time) iter.Seq2[ports.ArchiveObject, error] {
				return d.Archive.Objects(context.WithoutCancel(ctx), from, to)
			}
		}, []string{objectsContext}},
		{"looks at the context of a listing at its begin only", func(d *archiveDouble) {
			d.objects = func(ctx context.Context, from, to time.Time) iter.Seq2[ports.ArchiveObject, error] {
				if ctx.Err() != nil {
					return d.Archive.Objects(ctx, from, to)
				}
				return d.Archive.Objects(context.WithoutCancel(ctx), from, to)
			}
		}, []string{objectsContext}},
		{"says the error of a listing twice", func(d *archiveDouble) {
			d.objects = func(ctx context.Context, from, to time.Time) iter.Seq2[ports.ArchiveObject, error] {
				return saidTwice(d.Archive.Objects(ctx, from, to))
			}
		}, []string{objectsContext}},
	}
}

func archiveReadTwins() []twin[archiveDouble] {
	lines := func(change func(ctx context.Context, d *archiveDouble, key string) iter.Seq2[[]byte, error]) func(*archiveDouble) {
		return func(d *archiveDouble) {
			d.lines = func(ctx context.Context, key string) iter.Seq2[[]byte, error] { return change(ctx, d, key) }
		}
	}
	otherError := func(change func(key string, err error) error) func(*archiveDouble) {
		return lines(func(ctx context.Context, d *archiveDouble, key string) iter.Seq2[[]byte, error] {
			return func(yield func([]byte, error) bool) {
				for line, err := range d.Archive.Lines(ctx, key) {
					if err != nil {
						if err = change(key, err); err == nil {
							return
						}
					}
					if !yield(line, err) {
						return
					}
				}
			}
		})
	}
	return []twin[archiveDouble]{
		{"reads ten thousand lines at most", func(d *archiveDouble) {
			d.writes(func(lines [][]byte) [][]byte { return lines[:min(10_000, len(lines))] })
		}, []string{hugeObject}},
		{"reads a line again where its buffer ends", func(d *archiveDouble) {
			d.writes(func(lines [][]byte) [][]byte {
				if len(lines) > 40_000 {
					lines = slices.Insert(lines, 40_000, lines[39_999])
				}
				return lines
			})
		}, []string{hugeObject}},
		{"reads lines of no more than its buffer", func(d *archiveDouble) {
			d.reads(func(line []byte) []byte { return line[:min(bufio.MaxScanTokenSize, len(line))] })
		}, []string{longLine}},
		{"takes a missing object for one without lines", otherError(func(string, error) error { return nil }), []string{missingObject, foreignName, linesContext}},
		{"does not type the error of a missing object", otherError(func(string, error) error { return errTwin }), []string{missingObject, foreignName, linesContext}},
		{"does not name a missing object", otherError(func(string, error) error {
			return &ports.CorruptError{What: "an object", Err: errors.New("it is not there")}
		}), []string{missingObject, foreignName}},
		{"says that an object is missing twice", lines(func(ctx context.Context, d *archiveDouble, key string) iter.Seq2[[]byte, error] {
			return saidTwice(d.Archive.Lines(ctx, key))
		}), []string{missingObject, foreignName, linesContext}},
		{"cleans names before it reads", lines(func(ctx context.Context, d *archiveDouble, key string) iter.Seq2[[]byte, error] {
			if path.Clean("/" + key)[1:] != archived(ctx, d) {
				return d.Archive.Lines(ctx, key)
			}
			return d.Archive.Lines(ctx, archived(ctx, d))
		}), []string{foreignName}},
		{"reads on for a caller who has stopped", lines(func(ctx context.Context, d *archiveDouble, key string) iter.Seq2[[]byte, error] {
			return unstoppable(d.Archive.Lines(ctx, key))
		}), []string{linesStop}},
		{"reads an object once only", func(d *archiveDouble) {
			var read atomic.Bool
			d.lines = func(ctx context.Context, key string) iter.Seq2[[]byte, error] {
				if read.Swap(true) {
					return withoutErrors[[]byte](nil)
				}
				return d.Archive.Lines(ctx, key)
			}
		}, []string{linesStop, readByMany}},
		{"shares the lines of one object with the readers of another", func(d *archiveDouble) {
			var first atomic.Pointer[string]
			d.lines = func(ctx context.Context, key string) iter.Seq2[[]byte, error] {
				first.CompareAndSwap(nil, &key)
				return d.Archive.Lines(ctx, *first.Load())
			}
		}, []string{readByMany}},
		{"ignores the context of lines", lines(func(ctx context.Context, d *archiveDouble, key string) iter.Seq2[[]byte, error] {
			return d.Archive.Lines(context.WithoutCancel(ctx), key)
		}), []string{linesContext}},
		{"looks at the context of lines at their begin only", lines(func(ctx context.Context, d *archiveDouble, key string) iter.Seq2[[]byte, error] {
			if ctx.Err() != nil {
				return d.Archive.Lines(ctx, key)
			}
			return d.Archive.Lines(context.WithoutCancel(ctx), key)
		}), []string{linesContext}},
	}
}

// archived returns the key of the one object that is there.
func archived(ctx context.Context, d *archiveDouble) string {
	for _, o := range d.listed(ctx, time.Time{}, time.Time{}) {
		return o.Key
	}
	return ""
}
