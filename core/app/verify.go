package app

import (
	"context"
	"sync"
	"time"

	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

// Verifier proves that a store and its archive are whole: it walks every stream of
// a category and compares every event with the archive. It only reads, beside
// running writers and pipelines, and its memory does not grow with the history. It
// is safe for concurrent use.
type Verifier[S, C, E any] struct {
	agg es.Aggregate[S, C, E]
	VerifyPorts
}

// VerifyPorts is what a Verifier works with.
type VerifyPorts struct {
	Scanner ports.StoreScanner
	Archive ports.Archive // nil: streams are checked, and nothing is compared
	Scratch ports.Scratch
	// Reach says what relay and archiver have not come to; nil: the age of an event
	// decides, by Grace.
	Reach *Reach
	// Grace is how old an event must be, when the verification begins, to be missing
	// in the archive, where Reach is nil. Events without a time are old.
	Grace time.Duration
	Now   func() time.Time
	// Progress, if it is not nil, is told how far the work is, by one goroutine at a
	// time.
	Progress func(Step)
}

// NewVerifier returns a verifier of agg's category.
func NewVerifier[S, C, E any](agg es.Aggregate[S, C, E], p VerifyPorts) *Verifier[S, C, E] {
	if p.Progress == nil {
		p.Progress = func(Step) {}
	}
	return &Verifier[S, C, E]{agg: agg, VerifyPorts: p}
}

// VerifyReport is what a verification saw and found.
type VerifyReport struct {
	Streams, Commits, Events int64 // in the store
	Snapshots                int64 // of them, those that this program can use
	Objects                  int64 // in the archive
	Archived                 int64 // events in the archive, duplicates included
	Twice                    int64 // of these, those that are there beside another of the same version
	Waiting                  int64 // stored events that are on their way into the archive
	// Faults is what is wrong, by stream and version: the first 10 000 found.
	Faults []Fault
	Count  int64 // of all faults
	// Missing is how many of them a backfill mends.
	Missing int64
}

// Verify returns its report. An error says that it could not be carried out: what
// is wrong with the data is in the report.
func (v *Verifier[S, C, E]) Verify(ctx context.Context) (VerifyReport, error) {
	var report VerifyReport
	faults := &faultList{}
	c, err := v.archived(ctx, faults, &report)
	if err != nil {
		return report, err
	}
	if c != nil {
		defer c.close()
	}
	if err := v.streams(ctx, c, faults, &report); err != nil {
		return report, err
	}
	if c != nil {
		if report.Waiting, report.Twice, err = compareAll(ctx, c, v.Progress, func(f Fault) error { faults.add(f); return nil }); err != nil {
			return report, err
		}
		if err := c.locate(ctx, faults.faults); err != nil {
			return report, err
		}
	}
	report.Faults, report.Count, report.Missing = faults.sorted(), faults.count, faults.kinds[FaultMissing]
	return report, nil
}

// archived begins the comparison with the archive; nil where there is none.
func (v *Verifier[S, C, E]) archived(ctx context.Context, faults *faultList, report *VerifyReport) (*comparison, error) {
	if v.Archive == nil {
		return nil, nil
	}
	c, counts, err := v.begin(ctx, v.agg.Category(), faults)
	if err != nil {
		return nil, err
	}
	report.Objects, report.Archived = counts.objects, counts.events.Load()
	return c, nil
}

// streams checks every stream of the store and notes its events.
func (v *Verifier[S, C, E]) streams(ctx context.Context, c *comparison, faults *faultList, report *VerifyReport) error {
	checks := make([]streamCheck[S, C, E], checkWorkers)
	for i := range checks {
		checks[i].agg, checks[i].faults = v.agg, faults
	}
	err := scanStore(ctx, v.Scanner, v.agg.Category(), checkWorkers, report.Archived, v.Progress, func(worker int, s *scanned) error {
		if s.err != nil {
			checks[worker].unreadable(&s.commit, s.err)
		} else {
			checks[worker].commit(&s.commit)
		}
		return c.scanned(s)
	})
	for i := range checks {
		k := &checks[i]
		report.Streams += k.streams
		report.Commits += k.commits
		report.Events += k.events
		report.Snapshots += k.snapshots
	}
	if err != nil || c == nil {
		return err
	}
	return v.later(ctx, c, v.agg.Category())
}

// compareAll compares all parts. take is called by one goroutine at a time.
func compareAll(ctx context.Context, c *comparison, progress func(Step), take func(Fault) error) (waiting, twice int64, err error) {
	step := Step{Phase: "comparing", Unit: "parts", Total: comparedParts}
	var mu sync.Mutex
	err = parallel(ctx, checkWorkers, 1, eachPart, func(ctx context.Context, _ int, part int) error {
		m, err := c.compare(ctx, part, func(f Fault) error {
			mu.Lock()
			defer mu.Unlock()
			return take(f)
		})
		mu.Lock()
		defer mu.Unlock()
		waiting, twice = waiting+m.waiting, twice+m.twice
		step.Done++
		progress(step)
		return err
	})
	return waiting, twice, err
}
