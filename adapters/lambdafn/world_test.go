package lambdafn_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/httpapi"
	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/app/carts"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

type projector = app.Projector[cart.State, cart.Command, cart.Event]

// The carts of testdata.
const (
	cart1 = "0190a000-0000-7000-8000-00000000ca01" // nobody's; three events
	cart2 = "0190a000-0000-7000-8000-00000000ca02" // ada's; two events
	older = "8f0c7d1e-5b1a-4c1d-9a59-0c1f6a0c2b11" // in the older form
)

// noon is when everything in testdata happens.
func noon() time.Time { return time.Date(2026, 1, 31, 12, 0, 10, 0, time.UTC) }

// world is one installation in memory.
type world struct {
	store      *memory.EventStore
	commands   *app.Commands[cart.State, cart.Command, cart.Event]
	queries    *app.Queries[cart.State, cart.Command, cart.Event]
	views      *memory.ViewStore
	catalog    *memory.ViewCatalog
	reader     *carts.ViewReader
	quarantine *memory.Quarantine
	feed       *memory.Feed
	meter      *meter
	log        *slog.Logger
	logged     *bytes.Buffer
}

func newWorld() *world {
	w := &world{
		store: memory.NewEventStore(), views: memory.NewViewStore(), catalog: memory.NewViewCatalog(),
		quarantine: memory.NewQuarantine(), feed: memory.NewFeed(noon), meter: newMeter(), logged: &bytes.Buffer{},
	}
	w.log = slog.New(slog.NewTextHandler(w.logged, nil))
	ids := es.NewIDs(noon, [32]byte{1})
	w.commands = app.NewCommands(cart.Aggregate{}, w.store, app.CommandOptions{Now: noon, NewID: ids.New, Meter: w.meter})
	w.queries = app.NewQueries(cart.Aggregate{}, w.store, "/evercart")
	w.reader = carts.NewViewReader(w.views, w.catalog)
	return w
}

// do carries out a command as the operator.
func (w *world) do(t *testing.T, id, commandID string, command cart.Command) {
	t.Helper()
	_, err := w.commands.Handle(t.Context(), &app.Request[cart.Command]{
		ID: id, Command: command, CommandID: commandID, Caller: es.Caller{Operator: true},
	})
	require.NoError(t, err)
}

func (w *world) front(direct lambdafn.Handler) *lambdafn.Front {
	return &lambdafn.Front{Direct: direct, Gateway: lambdafn.Gateway{Handler: httpapi.New(httpapi.Config{
		Commands: w.commands, Queries: w.queries, Views: w.reader, Tokens: lambdafn.GatewayTokens{}, Now: noon,
	})}}
}

func (w *world) projector(view es.View[cart.State]) *projector {
	return app.NewProjector(cart.Aggregate{}, view, w.store, w.views, w.catalog, w.quarantine, app.TrackOptions{Now: noon, Log: w.log, Meter: w.meter})
}

// consumer returns a function's consumer over a use case.
func (w *world) consumer(c app.Consumer) *lambdafn.Consumer {
	return &lambdafn.Consumer{Consumer: c, Quarantine: w.quarantine, Meter: w.meter, Now: noon, Log: w.log}
}

func (w *world) quarantined(t *testing.T) []ports.Quarantined {
	t.Helper()
	items, err := w.quarantine.ListQuarantined(t.Context(), "", 100)
	require.NoError(t, err)
	return items
}

// published returns the wire events on the feed, in order.
func (w *world) published(t *testing.T) (events []ports.Published) {
	t.Helper()
	tip, err := w.feed.Tip(t.Context())
	require.NoError(t, err)
	if tip.Data == nil {
		return nil
	}
	records, err := w.feed.Fetch(t.Context(), "", 1000)
	require.NoError(t, err)
	for _, r := range records {
		e, err := envelope.ParseWire(string(r.Data))
		require.NoError(t, err)
		events = append(events, e)
	}
	return events
}

// inLambda returns the context of an invocation with that request ID.
func inLambda(t *testing.T, requestID string) context.Context {
	t.Helper()
	return lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{
		AwsRequestID: requestID, InvokedFunctionArn: "arn:aws:lambda:eu-central-1:123456789012:function:evercart-add-item",
	})
}

