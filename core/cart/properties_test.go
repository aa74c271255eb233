package cart_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

func TestAnySequenceOfCommandsKeepsTheInvariants(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var agg cart.Aggregate
		s, now := agg.Initial(), monday
		for _, c := range rapid.SliceOfN(genCommand(), 0, 40).Draw(t, "commands") {
			now = now.Add(time.Duration(rapid.IntRange(0, 60).Draw(t, "minutes later")) * time.Minute)
			before := agg.Clone(s)
			events, err := agg.Decide(s, c)
			require.Equal(t, before, s, "deciding changes nothing")
			if err != nil {
				var refusal *es.Refusal
				require.ErrorAs(t, err, &refusal)
				require.NotEmpty(t, refusal.Code)
				require.Empty(t, events, "a refusal records nothing")
			}
			require.LessOrEqual(t, len(events), 1)
			if err := cart.Validate(c); err != nil {
				require.Empty(t, events, "an invalid command records nothing")
			}
			for _, e := range events {
				s = agg.Evolve(s, e, now)
				checkStep(t, before, s, e, now)
			}
			checkInvariants(t, s)
			again, err := agg.Decide(s, c)
			if add, ok := c.(cart.AddItem); ok && len(events) == 1 {
				assert.ErrorIs(t, err, cart.ErrItemAlreadyAdded, "%+v", add)
			}
			if _, ok := c.(cart.ChangeItemQuantity); ok && len(events) == 1 {
				assert.Empty(t, again, "setting what is so already records nothing")
			}
		}
	})
}

// checkInvariants checks what holds of every cart that Decide alone filled.
func checkInvariants(t *rapid.T, s cart.State) {
	t.Helper()
	require.LessOrEqual(t, len(s.Lines), cart.MaxLines)
	seen, currency := map[string]bool{}, ""
	for _, l := range s.Lines {
		require.False(t, seen[l.Item], "no item twice")
		seen[l.Item] = true
		require.NoError(t, cart.Validate(cart.AddItem(l)), "every line is valid")
		if !l.UnitPrice.IsZero() {
			require.True(t, currency == "" || currency == l.UnitPrice.Currency, "one currency a cart")
			currency = l.UnitPrice.Currency
		}
	}
	if sum, ok := s.Total(); ok {
		require.Equal(t, currency, sum.Currency)
		require.Less(t, sum.Amount, int64(1)<<53)
	}
	if s.Status == cart.StatusNone {
		require.Equal(t, cart.State{}, s, "no cart has nothing")
		return
	}
	require.False(t, s.OpenedAt.IsZero())
	require.False(t, s.ChangedAt.Before(s.OpenedAt))
	require.Equal(t, s.Status == cart.StatusClosed, !s.ClosedAt.IsZero())
}

// checkStep checks what holds between a state, an event that Decide recorded, and
// the state after it.
func checkStep(t *rapid.T, before, after cart.State, e cart.Event, now time.Time) {
	t.Helper()
	require.NotEqual(t, cart.StatusClosed, before.Status, "nothing follows the closing")
	require.NotEqual(t, before, after, "no event is in vain")
	if _, ok := e.(cart.ShopperReminded); ok {
		require.Equal(t, before.ChangedAt, after.ChangedAt)
		require.True(t, after.Reminded)
	} else {
		require.Equal(t, now, after.ChangedAt)
		require.False(t, after.Reminded)
	}
	if before.Status != cart.StatusNone {
		require.Equal(t, before.Owner, after.Owner, "the owner is fixed by the opening")
	}
	if closing, ok := e.(cart.CartClosed); ok {
		require.Equal(t, append([]cart.Line{}, after.Lines...), closing.Lines)
		sum, _ := after.Total()
		require.Equal(t, sum, closing.Total)
	}
}

func TestFoldingIsTotalOverAnySequenceOfEvents(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var agg cart.Aggregate
		events := rapid.SliceOfN(genRecorded(), 0, 30).Draw(t, "events")
		s, applied := agg.Initial(), agg.Initial()
		for i, e := range events {
			untouched := agg.Clone(s)
			clone := agg.Clone(s)
			next := agg.Evolve(clone, e.event, e.time)
			require.Equal(t, untouched, s, "evolving a clone leaves the original as it was")
			s = next

			stored := encoded(e, i)
			var err error
			applied, err = agg.Apply(applied, &stored)
			require.NoError(t, err)
			seen := map[string]bool{}
			for _, l := range s.Lines {
				require.False(t, seen[l.Item], "no item twice")
				seen[l.Item] = true
			}
			if sum, ok := s.Total(); ok {
				require.Less(t, sum.Amount, int64(1)<<53)
				require.GreaterOrEqual(t, sum.Amount, int64(0))
			}
		}
		require.Equal(t, s, applied, "applying stored events is evolving")
		_, err := agg.Decide(s, genCommand().Draw(t, "command"))
		var refusal *es.Refusal
		require.True(t, err == nil || assert.ErrorAs(t, err, &refusal))
		cart.CartsView{}.Rows(stream, 1, s)
		cart.RelatedView{}.Rows(stream, 1, s)
	})
}

// encoded returns e as a store would hold it as its event i, from 0.
func encoded(e at, i int) ports.Event {
	eventType, schema, data := cart.Aggregate{}.Encode(e.event)
	return ports.Event{
		ID: "e", Stream: stream, Version: ports.Version(i + 1), Type: eventType, Schema: schema, Time: e.time, Data: data,
	}
}

func TestEncodingAndDecodingIsTheIdentity(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := genRecorded().Draw(t, "event")
		stored := encoded(e, 0)
		require.NoError(t, envelope.ValidData(stored.Data))
		got, err := cart.Aggregate{}.Decode(&stored)
		require.NoError(t, err)
		require.Equal(t, e.event, got)
	})
}

func TestSnapshotAndTailIsTheFullFold(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var agg cart.Aggregate
		events := rapid.SliceOfN(genRecorded(), 0, 30).Draw(t, "events")
		cut := rapid.IntRange(0, len(events)).Draw(t, "cut")
		head := fold(events[:cut]...)
		snapshot := agg.AppendSnapshot(nil, head)
		s, err := agg.ReadSnapshot(string(snapshot))
		require.NoError(t, err)
		for _, e := range events[cut:] {
			s = agg.Evolve(s, e.event, e.time)
		}
		full := fold(events...)
		require.Equal(t, string(agg.AppendSnapshot(nil, full)), string(agg.AppendSnapshot(nil, s)))
		if len(full.Lines) == 0 {
			full.Lines, s.Lines = nil, nil
		}
		require.Equal(t, full, s)
	})
}

func TestCanonicalFormsDifferAsCommandsDo(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := genCommand().Draw(t, "a"), genCommand().Draw(t, "b")
		_, remindA := a.(cart.RemindShopper)
		_, remindB := b.(cart.RemindShopper)
		same := a == b || remindA && remindB
		require.Equal(t, same, canonical(a) == canonical(b), "%+v, %+v", a, b)
	})
}
