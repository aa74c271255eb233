package costs_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go/middleware"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/awslocal"
	"github.com/evercart/evercart/adapters/dynamostore"
	"github.com/evercart/evercart/adapters/filearchive"
	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/bootstrap/costs"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

var update = flag.Bool("update", false, "write measured.json and docs/cost.md anew")

// counter counts what a client asks of DynamoDB.
type counter struct {
	mu    sync.Mutex
	units costs.Units
}

func (c *counter) count(o *dynamodb.Options) {
	o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("counter",
			func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
				out, meta, err := next.HandleInitialize(ctx, in)
				c.add(out.Result)
				return out, meta, err
			}), middleware.Before)
	})
}

// add counts an answer. The local server counts a transaction once and an empty
// read as nothing; AWS counts twice, and one unit (DynamoDB Developer Guide, "Read
// and write operations").
func (c *counter) add(result any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.units.Requests++
	units := func(all ...types.ConsumedCapacity) (sum float64) {
		for i := range all {
			sum += aws.ToFloat64(all[i].CapacityUnits)
		}
		return sum
	}
	one := func(c *types.ConsumedCapacity) float64 {
		if c == nil {
			return 0
		}
		return units(*c)
	}
	switch r := result.(type) {
	case *dynamodb.QueryOutput:
		c.units.Reads += max(one(r.ConsumedCapacity), 1)
	case *dynamodb.GetItemOutput:
		c.units.Reads += max(one(r.ConsumedCapacity), 1)
	case *dynamodb.BatchGetItemOutput:
		c.units.Reads += max(units(r.ConsumedCapacity...), 1)
	case *dynamodb.PutItemOutput:
		c.units.Writes += one(r.ConsumedCapacity)
	case *dynamodb.UpdateItemOutput:
		c.units.Writes += one(r.ConsumedCapacity)
	case *dynamodb.DeleteItemOutput:
		c.units.Writes += one(r.ConsumedCapacity)
	case *dynamodb.TransactWriteItemsOutput:
		c.units.Writes += 2 * units(r.ConsumedCapacity...)
	default:
		panic(fmt.Sprintf("nobody says what %T costs", result))
	}
}

func (c *counter) take() costs.Units {
	c.mu.Lock()
	defer c.mu.Unlock()
	taken := c.units
	c.units = costs.Units{}
	return taken
}

type anyone struct{}

func (anyone) Retrieve(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "anyone", SecretAccessKey: "anyone"}, nil
}

type commands = app.Commands[cart.State, cart.Command, cart.Event]

// shop is everything that a cart's life passes through on DynamoDB.
type shop struct {
	t       *testing.T
	counter *counter
	now     time.Time
	ids     *es.IDs
	client  *dynamodb.Client // counts nothing
	store   ports.EventStore
	views   *dynamostore.Views
}

const prefix = "costs"

func newShop(t *testing.T) *shop {
	t.Helper()
	if os.Getenv("EVERCART_TEST_AWS") == "" {
		t.Skip("EVERCART_TEST_AWS does not name the folder of AWS's local servers; make test installs them")
	}
	server, err := awslocal.StartDynamoDB(t.Context(), os.Getenv("EVERCART_TEST_AWS"), 0)
	require.NoError(t, err)
	t.Cleanup(func() { server.Stop() })
	s := &shop{t: t, counter: &counter{}, now: time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)}
	s.ids = es.NewIDs(s.clock, [32]byte{1})
	client := dynamodb.New(dynamodb.Options{Region: "eu-central-1", BaseEndpoint: &server.URL, Credentials: anyone{}, DisableValidateResponseChecksum: true})
	require.NoError(t, dynamostore.CreateEventsTable(t.Context(), client, prefix, cart.Category))
	require.NoError(t, dynamostore.CreateViewsTable(t.Context(), client, prefix))
	s.client = client
	counted := dynamodb.New(client.Options(), s.counter.count)
	s.store = dynamostore.NewEventStore(counted, dynamostore.EventStoreOptions{Prefix: prefix})
	s.views = dynamostore.NewViews(counted, prefix)
	return s
}

func (s *shop) clock() time.Time { return s.now }

func (s *shop) process(cache int) *commands {
	return app.NewCommands(cart.Aggregate{}, s.store, app.CommandOptions{Now: s.clock, NewID: s.ids.New, CacheStreams: cache})
}

// life is what the shopper of Measured does.
func life() []cart.Command {
	price := cart.Price{Amount: 499, Currency: "EUR"}
	commands := []cart.Command{cart.OpenCart{}}
	for i := range 5 {
		commands = append(commands, cart.AddItem{Item: fmt.Sprintf("an item of shelf %03d", i), Quantity: 1, UnitPrice: price})
	}
	return append(commands, cart.ChangeItemQuantity{Item: "an item of shelf 001", Quantity: 3}, cart.RemoveItem{Item: "an item of shelf 002"}, cart.CloseCart{})
}

// live sends the commands of a cart's life, each to the process that next returns.
func (s *shop) live(id string, next func() *commands) {
	s.t.Helper()
	for _, c := range life() {
		s.now = s.now.Add(time.Second)
		answer, err := next().Handle(s.t.Context(), &app.Request[cart.Command]{
			ID: id, Command: c, CommandID: s.ids.New(), Caller: es.Caller{Subject: "https://id.example|auth0-7c9e6679", Operator: true}, CorrelationID: s.ids.New(),
		})
		require.NoError(s.t, err)
		require.True(s.t, answer.Recorded)
	}
}

