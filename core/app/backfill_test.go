package app_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// lossy is an archive that objects can be lost from.
type lossy struct {
	ports.Archive
	mu   sync.Mutex
	lost map[string]bool
}

func (l *lossy) Objects(ctx context.Context, from, to time.Time) iter.Seq2[ports.ArchiveObject, error] {
	return func(yield func(ports.ArchiveObject, error) bool) {
		for o, err := range l.Archive.Objects(ctx, from, to) {
			l.mu.Lock()
			lost := l.lost[o.Key]
			l.mu.Unlock()
			if !lost && !yield(o, err) {
				return
			}
		}
	}
}

// lose loses every n-th object that is there.
func (l *lossy) lose(t *testing.T, n int) {
	t.Helper()
	i := 0
	for o, err := range l.Archive.Objects(t.Context(), time.Time{}, time.Time{}) {
		require.NoError(t, err)
		if i++; i%n == 0 {
			l.mu.Lock()
			l.lost[o.Key] = true
			l.mu.Unlock()
		}
	}
	require.NotEmpty(t, l.lost)
}

// count returns how many objects are there.
func (l *lossy) count(t *testing.T) (n int) {
	t.Helper()
	for _, err := range l.Objects(t.Context(), time.Time{}, time.Time{}) {
		require.NoError(t, err)
		n++
	}
	return n
}

func newLossyPlant() (*plant, *lossy) {
	p := newPlant()
	l := &lossy{Archive: p.archive, lost: map[string]bool{}}
	p.archive = l
	return p, l
}

func (p *plant) backfiller(publisher ports.Publisher) *app.Backfiller {
	return &app.Backfiller{
		VerifyPorts: app.VerifyPorts{Scanner: p.store, Archive: p.archive, Scratch: memory.NewScratch(), Reach: p.reach(), Now: time.Now},
		Category:    "tally", Store: p.store, Publisher: publisher, Source: "/test",
	}
}

func (p *plant) backfill(t *testing.T, publisher ports.Publisher) app.BackfillReport {
	t.Helper()
	report, err := p.backfiller(publisher).Backfill(t.Context())
	require.NoError(t, err)
	return report
}

// filled is a plant of tallies, all archived, whose pipeline stands still, and
// which then lost every second archive object.
func filled(t *testing.T) (*plant, *lossy) {
	t.Helper()
	p, l := newLossyPlant()
	stopRelay, stopArchiving := p.relay(t), p.archiving(t)
	for i := range 300 {
		p.count(t, fmt.Sprint("t", i%60), 1+i%3)
	}
	p.settled(t)
	stopRelay()
	stopArchiving()
	require.Empty(t, p.verify(t).Faults)
	l.lose(t, 2)
	require.NotEmpty(t, p.verify(t).Faults)
	return p, l
}

// published returns the events of the feed after a position.
func (p *plant) published(t *testing.T, after ports.Position) []ports.Published {
	t.Helper()
	records, err := p.feed.Fetch(t.Context(), after, 100_000)
	require.NoError(t, err)
	events := make([]ports.Published, len(records))
	for i := range records {
		events[i], err = envelope.ParseWire(string(records[i].Data))
		require.NoError(t, err)
	}
	return events
}