// recorded returns a payload of testdata.
func recorded(t testing.TB, name string) []byte {
	t.Helper()
	payload, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	return payload
}

// inJSON returns an answer as Lambda sends it.
func inJSON(t *testing.T, answer any, err error) string {
	t.Helper()
	require.NoError(t, err)
	f := &lambdafn.Function{Handler: func(context.Context, []byte) (any, error) { return answer, nil }, Log: slog.New(slog.DiscardHandler)}
	encoded, err := f.Invoke(t.Context(), nil)
	require.NoError(t, err)
	return string(encoded)
}

// meter remembers.
type meter struct {
	mu     sync.Mutex
	counts map[string]int64
	gauges map[string]float64
}

func newMeter() *meter { return &meter{counts: map[string]int64{}, gauges: map[string]float64{}} }

func (m *meter) Add(metric ports.Metric, label string, n int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.counts[string(metric)+"/"+label] += n
}

func (m *meter) Set(metric ports.Metric, label string, v float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.gauges[string(metric)+"/"+label] = v
}

func (m *meter) Observe(ports.Metric, string, float64) {}

func (m *meter) count(metric ports.Metric, label string) int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.counts[string(metric)+"/"+label]
}

func (m *meter) gauge(metric ports.Metric, label string) float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.gauges[string(metric)+"/"+label]
}

// errBroken is a fault that passes.
var errBroken = fmt.Errorf("%w: broken", ports.ErrUnavailable)

// brokenQuarantine takes nothing.
type brokenQuarantine struct{ ports.Quarantine }

func (brokenQuarantine) PutQuarantined(context.Context, ports.Quarantined) error { return errBroken }

// brokenStore answers nothing.
type brokenStore struct{ ports.EventStore }

func (brokenStore) Load(context.Context, ports.StreamID, int) (ports.Loaded, error) {
	return ports.Loaded{}, errBroken
}

// picky is a consumer that fails and panics as it is told.
type picky struct {
	name   string
	fails  map[ports.Position]bool
	panics map[ports.Position]bool
	seen   []ports.Record
}

func (p *picky) Name() string { return cmp.Or(p.name, "picky") }

func (p *picky) Handle(_ context.Context, records []ports.Record) (failures []app.Failure) {
	p.seen = append(p.seen, records...)
	for i, r := range records {
		if p.panics[r.Position] {
			panic("picky does not bear " + string(r.Position))
		}
		if p.fails[r.Position] {
			failures = append(failures, app.Failure{Index: i, Err: errBroken})
		}
	}
	return failures
}

// decodeImage reads images as the relay of DynamoDB does; our form and the older.
func decodeImage(record *events.DynamoDBEventRecord) (ports.Commit, error) {
	type value struct {
		S, N string
		B    []byte
		M    map[string]struct{ S string }
	}
	var item map[string]value
	image, err := json.Marshal(record.Change.NewImage)
	if err == nil {
		err = json.Unmarshal(image, &item)
	}
	if err != nil {
		return ports.Commit{}, err
	}
	number := func(name string) (v ports.Version) {
		_, _ = fmt.Sscan(item[name].N, &v)
		return v
	}
	c := ports.Commit{
		Stream: ports.StreamID{Category: "cart", ID: item["AggregateUuid"].S},
		First:  number("Version"), Last: number("LastVersion"), CommandID: item["CommandId"].S,
	}
	copy(c.Hash[:], item["Hash"].B)
	copy(c.Fingerprint[:], item["Fingerprint"].B)
	switch format := item["Format"].N; format {
	case "2":
		events, err := envelope.ParseStored(nil, item["Events"].S, &c)
		c.Events = events
		return c, err
	case "":
		data := map[string]string{}
		for key, v := range item["Data"].M {
			data[key] = v.S
		}
		text, err := json.Marshal(data)
		c.Last = c.First
		c.Events = []ports.Event{{ID: item["EventUuid"].S, Stream: c.Stream, Version: c.First, Type: item["Name"].S, Schema: 1, Data: string(text)}}
		return c, err
	default:
		return c, errors.New("format " + format)
	}
}
