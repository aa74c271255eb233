package porttest_test

import (
	"context"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

// archiveDouble is a memory archive whose calls can be replaced one by one.
type archiveDouble struct {
	*memory.Archive
	write   func(context.Context, ports.ArchiveBatch, [][]byte) (ports.ArchiveObject, error)
	objects func(context.Context, time.Time, time.Time) iter.Seq2[ports.ArchiveObject, error]
	lines   func(context.Context, string) iter.Seq2[[]byte, error]
}

func newArchiveDouble(breakIt func(*archiveDouble)) ports.Archive {
	a := memory.NewArchive()
	d := &archiveDouble{Archive: a, write: a.WriteObject, objects: a.Objects, lines: a.Lines}
	breakIt(d)
	return d
}

func (d *archiveDouble) WriteObject(ctx context.Context, batch ports.ArchiveBatch, lines [][]byte) (ports.ArchiveObject, error) {
	return d.write(ctx, batch, lines)
}

func (d *archiveDouble) Objects(ctx context.Context, from, to time.Time) iter.Seq2[ports.ArchiveObject, error] {
	return d.objects(ctx, from, to)
}

func (d *archiveDouble) Lines(ctx context.Context, key string) iter.Seq2[[]byte, error] {
	return d.lines(ctx, key)
}

// writes changes lines before they are stored.
func (d *archiveDouble) writes(change func([][]byte) [][]byte) {
	d.write = func(ctx context.Context, batch ports.ArchiveBatch, lines [][]byte) (ports.ArchiveObject, error) {
		return d.Archive.WriteObject(ctx, batch, change(slices.Clone(lines)))
	}
}

// reads changes each line as it is read.
func (d *archiveDouble) reads(change func([]byte) []byte) {
	d.lines = func(ctx context.Context, key string) iter.Seq2[[]byte, error] {
		return func(yield func([]byte, error) bool) {
			for line, err := range d.Archive.Lines(ctx, key) {
				if !yield(change(line), err) {
					return
				}
			}
		}
	}
}

// listed returns all pairs of a listing under a context that does not end.
func (d *archiveDouble) listed(ctx context.Context, from, to time.Time) []ports.ArchiveObject {
	var all []ports.ArchiveObject
	for o, err := range d.Archive.Objects(context.WithoutCancel(ctx), from, to) {
		if err == nil {
			all = append(all, o)
		}
	}
	return all
}

// lists changes what is listed.
func (d *archiveDouble) lists(change func([]ports.ArchiveObject) []ports.ArchiveObject) {
	d.objects = func(ctx context.Context, from, to time.Time) iter.Seq2[ports.ArchiveObject, error] {
		return withoutErrors(change(d.listed(ctx, from, to)))
	}
}

func withoutErrors[V any](values []V) iter.Seq2[V, error] {
	return func(yield func(V, error) bool) {
		for _, v := range values {
			if !yield(v, nil) {
				return
			}
		}
	}
}

// unstoppable returns seq for callers that it goes on for when they have stopped.
func unstoppable[V any](seq iter.Seq2[V, error]) iter.Seq2[V, error] {
	return func(yield func(V, error) bool) {
		seq(func(v V, err error) bool {
			yield(v, err)
			return true
		})
	}
}

// saidTwice returns seq with its error, if it has one, yielded twice.
func saidTwice[V any](seq iter.Seq2[V, error]) iter.Seq2[V, error] {
	return func(yield func(V, error) bool) {
		for v, err := range seq {
			if !yield(v, err) || err != nil && !yield(v, err) {
				return
			}
		}
	}
}

func TestArchiveChecksBite(t *testing.T) {
	t.Parallel()
	bites(t, porttest.Archive(), newArchiveDouble, slices.Concat(archiveWriteTwins(), archiveRefusalTwins(), archiveListTwins(), archiveReadTwins()))
}
