package app

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/evercart/evercart/ports"
)

// Step tells how far long work has come.
type Step struct {
	Phase string // what is being done: "reading the archive"
	Unit  string // what is counted
	Done  int64
	Total int64 // 0: not known
}

// archived is what a reading of the archive counted.
type archived struct {
	objects int64
	events  atomic.Int64 // of the category
}

// archiveChunk is some lines of one object, from line first on.
type archiveChunk struct {
	key    string
	object uint64
	first  uint64
	lines  []readLine
}

// readArchive notes every archived event of a category. Objects and lines that
// cannot be read are faults; an archive that does not answer is an error.
func (c *comparison) readArchive(ctx context.Context, archive ports.Archive, category string, faults *faultList, progress func(Step)) (*archived, error) {
	step := Step{Phase: "reading the archive", Unit: "bytes"}
	for object, err := range archive.Objects(ctx, time.Time{}, time.Time{}) {
		if err != nil {
			return nil, err
		}
		step.Total += object.Size
	}
	var counts archived
	err := parallel(ctx, checkWorkers, 1, func(ctx context.Context, send func(int, archiveChunk) error) error {
		for object := range readAhead(ctx, archive, time.Time{}, time.Time{}, nil) {
			if object.err != nil {
				return object.err
			}
			counts.objects++
			if err := c.keys.Add(0, []byte(object.Key)); err != nil {
				return err
			}
			line := uint64(1)
			for lines := range object.chunks {
				if err := send(0, archiveChunk{object.Key, uint64(counts.objects), line, lines}); err != nil {
					return err
				}
				line += uint64(len(lines))
			}
			step.Done += object.Size
			progress(step)
		}
		return ctx.Err()
	}, func(ctx context.Context, _ int, chunk archiveChunk) error {
		return c.noteChunk(ctx, &chunk, category, faults, &counts.events)
	})
	return &counts, err
}

func (c *comparison) noteChunk(ctx context.Context, chunk *archiveChunk, category string, faults *faultList, events *atomic.Int64) error {
	for i := range chunk.lines {
		l, line := &chunk.lines[i], chunk.first+uint64(i)
		switch {
		case l.err != nil && passes(ctx, l.err):
			return l.err
		case l.err != nil:
			faults.add(unreadable(chunk.key, line, l))
		case l.event.Stream.Category == category:
			s := sightOf(inArchive, &l.event)
			s.at = place{object: chunk.object, line: line}
			if err := c.add(&s); err != nil {
				return err
			}
			events.Add(1)
		}
	}
	return nil
}

// unreadable returns the fault of a line, or of an object from a line on, that
// cannot be read.
func unreadable(key string, line uint64, l *readLine) Fault {
	f := Fault{Kind: FaultUnreadable, Where: fmt.Sprintf("%s line %d", key, line), What: l.err.Error()}
	if l.data == nil {
		f.What = "the object cannot be read from there on: " + cause(l.err)
	}
	return f
}

// cause returns what is wrong with something that is named elsewhere.
func cause(err error) string {
	var corrupt *ports.CorruptError
	if errors.As(err, &corrupt) {
		return corrupt.Err.Error()
	}
	return err.Error()
}

// locate fills in where the faults in the archive are.
func (c *comparison) locate(ctx context.Context, faults []Fault) error {
	wanted := map[uint64][]*Fault{}
	for i := range faults {
		if f := &faults[i]; f.at.object > 0 {
			wanted[f.at.object] = append(wanted[f.at.object], f)
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	number := uint64(0)
	for key, err := range c.keys.Records(ctx, 0) {
		if err != nil {
			return err
		}
		number++
		for _, f := range wanted[number] {
			f.Where = fmt.Sprintf("%s line %d", key, f.at.line)
		}
	}
	return nil
}