// records returns a cart's events as the feed has them.
func (s *shop) records(id string) (records []ports.Record) {
	s.t.Helper()
	for p, err := range s.store.Read(s.t.Context(), ports.StreamID{Category: cart.Category, ID: id}, 1, 1000) {
		require.NoError(s.t, err)
		p.Source = "/evercart"
		line, err := envelope.AppendWire(nil, &p)
		require.NoError(s.t, err)
		records = append(records, ports.Record{Shard: "0", Position: ports.Position(fmt.Sprintf("%020d", p.Version)), Arrival: s.now, Data: line})
	}
	return records
}

// silent tells nobody, as a topic would: it is priced by itself.
type silent struct{ told int }

func (n *silent) Notify(context.Context, ports.Notification) error { n.told++; return nil }

// consume hands records to a consumer one by one, as they come where little is
// going on, and returns what that took.
func (s *shop) consume(c app.Consumer, records []ports.Record) costs.Units {
	s.t.Helper()
	s.counter.take()
	for i := range records {
		require.Empty(s.t, c.Handle(s.t.Context(), records[i:i+1]))
	}
	return s.counter.take()
}

func (s *shop) measure() costs.Measured {
	m := costs.Measured{Commands: len(life())}
	warm := s.process(10)
	s.counter.take()
	s.live("0190a000-0000-7000-8000-000000000001", func() *commands { return warm })
	m.Warm = s.counter.take()
	const id = "0190a000-0000-7000-8000-000000000002"
	s.live(id, func() *commands { return s.process(0) })
	m.Cold = s.counter.take()

	records := s.records(id)
	m.Events = len(records)
	for i := range records {
		m.WireBytes += len(records[i].Data)
		m.Records += (len(records[i].Data) + 1023) / 1024 * 1024
	}
	opt := app.TrackOptions{Now: s.clock}
	for _, view := range []string{cart.CartsView{}.Name(), cart.RelatedView{}.Name()} {
		_, err := app.EnsureView(s.t.Context(), s.views, view, s.now)
		require.NoError(s.t, err)
	}
	m.Carts = s.consume(app.NewProjector(cart.Aggregate{}, cart.CartsView{}, s.store, s.views, s.views, s.views, opt), records)
	m.Related = s.consume(app.NewProjector(cart.Aggregate{}, cart.RelatedView{}, s.store, s.views, s.views, s.views, opt), records)
	teller := &silent{}
	notify := app.NewNotify(cart.Category, []string{cart.NameShopperReminded, cart.NameCartClosed}, "/evercart", teller, s.store, s.views, s.views, s.views, opt)
	require.NoError(s.t, notify.Begin(s.t.Context()))
	m.Notify = s.consume(notify, records[len(records)-1:]) // its mapping lets nothing else through
	m.Told = teller.told
	m.Items, m.Archived = s.stored(id), s.archived()
	return m
}

// stored returns the bytes of a cart's items (DynamoDB Developer Guide, "Item sizes
// and formats"; a number's are a few less).
func (s *shop) stored(id string) (bytes int) {
	s.t.Helper()
	out, err := s.client.Query(s.t.Context(), &dynamodb.QueryInput{
		TableName: aws.String(dynamostore.EventsTable(prefix, cart.Category)), KeyConditionExpression: aws.String("AggregateUuid = :id"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":id": &types.AttributeValueMemberS{Value: id}},
	})
	require.NoError(s.t, err)
	for _, item := range out.Items {
		for name, value := range item {
			bytes += len(name)
			switch v := value.(type) {
			case *types.AttributeValueMemberS:
				bytes += len(v.Value)
			case *types.AttributeValueMemberN:
				bytes += len(v.Value)
			case *types.AttributeValueMemberB:
				bytes += len(v.Value)
			default:
				require.Fail(s.t, "an attribute of no known size", "%s %T", name, v)
			}
		}
	}
	return bytes
}

// archived returns the bytes of an object of some thousand events, divided by their
// number.
func (s *shop) archived() int {
	s.t.Helper()
	archive, err := filearchive.New(s.t.TempDir())
	require.NoError(s.t, err)
	many := *s
	many.store = memory.NewEventStore()
	var lines [][]byte
	for range 120 {
		id, process := s.ids.New(), many.process(1)
		many.live(id, func() *commands { return process })
		for _, r := range many.records(id) {
			lines = append(lines, r.Data)
		}
	}
	_, err = archive.WriteObject(s.t.Context(), ports.ArchiveBatch{Shard: "0", First: "1", Last: "2", Arrival: s.now}, lines)
	require.NoError(s.t, err)
	for object, err := range archive.Objects(s.t.Context(), time.Time{}, time.Time{}) {
		require.NoError(s.t, err)
		return int(object.Size) / len(lines)
	}
	return 0
}

func TestTheCountedCosts(t *testing.T) {
	t.Parallel()
	m := newShop(t).measure()
	if *update {
		text, err := json.MarshalIndent(m, "", "  ")
		require.NoError(t, err)
		require.NoError(t, os.WriteFile("measured.json", append(text, '\n'), 0o600))
	}
	want, err := costs.Counted()
	require.NoError(t, err)
	assert.Equal(t, want, m, "if the costs were to change, go test ./bootstrap/costs -update, twice")
}
