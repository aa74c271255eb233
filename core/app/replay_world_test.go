package app

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

var replayNoon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// replays is an archive, and replays of it in processes that may die.
type replays struct {
	archive    *spoiltArchive
	jobs       *memory.ReplayJobs
	quarantine *memory.Quarantine
	sink       *scriptedSink
	now        time.Time
	objects    int
}

func newReplays() *replays {
	return &replays{
		archive: &spoiltArchive{Archive: memory.NewArchive()}, jobs: memory.NewReplayJobs(),
		quarantine: memory.NewQuarantine(), sink: &scriptedSink{}, now: replayNoon,
	}
}

// clock goes on by a millisecond whenever somebody looks at it.
func (r *replays) clock() time.Time {
	r.now = r.now.Add(time.Millisecond)
	return r.now
}

// process returns a replayer as a process of its own has it, and what kills it.
func (r *replays) process() (*Replayer, *mortal) {
	m := &mortal{ReplayJobs: r.jobs}
	return &Replayer{
		Archive: r.archive, Jobs: m, Sink: r.sink, Quarantine: r.quarantine,
		Now: r.clock, Log: slog.New(slog.DiscardHandler), SaveEvery: 3 * time.Millisecond, Batch: 4, Backoff: time.Microsecond,
	}, m
}

// object archives lines as the next object of an hour.
func (r *replays) object(t require.TestingT, hour int, lines ...string) string {
	r.objects++
	position := ports.Position(fmt.Sprintf("%06d", r.objects))
	bytes := make([][]byte, len(lines))
	for i, line := range lines {
		bytes[i] = []byte(line)
	}
	object, err := r.archive.WriteObject(context.Background(), ports.ArchiveBatch{
		Shard: "0", First: position, Last: position, Arrival: replayNoon.Add(time.Duration(hour) * time.Hour),
	}, bytes)
	require.NoError(t, err)
	return object.Key
}

// line returns the wire form of a tally's event.
func line(t require.TestingT, id string, v ports.Version) string {
	return lineOf(t, ports.StreamID{Category: "tally", ID: id}, v, "Counted")
}

func lineOf(t require.TestingT, stream ports.StreamID, v ports.Version, eventType string) string {
	wire, err := envelope.AppendWire(nil, &ports.Published{
		Event: ports.Event{
			ID: fmt.Sprint(stream.ID, "-", v), Stream: stream, Version: v, Type: eventType, Schema: 1, Time: replayNoon, Data: `{"n":1}`,
		},
		CommitFirst: v, CommitLast: v, Source: "/test",
	})
	require.NoError(t, err)
	return string(wire)
}

// start starts a replay with a filter and returns its ID.
func (r *replays) start(t require.TestingT, filter ports.ReplayFilter) string {
	replayer, _ := r.process()
	job, err := replayer.Start(context.Background(), ReplayRequest{ID: "r1", Target: "log", Filter: filter})
	require.NoError(t, err)
	return job.ID
}

// run runs the replay in a process of its own.
func (r *replays) run(t *testing.T, id string) ports.ReplayJob {
	t.Helper()
	replayer, _ := r.process()
	job, err := replayer.Run(t.Context(), id)
	require.NoError(t, err)
	return job
}

// mortal is the job records as one process sees them, until it dies.
type mortal struct {
	ports.ReplayJobs
	mu   sync.Mutex
	dead bool
}

var errDead = errors.New("the process is dead")

func (m *mortal) die() { m.mu.Lock(); m.dead = true; m.mu.Unlock() }

func (m *mortal) SaveReplayJob(ctx context.Context, job ports.ReplayJob) (ports.ReplayJob, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.dead {
		return job, errDead
	}
	return m.ReplayJobs.SaveReplayJob(ctx, job)
}

// scriptedSink remembers what it was given, and does before and after each
// delivery what the test says. An error before it prevents it; one after it is a
// lost answer.
type scriptedSink struct {
	deliveries    int
	before, after func(n int) error // n counts deliveries, from 1
	got           []string          // event IDs, as delivered
	records       []ports.Record
}

func (s *scriptedSink) Deliver(_ context.Context, _ ports.Target, records []ports.Record) error {
	s.deliveries++
	if s.before != nil {
		if err := s.before(s.deliveries); err != nil {
			return err
		}
	}
	for _, r := range records {
		event, err := envelope.ParseWire(string(r.Data))
		if err != nil {
			return err
		}
		s.got = append(s.got, event.ID)
		s.records = append(s.records, r)
	}
	if s.after != nil {
		return s.after(s.deliveries)
	}
	return nil
}

func (s *scriptedSink) Pending(context.Context, ports.Target) (int64, error) { return 0, nil }

// slowSink delivers nothing, and takes as long as it says.
type slowSink func(ctx context.Context) error

func (s slowSink) Deliver(ctx context.Context, _ ports.Target, _ []ports.Record) error { return s(ctx) }

func (s slowSink) Pending(context.Context, ports.Target) (int64, error) { return 0, nil }

// spoiltArchive is an archive of which some objects end early, and whose next reads
// fail.
type spoiltArchive struct {
	*memory.Archive
	mu   sync.Mutex
	cut  map[string]int // lines that are left of an object
	busy int            // coming reads of an object that fail half way
}

func (s *spoiltArchive) Lines(ctx context.Context, key string) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		s.mu.Lock()
		left, cut := s.cut[key]
		busy := s.busy > 0
		s.busy--
		s.mu.Unlock()
		n := 0
		for l, err := range s.Archive.Lines(ctx, key) {
			if cut && n == left {
				yield(nil, &ports.CorruptError{What: key, Err: errors.New("it ends early")})
				return
			}
			if busy && n == 1 {
				yield(nil, fmt.Errorf("slow down: %w", ports.ErrUnavailable))
				return
			}
			n++
			if !yield(l, err) {
				return
			}
		}
	}
}
