package app_test

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

// shopParts is what ours and the reference differ in.
type shopParts struct {
	carts es.Aggregate[cart.State, cart.Command, cart.Event]
	form  func(*ports.Commit) []byte // nil: none is made
	newID func() string
	now   func() time.Time
}

func ownParts() shopParts {
	return shopParts{carts: cart.Aggregate{}, form: ownForm, newID: es.NewIDs(time.Now, [32]byte{1}).New, now: time.Now}
}

func stockParts() shopParts {
	newID := func() string { return uuid.Must(uuid.NewV7()).String() }
	return shopParts{carts: stockCarts{}, form: stockForm, newID: newID, now: time.Now}
}

// shop is commands over a memory store, with one open cart of ten priced lines in
// the cache.
type shop struct {
	commands *app.Commands[cart.State, cart.Command, cart.Event]
	store    *formingStore
	request  app.Request[cart.Command]
	sent     int
}

const (
	shopCart  = "01890a5d-ac96-774b-bcce-b302099a8057"
	shopOwner = "https://id.example|auth0-7c9e6679254"
	// shopRounds is how many commands are sent to one shop.
	shopRounds = 4000
)

func newShop(tb testing.TB, p shopParts) *shop {
	tb.Helper()
	s := &shop{store: &formingStore{EventStore: memory.NewEventStore(), form: p.form}}
	store := ports.EventStore(s.store)
	if p.form == nil {
		store = s.store.EventStore
	}
	s.commands = app.NewCommands(p.carts, store, app.CommandOptions{Now: p.now, NewID: p.newID, CacheStreams: 8})
	s.request = app.Request[cart.Command]{
		ID: shopCart, Caller: es.Caller{Subject: shopOwner},
		CorrelationID: "01890a5d-ac96-774b-bcce-b302099a8059", Command: cart.OpenCart{Owner: shopOwner},
	}
	s.send(tb)
	for i := range 10 {
		s.request.Command = cart.AddItem{Item: shopItem(i), Quantity: 1, UnitPrice: cart.Price{Amount: 1299, Currency: "EUR"}}
		s.send(tb)
	}
	return s
}

func shopItem(i int) string { return fmt.Sprintf("Darjeeling, flush %02d", i) } // 20 bytes

func (s *shop) send(tb testing.TB) {
	s.request.CommandID = shopCommandIDs[s.sent]
	s.sent++
	answer, err := s.commands.Handle(tb.Context(), &s.request)
	if err != nil || !answer.Recorded {
		tb.Fatal("not recorded", answer, err)
	}
}

// shopCommandIDs are made beforehand: the caller brings them.
var shopCommandIDs = func() (ids [shopRounds + 100]string) {
	for i := range ids {
		ids[i] = "01890a5d-ac96-774b-bcce-b3" + strconv.Itoa(1_000_000_000+i)
	}
	return ids
}()

// shopCommands change the cart's quantities, put an eleventh line into it and take
// it out; they may be sent over and over.
var shopCommands = func() (commands []cart.Command) {
	for i := range 10 {
		for _, quantity := range []int{2, 3} {
			commands = append(commands,
				cart.ChangeItemQuantity{Item: shopItem(i), Quantity: quantity},
				cart.AddItem{Item: shopItem(10), Quantity: 2, UnitPrice: cart.Price{Amount: 499, Currency: "EUR"}},
				cart.ChangeItemQuantity{Item: shopItem(10), Quantity: quantity + 1},
				cart.RemoveItem{Item: shopItem(10)})
		}
	}
	return commands
}()

// shopSlice returns the time that one command takes, in ns, over shopRounds of
// them.
func shopSlice(b *testing.B, p shopParts) float64 {
	s := newShop(b, p)
	began := time.Now()
	for i := range shopRounds {
		s.request.Command = shopCommands[i%len(shopCommands)]
		s.send(b)
	}
	return float64(time.Since(began).Nanoseconds()) / shopRounds
}

// BenchmarkCommandInMemory carries out commands on a warm cart of ten priced
// lines, hash chain, fingerprint and snapshots included. The reference is the same
// path with encoding/json for all that becomes bytes (payloads, snapshots,
// canonical forms, what the chain hashes) and google/uuid.
func BenchmarkCommandInMemory(b *testing.B) {
	own, stock := ownParts(), stockParts()
	own.form, stock.form = nil, stockChain
	benchmarkCommands(b, own, stock)
	b.ReportMetric(0.5, "at-most")
}

// BenchmarkCommandToStoredForm is the same up to the bytes that a durable store
// writes. Its reference takes those bytes for what the chain hashes, too.
func BenchmarkCommandToStoredForm(b *testing.B) {
	benchmarkCommands(b, ownParts(), stockParts())
}

// benchmarkCommands lets ours and the reference take turns, and compares the
// median of the pairs.
func benchmarkCommands(b *testing.B, own, stock shopParts) {
	const pairs = 30
	var ours, reference, ratios []float64
	for b.Loop() {
		for range pairs {
			o, r := shopSlice(b, own), shopSlice(b, stock)
			ours, reference, ratios = append(ours, o), append(reference, r), append(ratios, o/r)
		}
	}
	b.ReportMetric(median(ours), "ns/command")
	b.ReportMetric(median(reference), "ref-ns/command")
	b.ReportMetric(median(ratios), "x-ref")
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
