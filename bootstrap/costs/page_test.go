package costs_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/bootstrap/costs"
	"github.com/evercart/evercart/core/app"
)

const page = "../../docs/cost.md"

func TestThePageIsComputed(t *testing.T) {
	t.Parallel()
	m, err := costs.Counted()
	require.NoError(t, err)
	prices, usual := costs.ListPrices(), costs.Usual()
	want := costs.Page(&prices, &m, &usual)
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(page), 0o750))
		require.NoError(t, os.WriteFile(page, []byte(want), 0o600))
	}
	got, err := os.ReadFile(page)
	require.NoError(t, err)
	assert.Equal(t, want, string(got), "go test ./bootstrap/costs -update")
}

func TestABill(t *testing.T) {
	t.Parallel()
	prices, usual := costs.ListPrices(), costs.Usual()
	m := costs.Measured{
		Commands: 10, Events: 10, Told: 1, Cold: costs.Units{Reads: 10, Writes: 10}, Warm: costs.Units{Writes: 10},
		Carts: costs.Units{Reads: 10, Writes: 40}, Records: 10240, Items: 1 << 10, Archived: 100,
	}
	t.Run("of a million commands is what was counted, times the prices", func(t *testing.T) {
		t.Parallel()
		lines := map[string]float64{}
		for _, l := range costs.Busy(&prices, &m, &usual) {
			lines[l.Service+", "+l.What] = l.USD
		}
		assert.InDelta(t, 1.00, lines["API Gateway, requests"], 1e-9)
		assert.InDelta(t, 0.5*0.125+0.625, lines["DynamoDB, commands: events table"], 1e-9, "half of them cold: a read unit each; a write unit each")
		assert.InDelta(t, 0.125+4*0.625, lines["DynamoDB, views and checkpoints"], 1e-9)
		assert.InDelta(t, 0.1*0.5, lines["SNS, closed carts told"], 1e-9)
		assert.InDelta(t, 200_000*5.0/1e6, lines["S3, an object a batch"], 1e-9, "batches of five")
	})
	t.Run("rises with each price", func(t *testing.T) {
		t.Parallel()
		total := func(p *costs.Prices) float64 {
			idle, busy, kept := costs.Idle(p, &usual), costs.Busy(p, &m, &usual), costs.Kept(p, &m)
			return idle.Total() + busy.Total() + kept.Total()
		}
		before := total(&prices)
		for i := range prices.List {
			dear := costs.ListPrices()
			dear.List[i].USD *= 2
			if dear.List[i].Key == "metrics" {
				continue // named beside the bill: how many there are depends on the traffic
			}
			assert.Greater(t, total(&dear), before, dear.List[i].Key)
		}
	})
}

// TestPricesAreThoseOfReplays holds the table against the prices of a replay's dry
// run, which core keeps for itself.
func TestPricesAreThoseOfReplays(t *testing.T) {
	t.Parallel()
	list, replay := costs.ListPrices(), app.ListPrices()
	assert.Equal(t, []string{list.Region, list.AsOf}, []string{replay.Region, replay.AsOf})
	for key, price := range map[string]float64{
		"sqs_requests": replay.SQSPerMillionRequests, "lambda_requests": replay.LambdaPerMillionCalls,
		"lambda_gb_seconds": replay.LambdaPerGBSecond * 1e6, "dynamodb_reads": replay.DynamoPerMillionReads, "dynamodb_writes": replay.DynamoPerMillionWrite,
	} {
		assert.InDelta(t, list.Of(key), price, 1e-9, key)
	}
}

func TestPricesOfYourOwn(t *testing.T) {
	t.Parallel()
	write := func(t *testing.T, text string) string {
		t.Helper()
		name := filepath.Join(t.TempDir(), "prices.json")
		require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
		return name
	}
	t.Run("stand for the list's", func(t *testing.T) {
		t.Parallel()
		name := write(t, `{"region": "eu-central-1", "as_of": "2026-11-01", "prices": {"dynamodb_writes": 0.7625}}`)
		p, err := costs.ReadPrices(name)
		require.NoError(t, err)
		assert.Equal(t, "eu-central-1", p.Region)
		assert.Equal(t, "2026-11-01", p.AsOf)
		assert.InDelta(t, 0.7625, p.Of("dynamodb_writes"), 0)
		assert.InDelta(t, 0.125, p.Of("dynamodb_reads"), 0)
	})
	t.Run("are refused where they make no sense, all faults at once", func(t *testing.T) {
		t.Parallel()
		name := write(t, `{"prices": {"dynamo": 1, "logs": -1}}`)
		_, err := costs.ReadPrices(name)
		require.ErrorContains(t, err, `there is no price "dynamo"`)
		require.ErrorContains(t, err, "logs is -1, want 0 or more")
		_, err = costs.ReadPrices(write(t, `{"prices": {}} {"prices": {"logs": 2}}`))
		require.ErrorContains(t, err, "more than one JSON value")
		_, err = costs.ReadPrices(write(t, `{"price": {}}`))
		require.ErrorContains(t, err, "price")
		_, err = costs.ReadPrices(filepath.Join(t.TempDir(), "none.json"))
		require.ErrorIs(t, err, os.ErrNotExist)
	})
	t.Run("are not asked for", func(t *testing.T) {
		t.Parallel()
		p, err := costs.ReadPrices("")
		require.NoError(t, err)
		assert.Equal(t, costs.ListPrices(), p)
	})
}
