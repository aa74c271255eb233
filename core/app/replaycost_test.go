package app_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/core/app"
)

func TestReplayCost(t *testing.T) {
	t.Parallel()
	prices := app.ListPrices()
	t.Run("of nothing is one look", func(t *testing.T) {
		t.Parallel()
		c := (&app.ReplayPlan{}).Cost(&prices, true)
		assert.Equal(t, app.ReplayCost{S3Lists: 1, S3: 5e-6, Total: 5e-6}, c)
	})
	t.Run("of a million events counts requests in batches of ten", func(t *testing.T) {
		t.Parallel()
		plan := app.ReplayPlan{Objects: 2500, Events: 1_000_000, Sent: 1_000_000, SentBytes: 700_000_000}
		c := plan.Cost(&prices, false)
		assert.Equal(t, int64(2500), c.S3Gets)
		assert.Equal(t, int64(3), c.S3Lists)
		assert.Equal(t, int64(300_000), c.SQSRequests, "sent, received and deleted")
		assert.Equal(t, int64(100_001), c.LambdaCalls, "one reads for 500 s")
		assert.Zero(t, c.DynamoWrites)
		assert.InDelta(t, 0.15, c.SQS, 1e-9)
		assert.InDelta(t, 2500*0.4e-6+3*5e-6, c.S3, 1e-12)
		assert.InDelta(t, 100_001*0.2e-6+(100_000*0.1+500)*0.5*prices.LambdaPerGBSecond, c.Lambda, 1e-9)
		assert.InDelta(t, c.S3+c.SQS+c.Lambda, c.Total, 1e-12)
	})
	t.Run("into a view counts capacity units, too", func(t *testing.T) {
		t.Parallel()
		plan := app.ReplayPlan{Objects: 1, Events: 1000, Sent: 1000, SentBytes: 700_000}
		c := plan.Cost(&prices, true)
		assert.Equal(t, int64(1000), c.DynamoReads)
		assert.Equal(t, int64(12_000), c.DynamoWrites)
		assert.InDelta(t, 12_000*0.625e-6+1000*0.125e-6, c.Dynamo, 1e-12)
	})
	t.Run("of large events counts 64 KiB a request", func(t *testing.T) {
		t.Parallel()
		plan := app.ReplayPlan{Objects: 1, Events: 10, Sent: 10, SentBytes: 10 << 16}
		assert.Equal(t, int64(2*10+1), plan.Cost(&prices, false).SQSRequests)
	})
	t.Run("is by prices that say where and when they were read", func(t *testing.T) {
		t.Parallel()
		_, err := time.Parse(time.DateOnly, prices.AsOf)
		require.NoError(t, err)
		assert.Contains(t, prices.Source, "aws.amazon.com")
		assert.Equal(t, "us-east-1", prices.Region)
	})
}
