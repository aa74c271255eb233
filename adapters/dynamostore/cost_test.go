package dynamostore_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go/middleware"
	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/dynamostore"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

// bill counts what a client asked of DynamoDB and what that cost.
type bill struct {
	mu            sync.Mutex
	calls         map[string]int
	reads, writes float64 // capacity units
}

// counting is a client option that writes onto b.
func (b *bill) counting(o *dynamodb.Options) {
	o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("bill",
			func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
				out, meta, err := next.HandleInitialize(ctx, in)
				b.add(fmt.Sprintf("%T", in.Parameters), out.Result)
				return out, meta, err
			}), middleware.Before)
	})
}

func (b *bill) add(call string, result any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls[call]++
	units := func(c *types.ConsumedCapacity) float64 {
		if c == nil {
			return 0
		}
		return aws.ToFloat64(c.CapacityUnits)
	}
	switch r := result.(type) {
	case *dynamodb.QueryOutput:
		if r != nil {
			b.reads += units(r.ConsumedCapacity)
		}
	case *dynamodb.PutItemOutput:
		if r != nil {
			b.writes += units(r.ConsumedCapacity)
		}
	}
}

// take returns the bill as text, and starts a new one.
func (b *bill) take() (calls map[string]int, reads, writes float64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	calls, reads, writes = b.calls, b.reads, b.writes
	b.calls, b.reads, b.writes = map[string]int{}, 0, 0
	return calls, reads, writes
}

const (
	query = "*dynamodb.QueryInput"
	put   = "*dynamodb.PutItemInput"
)

// priced is a shop whose store writes bills.
type priced struct {
	t     *testing.T
	bill  *bill
	store *dynamostore.EventStore
	warm  *app.Commands[cart.State, cart.Command, cart.Event]
}

type cartCommands = app.Commands[cart.State, cart.Command, cart.Event]

func newPriced(t *testing.T) *priced {
	t.Helper()
	p := &priced{t: t, bill: &bill{calls: map[string]int{}}}
	client, prefix := newClient(t, p.bill.counting), newPrefix()
	require.NoError(t, dynamostore.CreateEventsTable(t.Context(), client, prefix, cart.Category))
	p.store = dynamostore.NewEventStore(client, dynamostore.EventStoreOptions{Prefix: prefix})
	p.warm = p.process(100)
	p.bill.take()
	return p
}

// process is the commands of one more process.
func (p *priced) process(cache int) *cartCommands {
	ids := es.NewIDs(time.Now, [32]byte(append([]byte(uuid.NewString()), make([]byte, 32)...)[:32]))
	return app.NewCommands(cart.Aggregate{}, ports.EventStore(p.store), app.CommandOptions{Now: time.Now, NewID: ids.New, CacheStreams: cache})
}

// send carries out a command with IDs and an actor of 36 characters.
func (p *priced) send(commands *cartCommands, id string, c cart.Command) {
	p.t.Helper()
	_, err := commands.Handle(p.t.Context(), &app.Request[cart.Command]{
		ID: id, Command: c, CommandID: uuid.NewString(), Caller: es.Caller{Subject: "i|" + uuid.NewString()[:34], Operator: true},
		CorrelationID: uuid.NewString(), CausationID: uuid.NewString(),
	})
	require.NoError(p.t, err)
}

// item is a name of 20 bytes.
func item(n int) string { return fmt.Sprintf("an item of shelf %03d", n) }

// filled opens a cart of so many priced lines, and changes it until its history
// has so many events.
func (p *priced) filled(lines, events int) string {
	p.t.Helper()
	id := uuid.NewString()
	p.send(p.warm, id, cart.OpenCart{Owner: ""})
	for n := range lines {
		p.send(p.warm, id, cart.AddItem{Item: item(n), Quantity: 1, UnitPrice: cart.Price{Amount: 499, Currency: "EUR"}})
	}
	for n := lines + 1; n < events; n++ {
		p.send(p.warm, id, cart.ChangeItemQuantity{Item: item(n % lines), Quantity: 2 + n/lines%2})
	}
	p.bill.take()
	return id
}

