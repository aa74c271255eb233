package app_test

import (
	"context"
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

// stockCarts is the reference of the benchmarks: carts whose payloads, snapshots
// and canonical forms are made by encoding/json. All else is the same.
type stockCarts struct{ cart.Aggregate }

type stockPrice struct {
	Amount   int64  `json:"amount"`
	Currency string `json:"currency"`
}

type stockLine struct {
	Item      string      `json:"item"`
	Quantity  int         `json:"quantity,omitempty"`
	UnitPrice *stockPrice `json:"unit_price,omitempty"`
}

type stockSnapshot struct {
	Status    cart.Status `json:"status"`
	Owner     string      `json:"owner,omitempty"`
	Lines     []stockLine `json:"lines"`
	OpenedAt  int64       `json:"opened,omitempty"`
	ChangedAt int64       `json:"changed,omitempty"`
	Reminded  bool        `json:"reminded,omitempty"`
}

type stockCommand struct {
	Name     string     `json:"name"`
	Item     string     `json:"item,omitempty"`
	Quantity int        `json:"quantity,omitempty"`
	Price    cart.Price `json:"price"`
}

func stockLineOf(l cart.Line) stockLine {
	line := stockLine{Item: l.Item, Quantity: l.Quantity}
	if !l.UnitPrice.IsZero() {
		line.UnitPrice = &stockPrice{l.UnitPrice.Amount, l.UnitPrice.Currency}
	}
	return line
}

func (stockCarts) Encode(e cart.Event) (eventType string, schema int, data string) {
	var line stockLine
	switch e := e.(type) {
	case cart.ItemAdded:
		eventType, line = cart.NameItemAdded, stockLineOf(cart.Line(e))
	case cart.ItemQuantityChanged:
		eventType, line = cart.NameItemQuantityChanged, stockLine{Item: e.Item, Quantity: e.Quantity}
	case cart.ItemRemoved:
		eventType, line = cart.NameItemRemoved, stockLine{Item: e.Item}
	default:
		return cart.Aggregate{}.Encode(e)
	}
	return eventType, cart.Schema, string(stock(&line))
}

func (stockCarts) AppendSnapshot(dst []byte, s cart.State) []byte {
	snapshot := stockSnapshot{
		Status: s.Status, Owner: s.Owner, Lines: make([]stockLine, len(s.Lines)),
		OpenedAt: s.OpenedAt.UnixMicro(), ChangedAt: s.ChangedAt.UnixMicro(), Reminded: s.Reminded,
	}
	for i := range s.Lines {
		snapshot.Lines[i] = stockLineOf(s.Lines[i])
	}
	return append(dst, stock(&snapshot)...)
}

func (a stockCarts) AppendCanonical(dst []byte, c cart.Command) []byte {
	command := stockCommand{Name: a.CommandName(c)}
	switch c := c.(type) {
	case cart.AddItem:
		command.Item, command.Quantity, command.Price = c.Item, c.Quantity, c.UnitPrice
	case cart.ChangeItemQuantity:
		command.Item, command.Quantity = c.Item, c.Quantity
	case cart.RemoveItem:
		command.Item = c.Item
	}
	return append(dst, stock(&command)...)
}

func stock(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

// formingStore makes the stored form of each commit, as every durable store must,
// and then keeps the commit in memory.
type formingStore struct {
	ports.EventStore

	form func(*ports.Commit) []byte
	last []byte
}

func (s *formingStore) Append(ctx context.Context, head ports.Head, commit ports.Commit) (ports.Head, error) {
	s.last = s.form(&commit)
	return s.EventStore.Append(ctx, head, commit)
}

func ownForm(c *ports.Commit) []byte {
	b, err := envelope.AppendStored(make([]byte, 0, 512), c)
	if err != nil {
		panic(err)
	}
	return b
}

// stockChain makes the text that a chain of hashes over encoding/json hashes: of
// each event all that es.EventDigest covers.
func stockChain(c *ports.Commit) []byte {
	type link struct {
		ID            string            `json:"id"`
		Category      string            `json:"category"`
		Stream        string            `json:"stream"`
		Version       ports.Version     `json:"version"`
		Type          string            `json:"type"`
		Schema        int               `json:"schema"`
		Time          time.Time         `json:"time"`
		Data          string            `json:"data"`
		CommandID     string            `json:"commandid"`
		CorrelationID string            `json:"correlationid"`
		CausationID   string            `json:"causationid"`
		Traceparent   string            `json:"traceparent"`
		Actor         string            `json:"actor"`
		Fingerprint   ports.Fingerprint `json:"fingerprint"`
		First         ports.Version     `json:"first"`
		Last          ports.Version     `json:"last"`
	}
	links := make([]link, len(c.Events))
	for i := range c.Events {
		e := &c.Events[i]
		links[i] = link{
			e.ID, e.Stream.Category, e.Stream.ID, e.Version, e.Type, e.Schema, e.Time, e.Data, e.CommandID,
			e.CorrelationID, e.CausationID, e.Traceparent, e.Actor, c.Fingerprint, c.First, c.Last,
		}
	}
	return stock(links)
}

func stockForm(c *ports.Commit) []byte {
	type stockEvent struct {
		ID            string          `json:"id"`
		Type          string          `json:"type"`
		Schema        int             `json:"schema"`
		Time          time.Time       `json:"time"`
		CorrelationID string          `json:"correlationid,omitempty"`
		CausationID   string          `json:"causationid,omitempty"`
		Traceparent   string          `json:"traceparent,omitempty"`
		Actor         string          `json:"actor,omitempty"`
		Data          json.RawMessage `json:"data"`
	}
	events := make([]stockEvent, len(c.Events))
	for i := range c.Events {
		e := &c.Events[i]
		events[i] = stockEvent{
			e.ID, e.Type, e.Schema, e.Time, e.CorrelationID, e.CausationID, e.Traceparent, e.Actor, json.RawMessage(e.Data),
		}
	}
	return stock(events)
}

func TestTheReferenceRecordsTheSame(t *testing.T) {
	t.Parallel()
	recorded := func(p shopParts) (events []string) {
		p.newID = func() string { return "id" }
		p.now = func() time.Time { return noon.Add(123456 * time.Microsecond) }
		s := newShop(t, p)
		for _, c := range shopCommands {
			s.request.Command = c
			s.send(t)
			events = append(events, string(s.store.last))
		}
		loaded, err := s.store.Load(t.Context(), ports.StreamID{Category: cart.Category, ID: shopCart}, 0)
		require.NoError(t, err)
		for _, c := range loaded.Commits {
			events = append(events, fmt.Sprint(c.First, c.Last, c.SnapshotSchema))
		}
		return events
	}
	assert.Equal(t, recorded(ownParts()), recorded(stockParts()))
}
