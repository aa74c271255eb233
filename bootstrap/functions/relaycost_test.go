package functions_test

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/bootstrap/functions/player"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

func newCartID(t *testing.T) string {
	t.Helper()
	id, err := uuid.NewV7()
	require.NoError(t, err)
	return id.String()
}

// TestWhatTheRelayCosts counts the calls that the relay's function makes for each
// batch of the table's stream: one where the batch's streams differ.
func TestWhatTheRelayCosts(t *testing.T) {
	t.Parallel()
	const carts, versions = 200, 5
	var calls atomic.Int64
	want := map[string]ports.Version{}
	d := deploy(t, func(s *player.Stack) {
		p := newProxy(t, s.Endpoints.Kinesis)
		p.set(&p.before, func(operation string, _ []byte) bool {
			if operation == "PutRecords" {
				calls.Add(1)
			}
			return false
		})
		s.Environment = func(program string) []string {
			if program == "relay" {
				return []string{"AWS_ENDPOINT_URL_KINESIS=" + p.URL}
			}
			return nil
		}
	}, func(d *deployed) {
		for _, id := range d.fill(t, carts, versions) {
			want[id] = versions
		}
	})
	d.whole(t, carts*versions)
	require.Eventually(t, func() bool {
		return d.settled(t, ports.Target{Consumer: "carts", Generation: 1}, want)
	}, 2*soon, 10*often)

	full, commits, waves := 0, 0, 0
	for _, i := range d.invocations("relay", "aws:dynamodb") {
		require.NoError(t, i.Err)
		var event struct {
			Records []struct {
				Change struct {
					Keys struct {
						Stream struct{ S string } `json:"AggregateUuid"`
					}
				} `json:"dynamodb"`
			}
		}
		require.NoError(t, json.Unmarshal(i.Payload, &event))
		each := map[string]int{}
		most := 0
		for _, r := range event.Records {
			each[r.Change.Keys.Stream.S]++
			most = max(most, each[r.Change.Keys.Stream.S])
		}
		if commits += len(event.Records); len(event.Records) == 100 && most == 1 {
			full++
		}
		waves += most
	}
	assert.Equal(t, carts*versions, commits)
	assert.EqualValues(t, waves, calls.Load(), "one call for each commit of the stream that a batch has most of")
	assert.Positive(t, full, "no batch of 100 commits of different streams was seen")
	t.Logf("%d commits in %d batches, %d of 100 commits of different streams; %d calls of PutRecords",
		commits, len(d.invocations("relay", "aws:dynamodb")), full, calls.Load())
}

// fill stores carts of as many versions, which commands of one event each bring: the
// first of all carts, then the second, and so on. It returns their IDs.
func (d *deployed) fill(t *testing.T, carts, versions int) []string {
	t.Helper()
	const writers = 8
	var seed [32]byte
	_, _ = rand.Read(seed[:]) // never fails
	commands := app.NewCommands(cart.Aggregate{}, d.store, app.CommandOptions{Now: time.Now, NewID: es.NewIDs(time.Now, seed).New, CacheStreams: carts})
	ids := make([]string, carts)
	for i := range ids {
		ids[i] = newCartID(t)
	}
	for round := range versions {
		var writing sync.WaitGroup
		for writer := range writers {
			writing.Go(func() {
				for i := writer; i < carts; i += writers {
					var command cart.Command = cart.OpenCart{}
					if round > 0 {
						command = cart.AddItem{Item: fmt.Sprintf("Item %d", round), Quantity: 1}
					}
					_, err := commands.Handle(t.Context(), &app.Request[cart.Command]{
						ID: ids[i], Command: command, CommandID: fmt.Sprintf("c-%d", round), Caller: es.Caller{Operator: true},
					})
					assert.NoError(t, err)
				}
			})
		}
		writing.Wait()
	}
	return ids
}
