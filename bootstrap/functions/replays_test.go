package functions_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/dynamostore"
	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/adapters/sqsreplay"
	"github.com/evercart/evercart/bootstrap/functions/player"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

// rebuilder is the operator's, whose replays go through the queues.
func (d *deployed) rebuilder(view es.View[cart.State]) *app.Rebuilder {
	projector := app.NewProjector(cart.Aggregate{}, view, d.store, d.views, d.views, d.views, app.TrackOptions{})
	return &app.Rebuilder{
		Archive: d.archive, Catalog: d.views, Views: d.views, Jobs: d.views, Now: time.Now, Log: slog.New(slog.DiscardHandler), Poll: often,
		Sink:  sqsreplay.New(d.queues, d.stack.Prefix, 0),
		Kinds: map[string]app.ViewKind{view.Name(): {Category: cart.Category, CatchUp: projector.CatchUp}},
	}
}

// TestReplaysOnRealServers builds a second generation of a view through the
// archive, function replay, its queue and the projector's function.
func TestReplaysOnRealServers(t *testing.T) {
	t.Parallel()
	const replayTime = 3 * time.Second // half of which is its margin
	d := deploy(t, func(s *player.Stack) { s.Timeouts = map[string]time.Duration{"replay": replayTime} })
	const carts, items = 6, 4
	want := map[string]ports.Version{}
	for i := range carts {
		id := d.open(t, "ada")
		for _, item := range []string{"Tea", "Milk", "Salt", "Rice"} {
			d.add(t, "ada", id, item)
		}
		if want[id] = items + 1; i%2 == 0 {
			d.shut(t, "ada", id)
			want[id]++
		}
	}
	live, next := ports.Target{Consumer: "carts", Generation: 1}, ports.Target{Consumer: "carts", Generation: 2}
	d.whole(t, carts*(items+1)+carts/2)
	require.Eventually(t, func() bool { return d.settled(t, live, want) }, soon, often)

	rebuilder := d.rebuilder(cart.CartsView{})
	job, err := rebuilder.Begin(t.Context(), "carts")
	require.NoError(t, err)
	assert.Equal(t, next, job.Target)
	job.Rate = 10 // events a second, so that one invocation is not enough
	job, err = d.views.SaveReplayJob(t.Context(), job)
	require.NoError(t, err)

	// Somebody goes on shopping meanwhile.
	invoker := &lambdafn.Invoker{Endpoint: d.LambdaURL, Region: player.Region, Credentials: anyone{}, Client: http.DefaultClient, Now: time.Now}
	require.NoError(t, invoker.Start(t.Context(), d.stack.FunctionName("replay"), []byte(`{"id": "`+job.ID+`"}`)))
	for id, version := range want {
		if version == items+1 {
			d.add(t, "ada", id, "Late")
			want[id]++
		}
	}
	require.Eventually(t, func() bool {
		job, err = d.views.ReplayJob(t.Context(), job.ID)
		return err == nil && job.State == ports.ReplayDone
	}, soon, often)
	assert.GreaterOrEqual(t, job.Sent, int64(carts*(items+1)+carts/2))
	require.NoError(t, rebuilder.Finish(t.Context(), next))

	t.Run("the replay went on in other invocations of the function", func(t *testing.T) {
		var outcomes []lambdafn.ReplayOutcome
		for _, i := range d.invocations("replay", "async") {
			if strings.Contains(string(i.Payload), "aws.scheduler") {
				continue
			}
			var outcome lambdafn.ReplayOutcome
			require.NoError(t, i.Err)
			require.NoError(t, json.Unmarshal(i.Answer, &outcome))
			outcomes = append(outcomes, outcome)
		}
		require.Greater(t, len(outcomes), 1)
		for i, outcome := range outcomes {
			assert.Equal(t, i < len(outcomes)-1, outcome.Continued, "%+v", outcomes)
		}
	})
	t.Run("queries read the new generation, which equals the other row by row", func(t *testing.T) {
		entry, err := d.views.View(t.Context(), "carts")
		require.NoError(t, err)
		assert.Equal(t, 2, entry.Live)
		require.Eventually(t, func() bool { return d.settled(t, live, want) && d.settled(t, next, want) }, soon, often)
		built := d.rows(t, next)
		assert.Equal(t, d.rows(t, live), built)
		assert.Len(t, built, 2*carts+carts/2, "by status and by owner, and the open ones among those to remind")
		var listed struct{ Carts []struct{ ID string } }
		d.send(t, request{program: "list-carts", method: "GET", path: "/carts", subject: "ada"}, &listed)
		assert.Len(t, listed.Carts, carts)
	})
	t.Run("the queue is empty, and every message of it was handled", func(t *testing.T) {
		pending, err := sqsreplay.New(d.queues, d.stack.Prefix, 0).Pending(t.Context(), next)
		require.NoError(t, err)
		assert.Zero(t, pending)
		messages := 0
		for _, i := range d.invocations("project-carts", "aws:sqs") {
			require.NoError(t, i.Err)
			assert.Equal(t, `{"batchItemFailures":[]}`, string(i.Answer))
			messages += strings.Count(string(i.Payload), `"messageId"`)
		}
		assert.Equal(t, job.Sent, int64(messages))
	})
	t.Run("one that its operator left is started again by the schedule, ends, and has queries read what it built", func(t *testing.T) {
		rebuilder := d.rebuilder(cart.RelatedView{})
		stopped, err := rebuilder.Begin(t.Context(), "related")
		require.NoError(t, err)
		stopped.Updated = stopped.Updated.Add(-lambdafn.StaleAfter - time.Minute)
		_, err = d.views.SaveReplayJob(t.Context(), stopped)
		require.NoError(t, err)
		answer, err := d.Invoke(t.Context(), "replay", []byte(`{"source": "aws.scheduler", "detail-type": "Scheduled Event"}`))
		require.NoError(t, err)
		assert.Contains(t, string(answer), `"id":"`+stopped.ID+`","state":"running"`)
		require.Eventually(t, func() bool {
			stopped, err = d.views.ReplayJob(t.Context(), stopped.ID)
			return err == nil && stopped.State == ports.ReplayDone
		}, soon, often)
		require.Eventually(t, func() bool { // its queue may not be empty yet
			answer, err = d.Invoke(t.Context(), "replay", []byte(`{"source": "aws.scheduler", "detail-type": "Scheduled Event"}`))
			return assert.NoError(t, err) && strings.Contains(string(answer), `"id":"`+stopped.ID+`","state":"done"`) && strings.Contains(string(answer), `"live":true`)
		}, soon, often)
		entry, err := d.views.View(t.Context(), "related")
		require.NoError(t, err)
		assert.Equal(t, stopped.Target.Generation, entry.Live)
	})
	t.Run("a replay tells nobody outside anything", func(t *testing.T) {
		assert.Empty(t, d.invocations("notify", "aws:sqs"))
	})
}

// rows returns the rows of a target, by key.
func (d *deployed) rows(t *testing.T, target ports.Target) map[string]string {
	t.Helper()
	rows := map[string]string{}
	pages := dynamodb.NewScanPaginator(d.tables, &dynamodb.ScanInput{TableName: awssdk.String(dynamostore.ViewsTable(d.stack.Prefix))})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		require.NoError(t, err)
		for _, item := range page.Items {
			partition, ok := strings.CutPrefix(item["P"].(*types.AttributeValueMemberS).Value, "r#"+target.String()+"#")
			if !ok {
				continue
			}
			key := partition + " " + item["S"].(*types.AttributeValueMemberS).Value
			delete(item, "P")
			rest, err := json.Marshal(item)
			require.NoError(t, err)
			rows[key] = string(rest)
		}
	}
	return rows
}
