package cart_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// storedCommit is a commit as a store holds it: what its item says, and its events.
type storedCommit struct {
	commit ports.Commit // without events
	events string       // the stored form
}

// history returns n commits of one event each: a cart that is filled with 10 priced
// lines, changed line by line and emptied, again and again.
func history(tb testing.TB, n int) []storedCommit {
	tb.Helper()
	commits := make([]storedCommit, n)
	for i := range commits {
		item := fmt.Sprintf("an item of 20 bytes%d", i%10)
		var e cart.Event
		switch {
		case i == 0:
			e = cart.CartOpened{Owner: "https://id.example|01890a5d"}
		case i/10%3 == 0:
			e = cart.ItemAdded{Item: item, Quantity: 2, UnitPrice: euro(499)}
		case i/10%3 == 1:
			e = cart.ItemQuantityChanged{Item: item, Quantity: 1 + i%999}
		default:
			e = cart.ItemRemoved{Item: item}
		}
		event := encoded(at{monday.Add(time.Duration(i) * time.Second), e}, i)
		event.ID = fmt.Sprintf("01890a5d-ac96-774b-bcce-%012x", i)
		event.Metadata = ports.Metadata{
			CommandID: fmt.Sprintf("01890a5d-ac96-774b-bcce-b3%010x", i), CorrelationID: "checkout-7",
			Traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", Actor: "https://id.example|01890a5d",
		}
		c := ports.Commit{
			Stream: stream, First: event.Version, Last: event.Version, CommandID: event.CommandID,
			Events: []ports.Event{event}, Hash: ports.Hash{1},
		}
		text, err := envelope.AppendStored(nil, &c)
		require.NoError(tb, err)
		c.Events = nil
		commits[i] = storedCommit{c, string(text)}
	}
	return commits
}

// foldOurs reads commit by commit into the same piece of memory, and every event
// into the state.
func foldOurs(tb testing.TB, commits []storedCommit) cart.State {
	s := cart.Aggregate{}.Initial()
	var slab []ports.Event
	var err error
	for i := range commits {
		if slab, err = envelope.ParseStored(slab[:0], commits[i].events, &commits[i].commit); err != nil {
			tb.Fatal(err)
		}
		for j := range slab {
			if s, err = (cart.Aggregate{}).Apply(s, &slab[j]); err != nil {
				tb.Fatal(err)
			}
		}
	}
	return s
}

// stockEvent is an envelope as the reference decodes it: the members that the
// fold needs, in one pass.
type stockEvent struct {
	Type   string    `json:"type"`
	Schema int       `json:"schema"`
	Time   time.Time `json:"time"`
	Data   struct {
		Owner    string     `json:"owner"`
		Item     string     `json:"item"`
		Quantity int        `json:"quantity"`
		Price    cart.Price `json:"unit_price"` // its members match in any case
	} `json:"data"`
}

// foldStock is the reference: encoding/json, decoding only the fields that the fold
// needs, into the same piece of memory again and again.
func foldStock(tb testing.TB, commits []storedCommit) cart.State {
	s := cart.Aggregate{}.Initial()
	var events []stockEvent
	for i := range commits {
		clear(events)
		if err := json.Unmarshal([]byte(commits[i].events), &events); err != nil {
			tb.Fatal(err)
		}
		for j := range events {
			e := &events[j]
			if e.Schema != cart.Schema {
				tb.Fatal("schema", e.Schema)
			}
			switch e.Type {
			case cart.NameCartOpened:
				s = cart.Aggregate{}.Evolve(s, cart.CartOpened{Owner: e.Data.Owner}, e.Time)
			case cart.NameItemAdded:
				s = cart.Aggregate{}.Evolve(s, cart.ItemAdded{Item: e.Data.Item, Quantity: e.Data.Quantity, UnitPrice: e.Data.Price}, e.Time)
			case cart.NameItemRemoved:
				s = cart.Aggregate{}.Evolve(s, cart.ItemRemoved{Item: e.Data.Item}, e.Time)
			case cart.NameItemQuantityChanged:
				s = cart.Aggregate{}.Evolve(s, cart.ItemQuantityChanged{Item: e.Data.Item, Quantity: e.Data.Quantity}, e.Time)
			}
		}
	}
	return s
}

// BenchmarkFold1000 folds 1 000 stored events, ours and the reference in turns,
// and compares the median of the pairs.
func BenchmarkFold1000(b *testing.B) {
	const pairs = 50
	commits := history(b, 1000)
	each := func(fold func(testing.TB, []storedCommit) cart.State) float64 {
		began := time.Now()
		for range 5 {
			fold(b, commits)
		}
		return float64(time.Since(began).Nanoseconds()) / 5 / float64(len(commits))
	}
	var ours, stock, ratios []float64
	for b.Loop() {
		for range pairs {
			o, r := each(foldOurs), each(foldStock)
			ours, stock, ratios = append(ours, o), append(stock, r), append(ratios, o/r)
		}
	}
	b.ReportMetric(median(ours), "ns/event")
	b.ReportMetric(median(stock), "ref-ns/event")
	b.ReportMetric(median(ratios), "x-ref")
	b.ReportMetric(0.10, "at-most")
	b.ReportMetric(testing.AllocsPerRun(5, func() { foldOurs(b, commits) })/float64(len(commits)), "allocs/event")
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

func TestTheReferenceFoldIsTheSame(t *testing.T) {
	t.Parallel()
	commits := history(t, 1000)
	want := foldStock(t, commits)
	assert.Len(t, want.Lines, 10)
	assert.Equal(t, want, foldOurs(t, commits))
}

// AllocsPerRun counts the whole process's allocations, so that this test is not
// parallel.
func TestFoldingAllocatesLessThanOnceAnEvent(t *testing.T) { //nolint:paralleltest // counts allocations
	commits := history(t, 1000)
	assert.LessOrEqual(t, testing.AllocsPerRun(5, func() { foldOurs(t, commits) }), 20.0, "the slab and the growing lines")

	slab := make([]ports.Event, 0, len(commits))
	for i := range commits {
		var err error
		slab, err = envelope.ParseStored(slab, commits[i].events, &commits[i].commit)
		require.NoError(t, err)
	}
	s := foldOurs(t, commits)
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		for i := 1; i < len(slab); i++ {
			if slab[i].Type == cart.NameItemQuantityChanged {
				s, _ = cart.Aggregate{}.Apply(s, &slab[i])
			}
		}
	}), "applying an event allocates nothing")
}
