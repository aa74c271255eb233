package carts_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/app/carts"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

const canaryID = "0190a000-0000-7000-8000-0000000000ca"

// aviary is a shop whose view and archive follow at the looks that are named: at 1
// with the first one; 0: never.
type aviary struct {
	*shop
	carts.Views
	*memory.Archive
	canary               *carts.Canary
	viewAt, archiveAt    int
	looks                int // at the view and the archive
	views, listings      int
	events               int // of the cart that reach the archive
	read                 []string
	measured             map[string]float64
	passed               int64
	ports.NoMeter        // of what is not measured
	failListing, failing error
	over                 func() // ends the canary's time at some look; nil: nothing does
}

func newAviary(t *testing.T, viewAt, archiveAt int) *aviary {
	t.Helper()
	s := newShop(t)
	a := &aviary{
		shop: s, Archive: memory.NewArchive(), viewAt: viewAt, archiveAt: archiveAt, events: 3, measured: map[string]float64{},
		Views: carts.NewViewReader(s.reminder.Views, s.reminder.Catalog),
	}
	a.canary = &carts.Canary{
		Commands: s.commands, Views: a, Archive: a, Meter: a, Every: time.Microsecond,
		NewID: func() string { return canaryID },
		Now: func() time.Time {
			s.now = s.now.Add(time.Second)
			return s.now
		},
	}
	return a
}

// look ends the time after some looks. The context of the look itself is not ended.
func (a *aviary) look(ctx context.Context) context.Context {
	if a.looks++; a.looks > 20 && a.over != nil {
		a.over()
	}
	return context.WithoutCancel(ctx)
}

func (a *aviary) List(ctx context.Context, q carts.Query) (carts.Page, error) {
	ctx = a.look(ctx)
	if a.views++; a.views == a.viewAt {
		a.follow(canaryID)
	}
	if a.failing != nil {
		return carts.Page{}, a.failing
	}
	return a.Views.List(ctx, q)
}

func (a *aviary) Objects(ctx context.Context, from, to time.Time) iter.Seq2[ports.ArchiveObject, error] {
	ctx = a.look(ctx)
	if a.failListing != nil {
		return func(yield func(ports.ArchiveObject, error) bool) { yield(ports.ArchiveObject{}, a.failListing) }
	}
	if a.listings++; a.listings == 1+a.archiveAt && a.archiveAt > 0 { // the first is before the cart
		a.archiveOf(canaryID, a.events)
	}
	return a.Archive.Objects(ctx, from, to)
}

func (a *aviary) Lines(ctx context.Context, key string) iter.Seq2[[]byte, error] {
	a.read = append(a.read, key)
	return a.Archive.Lines(ctx, key)
}

func (a *aviary) Add(m ports.Metric, _ string, n int64) {
	if m == ports.MetricCanaryPassed {
		a.passed += n
	}
}

func (a *aviary) Observe(_ ports.Metric, where string, seconds float64) { a.measured[where] = seconds }

// archiveOf archives the first n events of a cart, each in an object of its own.
func (a *aviary) archiveOf(id string, n int) {
	a.t.Helper()
	for e, err := range a.store.Read(a.t.Context(), ports.StreamID{Category: cart.Category, ID: id}, 1, ports.Version(n)) {
		require.NoError(a.t, err)
		e.Source = "/evercart"
		line, err := envelope.AppendWire(nil, &e)
		require.NoError(a.t, err)
		position := ports.Position(fmt.Sprintf("%s%02d", id[28:], e.Version))
		_, err = a.WriteObject(a.t.Context(), ports.ArchiveBatch{Shard: "0", First: position, Last: position, Arrival: a.now}, [][]byte{line})
		require.NoError(a.t, err)
	}
}

