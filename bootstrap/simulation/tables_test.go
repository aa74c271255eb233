package simulation_test

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/evercart/evercart/adapters/dynamostore"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
)

// tables makes the account's DynamoDB, with the tables that the adapter describes.
func (a *account) tables() {
	a.db = newDynamo(a.w.whims())
	ctx, client := context.Background(), dynamoClient(&desk{dynamo: a.db}, aws.NopRetryer{})
	err := errors.Join(dynamostore.CreateEventsTable(ctx, client, prefix, cart.Category), dynamostore.CreateViewsTable(ctx, client, prefix))
	if err != nil {
		panic(err) // the simulated DynamoDB is at hand
	}
	a.eventsTable().changed = changeStream(a.changes)
	a.viewsTable().changed = a.noteCheckpoint
	a.tries = []int{1, 3}[a.w.pick(2)]
}

func (a *account) eventsTable() *dynamoTable {
	return a.db.tables[dynamostore.EventsTable(prefix, cart.Category)]
}

func (a *account) viewsTable() *dynamoTable { return a.db.tables[dynamostore.ViewsTable(prefix)] }

// noteCheckpoint writes changes of checkpoints to the trace.
func (a *account) noteCheckpoint(change string, item attributes) {
	if of := item.text("P"); strings.HasPrefix(of, "c#") {
		a.w.note("%s %s %s: version %s, parked %v", change, of, item.text("S"), item.text("Version"), item["Q"] != nil)
	}
}

// client returns an SDK client of DynamoDB, which the world knows as a service of
// that name. In some worlds it tries a call once, in others as the SDK does.
func (a *account) client(service string) *dynamodb.Client {
	to := &endpoint{
		w: a.w, service: service, throttle: "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
		serve: func(operation string, body []byte) (int, any) { return a.w.mutant.serve(a.db, operation, body) },
	}
	if a.tries == 1 {
		return dynamoClient(to, aws.NopRetryer{})
	}
	return dynamoClient(to, retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts, o.RateLimiter = a.tries, ratelimit.None
		o.Backoff = retry.BackoffDelayerFunc(func(attempt int, _ error) (time.Duration, error) {
			return a.w.spread(100 * time.Millisecond << min(attempt, 7)), nil
		})
	}))
}

// whims are thrown as the plan of the world's faults has it.
func (w *world) whims() whims {
	return whims{
		now: time.Now,
		cut: func(n int) int {
			if n > 1 && w.chance(0.1) {
				return 1 + w.pick(n)
			}
			return n
		},
		leave: func() bool { // at rest, too: no fault, but what DynamoDB does
			return w.plan.hits(w, w.plan.partial, "views: one of a batch left for later") || !w.plan.on && w.chance(0.5)
		},
		collide: func() string {
			if !w.plan.hits(w, w.plan.collide, "views: write meets a transaction") {
				return ""
			}
			return collisions()[w.pick(len(collisions()))]
		},
		lag: func() time.Duration {
			if w.plan.hits(w, w.plan.lag, "views: index follows late") {
				return w.between(time.Second, time.Minute)
			}
			return w.between(0, 100*time.Millisecond)
		},
		order: w.dice.Perm,
	}
}

// head returns the version at which a cart ends.
func (a *account) head(stream string) ports.Version {
	items := a.eventsTable().items(stream)
	if len(items) == 0 {
		return 0
	}
	last := items[len(items)-1]
	n, _ := strconv.ParseInt(cmp.Or(last.text("LastVersion"), last.text("Version")), 10, 64) // the older form has one
	return ports.Version(n)
}

// unsettled names a stream that waits to be tried again, or what the index of parked
// streams does not show yet.
func (a *account) unsettled() string {
	for _, c := range a.viewsTable().indexed["parked"] {
		switch item := c.newest(); {
		case c.versions[len(c.versions)-1].seen.After(time.Now()):
			return "the index of parked streams is behind"
		case strings.Contains(string(item["ParkedTransient"]), "true"):
			return c.sort.text + " of " + c.hash + " is parked as transient: " + item.text("ParkedReason")
		}
	}
	return ""
}

// rows returns all rows of a target.
func (w *world) rows(ctx context.Context, of ports.Target) ([]ports.Row, error) {
	var rows []ports.Row
	for _, hash := range slices.Sorted(maps.Keys(w.viewsTable().partitions)) {
		partition, ours := strings.CutPrefix(hash, "r#"+of.String()+"#")
		if !ours || len(w.viewsTable().items(hash)) == 0 {
			continue
		}
		some, err := w.views.Query(ctx, of, ports.RowQuery{Partition: partition, Limit: 1 << 20})
		if err != nil {
			return nil, err
		}
		rows = append(rows, some...)
	}
	return rows, nil
}