func TestBackfill(t *testing.T) {
	t.Parallel()
	t.Run("publishes what the archive lacks, and nothing else, in the order of each stream", func(t *testing.T) {
		t.Parallel()
		p, _ := filled(t)
		missing := map[string]bool{}
		for _, f := range p.verify(t).Faults {
			for v := f.First; v <= f.Last; v++ {
				missing[fmt.Sprintf("%s@%d", f.Stream, v)] = true
			}
		}
		tip, err := p.feed.Tip(t.Context())
		require.NoError(t, err)
		report := p.backfill(t, p.feed)
		assert.EqualValues(t, len(missing), report.Events)
		assert.Empty(t, report.Failed)
		last := map[ports.StreamID]ports.Version{}
		for _, e := range p.published(t, tip.Position) {
			assert.True(t, missing[fmt.Sprintf("%s@%d", e.Stream, e.Version)], "%s at %d was not missing", e.Stream, e.Version)
			assert.Greater(t, e.Version, last[e.Stream])
			assert.Equal(t, "/test", e.Source)
			last[e.Stream] = e.Version
		}
		assert.EqualValues(t, len(last), report.Streams)
	})
	t.Run("leaves nothing missing once the archiver has come by, and nothing to do", func(t *testing.T) {
		t.Parallel()
		p, _ := filled(t)
		report := p.backfill(t, p.feed)
		again := p.backfill(t, p.feed)
		assert.Zero(t, again.Events, "they wait on the feed")
		assert.Equal(t, report.Events, again.Waiting)
		defer p.archiving(t)()
		p.settled(t)
		verified := p.verify(t)
		assert.Empty(t, verified.Faults)
		assert.Zero(t, verified.Waiting)
		assert.Equal(t, app.BackfillReport{}, p.backfill(t, p.feed))
	})
	t.Run("works beside the pipeline and writers", func(t *testing.T) {
		t.Parallel()
		p, l := newLossyPlant()
		defer p.relay(t)()
		defer p.archiving(t)()
		var writer sync.WaitGroup
		writer.Go(func() {
			for i := range 2000 {
				p.count(t, fmt.Sprint("t", i%60), 1+i%3)
			}
		})
		for round := range 5 {
			require.Eventually(t, func() bool { return l.count(t) > 3*round+2 }, 30*time.Second, time.Millisecond)
			l.lose(t, 2)
			p.backfill(t, p.feed)
		}
		writer.Wait()
		p.settled(t)
		p.backfill(t, p.feed)
		p.settled(t)
		assert.Empty(t, p.verify(t).Faults)
	})
	t.Run("gets over a feed that does not answer for a while", func(t *testing.T) {
		t.Parallel()
		p, _ := filled(t)
		shaky := &patchyFeed{Feed: p.feed, calls: 3}
		p.backfill(t, shaky)
		defer p.archiving(t)()
		p.settled(t)
		assert.Empty(t, p.verify(t).Faults)
	})
	t.Run("that was cut short goes on when it is run again", func(t *testing.T) {
		t.Parallel()
		p, _ := filled(t)
		ctx, cut := context.WithCancel(t.Context())
		_, err := p.backfiller(&patchyFeed{Feed: p.feed, calls: 100, after: cut}).Backfill(ctx)
		require.ErrorIs(t, err, ports.ErrUnavailable)
		p.backfill(t, p.feed)
		defer p.archiving(t)()
		p.settled(t)
		assert.Empty(t, p.verify(t).Faults)
	})
	t.Run("names what cannot be published, and publishes the rest", func(t *testing.T) {
		t.Parallel()
		p, _ := filled(t)
		b := p.backfiller(p.feed)
		torn := p.verify(t).Faults[0].Stream
		b.Store = &brokenStream{EventStore: p.store, stream: torn}
		missing := 0
		for _, f := range p.verify(t).Faults {
			if f.Stream == torn {
				missing++
			}
		}
		report, err := b.Backfill(t.Context())
		require.NoError(t, err)
		assert.EqualValues(t, missing, report.FailedCount)
		require.Len(t, report.Failed, missing)
		assert.Contains(t, report.Failed[0].String(), "missing "+torn+" version")
		assert.Contains(t, report.Failed[0].String(), "it is torn")
		defer p.archiving(t)()
		p.settled(t)
		for _, f := range p.verify(t).Faults {
			assert.Equal(t, torn, f.Stream)
		}
	})
}

// patchyFeed takes, in its first calls, every third record only.
type patchyFeed struct {
	*memory.Feed
	calls int
	after func() // called after each, if it is not nil
}

func (f *patchyFeed) Publish(ctx context.Context, records []ports.Outgoing) error {
	if f.calls--; f.calls < 0 {
		return f.Feed.Publish(ctx, records)
	}
	held := &ports.UnpublishedError{Err: ports.ErrUnavailable}
	stopped := map[string]bool{}
	var taken []ports.Outgoing
	for i, r := range records {
		if stopped[r.Key] = stopped[r.Key] || i%3 > 0; stopped[r.Key] {
			held.Indexes = append(held.Indexes, i)
		} else {
			taken = append(taken, r)
		}
	}
	err := errors.Join(held, f.Feed.Publish(ctx, taken))
	if f.after != nil {
		f.after()
	}
	return err
}

// brokenStream is a store in which one stream cannot be read.
type brokenStream struct {
	ports.EventStore
	stream string
}

func (b *brokenStream) Read(ctx context.Context, stream ports.StreamID, from, to ports.Version) iter.Seq2[ports.Published, error] {
	if stream.String() != b.stream {
		return b.EventStore.Read(ctx, stream, from, to)
	}
	return func(yield func(ports.Published, error) bool) {
		yield(ports.Published{}, &ports.CorruptError{What: "stream " + stream.String(), Err: fmt.Errorf("it is torn")})
	}
}
