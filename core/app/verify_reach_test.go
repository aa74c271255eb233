package app_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/core/es/estest"
	"github.com/evercart/evercart/ports"
)

// plant is a store with its whole way into the archive, all in memory.
type plant struct {
	store     *memory.EventStore
	feed      *memory.Feed
	archive   ports.Archive
	positions *memory.Positions
	commands  *app.Commands[estest.TallyState, estest.TallyCommand, estest.TallyEvent]
}

func newPlant() *plant {
	store := memory.NewEventStore()
	return &plant{
		store: store, feed: memory.NewFeed(time.Now), archive: memory.NewArchive(), positions: memory.NewPositions(),
		commands: app.NewCommands(estest.Tally{}, ports.EventStore(store), app.CommandOptions{Now: time.Now, NewID: es.NewIDs(time.Now, [32]byte{3}).New}),
	}
}

// count records one command of n events on a tally.
func (p *plant) count(t *testing.T, id string, n int) {
	t.Helper()
	_, err := p.commands.Handle(t.Context(), &app.Request[estest.TallyCommand]{
		ID: id, Command: estest.Count{N: 1, Times: n}, CommandID: fmt.Sprint(time.Now().UnixNano()),
	})
	assert.NoError(t, err)
}

func (p *plant) reach() *app.Reach {
	return &app.Reach{Changes: p.store, Feed: p.feed, Positions: p.positions}
}

func (p *plant) verify(t *testing.T) app.VerifyReport {
	t.Helper()
	report, err := app.NewVerifier(estest.Tally{}, app.VerifyPorts{
		Scanner: p.store, Archive: p.archive, Scratch: memory.NewScratch(), Reach: p.reach(), Now: time.Now,
	}).Verify(t.Context())
	require.NoError(t, err)
	return report
}

// relay runs the relay until stop is called.
func (p *plant) relay(t *testing.T) (stop func()) {
	t.Helper()
	relay := &app.Relay{
		Changes: p.store, Publisher: p.feed, Positions: p.positions, Quarantine: memory.NewQuarantine(),
		Source: "/test", Meter: ports.NoMeter{}, Now: time.Now, Log: slog.New(slog.DiscardHandler),
	}
	return running(t, relay.Run)
}

// archiving runs the archiver until stop is called.
func (p *plant) archiving(t *testing.T) (stop func()) {
	t.Helper()
	subscription := &app.Subscription{
		Reader: p.feed, Positions: p.positions, Limit: 50, Meter: ports.NoMeter{}, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Consumer: app.NewArchiver(p.archive, memory.NewQuarantine(), time.Now, ports.NoMeter{}),
	}
	return running(t, subscription.Run)
}

// settled waits until both have come to the end.
func (p *plant) settled(t *testing.T) {
	t.Helper()
	end, err := p.store.End(t.Context())
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		relayed, err := p.positions.Position(t.Context(), app.RelayName)
		require.NoError(t, err)
		tip, err := p.feed.Tip(t.Context())
		require.NoError(t, err)
		archived, err := p.positions.Position(t.Context(), app.ArchiverName)
		require.NoError(t, err)
		return relayed.Position == end && archived.Position == tip.Position
	}, 30*time.Second, time.Millisecond)
}

func TestWhatThePipelineHasNotReachedIsNotMissing(t *testing.T) {
	t.Parallel()
	p := newPlant()
	assert.Empty(t, p.verify(t).Faults, "nothing at all")
	for i := range 700 {
		p.count(t, fmt.Sprint("t", i), 2)
	}
	report := p.verify(t)
	assert.Empty(t, report.Faults)
	assert.EqualValues(t, 1400, report.Waiting, "nothing was relayed")

	stop := p.relay(t)
	require.Eventually(t, func() bool {
		relayed, err := p.positions.Position(t.Context(), app.RelayName)
		require.NoError(t, err)
		end, err := p.store.End(t.Context())
		require.NoError(t, err)
		return relayed.Position == end
	}, 30*time.Second, time.Millisecond)
	stop()
	report = p.verify(t)
	assert.Empty(t, report.Faults)
	assert.EqualValues(t, 1400, report.Waiting, "nothing was archived")

	defer p.archiving(t)()
	p.settled(t)
	report = p.verify(t)
	assert.Empty(t, report.Faults)
	assert.Zero(t, report.Waiting)

	p.archive = memory.NewArchive()
	report = p.verify(t)
	assert.Len(t, report.Faults, 700, "what both have passed is missing at once, however young")
}

func TestPositionsOfAnotherStoreCountAsNone(t *testing.T) {
	t.Parallel()
	p, other := newPlant(), newPlant()
	stopRelay, stopArchiving := other.relay(t), other.archiving(t)
	other.count(t, "x", 1)
	other.settled(t)
	stopRelay()
	stopArchiving()
	p.positions = other.positions
	p.count(t, "a", 3)
	report := p.verify(t)
	assert.Empty(t, report.Faults)
	assert.EqualValues(t, 3, report.Waiting)
}

func TestVerifyBesideLiveTraffic(t *testing.T) {
	t.Parallel()
	p := newPlant()
	defer p.relay(t)()
	defer p.archiving(t)()
	ctx, stop := context.WithCancel(t.Context())
	var writers sync.WaitGroup
	for w := range 4 {
		writers.Go(func() {
			for i := 0; ctx.Err() == nil && i < 1000; i++ {
				p.count(t, fmt.Sprintf("t%d-%d", w, i%100), 1+i%3)
			}
		})
	}
	waited := false
	for i := 0; i < 25 || !waited && i < 1000; i++ {
		report := p.verify(t)
		require.Empty(t, report.Faults)
		waited = waited || report.Waiting > 0
	}
	stop()
	writers.Wait()
	p.settled(t)
	report := p.verify(t)
	assert.Empty(t, report.Faults)
	assert.Zero(t, report.Waiting)
	assert.True(t, waited, "some verification met an event on its way")
}