func TestACanary(t *testing.T) {
	t.Parallel()
	t.Run("passes once the view and the archive show its cart, and says how long each took", func(t *testing.T) {
		t.Parallel()
		for _, c := range []struct{ view, archive int }{{1, 1}, {3, 1}, {1, 4}, {5, 2}} {
			a := newAviary(t, c.view, c.archive)
			report, err := a.canary.Run(t.Context())
			require.NoError(t, err)
			assert.Equal(t, canaryID, report.Cart)
			assert.Positive(t, report.View)
			assert.Positive(t, report.Archive)
			assert.Equal(t, c.view > c.archive, report.View > report.Archive)
			assert.InDelta(t, report.View.Seconds(), a.measured["view"], 1e-9)
			assert.InDelta(t, report.Archive.Seconds(), a.measured["archive"], 1e-9)
			assert.EqualValues(t, 1, a.passed)
			assert.Len(t, a.read, 3, "each object is read once")
		}
	})
	t.Run("leaves a closed cart of its own with one item", func(t *testing.T) {
		t.Parallel()
		a := newAviary(t, 1, 1)
		_, err := a.canary.Run(t.Context())
		require.NoError(t, err)
		var types []string
		for e, err := range a.store.Read(t.Context(), ports.StreamID{Category: cart.Category, ID: canaryID}, 1, 9) {
			require.NoError(t, err)
			types = append(types, e.Type)
			assert.Equal(t, app.CanarySubject, e.Actor)
		}
		assert.Equal(t, []string{"CartOpened", "ItemAdded", "CartClosed"}, types)
		page, err := a.Views.List(t.Context(), carts.Query{Owner: app.CanarySubject, Limit: 9})
		require.NoError(t, err)
		require.Len(t, page.Carts, 1)
		assert.Equal(t, "closed", page.Carts[0].Status)
	})
	t.Run("reads nothing that was archived before its cart was opened", func(t *testing.T) {
		t.Parallel()
		a := newAviary(t, 1, 1)
		const other = "0190a000-0000-7000-8000-0000000000cb"
		a.do(other, cart.OpenCart{})
		a.archiveOf(other, 1)
		a.events = 3
		_, err := a.canary.Run(t.Context())
		require.NoError(t, err)
		assert.Len(t, a.read, 3)
	})
	t.Run("does not pass before its time is over, and says what did not show the cart", func(t *testing.T) {
		t.Parallel()
		for _, c := range []struct {
			view, archive, events int
			want                  string
		}{
			{0, 1, 3, "is not in the view carts: context canceled"},
			{1, 0, 3, "is not in the archive: context canceled"},
			{1, 1, 2, "is not in the archive: context canceled"}, // one event is missing
			{0, 0, 3, "is not in the view carts, nor in the archive: context canceled"},
		} {
			a := newAviary(t, c.view, c.archive)
			a.events = c.events
			ctx, cancel := context.WithCancel(t.Context())
			a.over = cancel
			_, err := a.canary.Run(ctx)
			assert.EqualError(t, err, "canary cart "+canaryID+" "+c.want)
			assert.ErrorIs(t, err, context.Canceled)
			assert.Zero(t, a.passed)
		}
	})
	t.Run("does not pass where a look or a command fails", func(t *testing.T) {
		t.Parallel()
		broken := errors.New("broken")
		a := newAviary(t, 1, 1)
		a.failing = broken
		_, err := a.canary.Run(t.Context())
		assert.ErrorIs(t, err, broken)
		a = newAviary(t, 1, 1)
		a.failListing = broken
		_, err = a.canary.Run(t.Context())
		assert.ErrorIs(t, err, broken)
		assert.Zero(t, a.keys)
		a = newAviary(t, 1, 1)
		a.do(canaryID, cart.OpenCart{})
		_, err = a.canary.Run(t.Context())
		assert.ErrorIs(t, err, cart.ErrAlreadyOpen, "another's cart has the ID")
		assert.Zero(t, a.passed)
	})
	t.Run("that died half-way is not reminded of its cart", func(t *testing.T) {
		t.Parallel()
		s := newShop(t)
		for i, c := range []cart.Command{cart.OpenCart{Owner: app.CanarySubject}, cart.AddItem{Item: "canary", Quantity: 1}} {
			_, err := s.commands.Handle(t.Context(), &app.Request[cart.Command]{
				ID: "a", Command: c, CommandID: fmt.Sprint(i), Caller: es.Caller{Subject: app.CanarySubject},
			})
			require.NoError(t, err)
		}
		s.follow("a")
		s.now = noon.Add(carts.RemindAfter)
		assert.Zero(t, s.run())
		assert.Zero(t, s.reminders("a"))
	})
}