// snapshotted reports whether a stream's last commit carries a snapshot, and takes
// the bill for that.
func (p *priced) snapshotted(id string) bool {
	p.t.Helper()
	loaded, err := p.store.Load(p.t.Context(), ports.StreamID{Category: cart.Category, ID: id}, cart.SnapshotSchema)
	require.NoError(p.t, err)
	p.bill.take()
	return loaded.Snapshot != nil && len(loaded.Commits) == 0
}

func TestWhatACommandCosts(t *testing.T) {
	t.Parallel()
	for _, events := range []int{11, 1_000, 10_000} {
		t.Run(fmt.Sprintf("cold, of a cart of 10 priced lines with a history of %d events", events), func(t *testing.T) {
			t.Parallel()
			if testing.Short() && events > 1_000 {
				t.Skip("-short")
			}
			p := newPriced(t)
			id := p.filled(10, events)
			dearest, snapshots, withSnapshot := 0.0, 0, 0.0
			for n := range 16 { // two distances of snapshots, so that every place between them comes
				p.send(p.process(0), id, cart.ChangeItemQuantity{Item: item(n % 10), Quantity: 100 + n})
				calls, reads, writes := p.bill.take()
				assert.Equal(t, map[string]int{query: 1, put: 1}, calls)
				assert.LessOrEqual(t, reads, 2.0)
				dearest = max(dearest, reads)
				if !p.snapshotted(id) {
					assert.InDelta(t, 1, writes, 0, "without a snapshot")
					continue
				}
				snapshots++
				assert.LessOrEqual(t, writes, 3.0, "with a snapshot")
				withSnapshot = max(withSnapshot, writes)
			}
			assert.Equal(t, 2, snapshots)
			t.Logf("1 Query of at most %.1f RCU, 1 PutItem of 1 WCU, %.0f with a snapshot", dearest, withSnapshot)
		})
	}
	t.Run("warm is one write and no read", func(t *testing.T) {
		t.Parallel()
		p := newPriced(t)
		id := p.filled(10, 20)
		for n := range 16 {
			p.send(p.warm, id, cart.ChangeItemQuantity{Item: item(n % 10), Quantity: 100 + n})
			calls, _, writes := p.bill.take()
			assert.Equal(t, map[string]int{put: 1}, calls)
			assert.LessOrEqual(t, writes, 3.0)
			if !p.snapshotted(id) {
				assert.InDelta(t, 1, writes, 0)
			}
		}
	})
	t.Run("with a first conflict is no extra read", func(t *testing.T) {
		t.Parallel()
		p := newPriced(t)
		id := p.filled(10, 20)
		p.send(p.process(0), id, cart.ChangeItemQuantity{Item: item(1), Quantity: 500})
		p.bill.take()
		p.send(p.warm, id, cart.ChangeItemQuantity{Item: item(2), Quantity: 501})
		calls, reads, _ := p.bill.take()
		assert.Equal(t, map[string]int{put: 2}, calls)
		assert.Zero(t, reads)
	})
	t.Run("to close a full cart is its size", func(t *testing.T) {
		t.Parallel()
		p := newPriced(t)
		id := p.filled(100, 101)
		p.send(p.warm, id, cart.CloseCart{})
		calls, _, writes := p.bill.take()
		assert.Equal(t, map[string]int{put: 1}, calls)
		past, err := p.store.LoadAt(t.Context(), ports.StreamID{Category: cart.Category, ID: id}, 102, 0)
		require.NoError(t, err)
		data := len(past.Events[101].Data)
		assert.LessOrEqual(t, writes, float64(data)/1024+2, "the data, and at most 2 KiB around it")
		t.Logf("closing a cart of 100 priced lines: %.0f WCU for %d bytes of data", writes, data)
	})
}
