package cart_test

import (
	"encoding/json"
	"fmt"
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

// foldOurs is what a load does: every commit into one slab, then every event into
// the state.
func foldOurs(tb testing.TB, commits []storedCommit) cart.State {
	slab := make([]ports.Event, 0, len(commits))
	var err error
	for i := range commits {
		slab, err = envelope.ParseStored(slab, commits[i].events, &commits[i].commit)
		if err != nil {
			tb.Fatal(err)
		}
	}
	s := cart.Aggregate{}.Initial()
	for i := range slab {
		if s, err = (cart.Aggregate{}).Apply(s, &slab[i]); err != nil {
			tb.Fatal(err)
		}
	}
	return s
}

// foldStock is the reference: encoding/json, decoding only the fields that the fold
// needs.
func foldStock(tb testing.TB, commits []storedCommit) cart.State {
	s := cart.Aggregate{}.Initial()
	for i := range commits {
		var envelopes []struct {
			Type   string          `json:"type"`
			Schema int             `json:"schema"`
			Time   time.Time       `json:"time"`
			Data   json.RawMessage `json:"data"`
		}
		if err := json.Unmarshal([]byte(commits[i].events), &envelopes); err != nil {
			tb.Fatal(err)
		}
		for _, e := range envelopes {
			if e.Schema != cart.Schema {
				tb.Fatal("schema", e.Schema)
			}
			var data struct {
				Owner    string `json:"owner"`
				Item     string `json:"item"`
				Quantity int    `json:"quantity"`
				Price    struct {
					Amount   int64  `json:"amount"`
					Currency string `json:"currency"`
				} `json:"unit_price"`
			}
			if err := json.Unmarshal(e.Data, &data); err != nil {
				tb.Fatal(err)
			}
			switch e.Type {
			case cart.NameCartOpened:
				s = cart.Aggregate{}.Evolve(s, cart.CartOpened{Owner: data.Owner}, e.Time)
			case cart.NameItemAdded:
				s = cart.Aggregate{}.Evolve(s, cart.ItemAdded{Item: data.Item, Quantity: data.Quantity, UnitPrice: cart.Price(data.Price)}, e.Time)
			case cart.NameItemRemoved:
				s = cart.Aggregate{}.Evolve(s, cart.ItemRemoved{Item: data.Item}, e.Time)
			case cart.NameItemQuantityChanged:
				s = cart.Aggregate{}.Evolve(s, cart.ItemQuantityChanged{Item: data.Item, Quantity: data.Quantity}, e.Time)
			}
		}
	}
	return s
}

// BenchmarkFold1000 folds 1 000 stored events, ours and the reference in turns,
// and compares the best turn of each: the machine's other work spoils the rest.
// Budget: x-ref at most 0.10, allocs/event at most 1.
func BenchmarkFold1000(b *testing.B) {
	commits := history(b, 1000)
	ours, stock := time.Hour, time.Hour
	for b.Loop() {
		began := time.Now()
		foldOurs(b, commits)
		between := time.Now()
		foldStock(b, commits)
		ours, stock = min(ours, between.Sub(began)), min(stock, time.Since(between))
	}
	b.ReportMetric(float64(ours.Nanoseconds())/float64(len(commits)), "ns/event")
	b.ReportMetric(float64(stock.Nanoseconds())/float64(len(commits)), "ref-ns/event")
	b.ReportMetric(float64(ours)/float64(stock), "x-ref")
	b.ReportMetric(testing.AllocsPerRun(5, func() { foldOurs(b, commits) })/float64(len(commits)), "allocs/event")
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
func TestFoldingAllocatesLessThanOnceAnEvent(t *testing.T) {
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
