package scale_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/evercart/evercart/bootstrap/scale"
)

func TestTrafficOverShards(t *testing.T) {
	t.Parallel()
	even, skewed := scale.Shop(50_000, 0, 1), scale.Shop(50_000, 1, 1)
	t.Run("spreads evenly where all carts are alike", func(t *testing.T) {
		t.Parallel()
		assert.InDelta(t, 1.0/16, even.Busiest(16), 0.004)
		assert.InDelta(t, 1, even.Busiest(1), 0)
		assert.InDelta(t, 1.0/50_000, even.Hottest(), 1e-9)
	})
	t.Run("leaves the hottest cart in one shard, however many there are", func(t *testing.T) {
		t.Parallel()
		assert.Greater(t, skewed.Hottest(), 0.08)
		for _, shards := range []int{1, 4, 64, 1024} {
			assert.GreaterOrEqual(t, skewed.Busiest(shards), skewed.Hottest())
		}
	})
	t.Run("needs as many shards as records and bytes take", func(t *testing.T) {
		t.Parallel()
		assert.Equal(t, 1, even.Shards(500, 800, 0.8))
		assert.InDelta(t, 13, even.Shards(10_000, 800, 0.8), 1)
		assert.InDelta(t, 51, even.Shards(10_000, 4<<10, 0.8), 3, "256 records of 4 KiB fill a shard")
	})
	t.Run("has no answer where one cart alone fills a shard", func(t *testing.T) {
		t.Parallel()
		assert.Zero(t, skewed.Shards(10_000, 800, 0.8), "a twelfth of it is one cart's")
		assert.NotZero(t, skewed.Shards(5_000, 800, 0.8))
	})
	t.Run("is the same from the same seed", func(t *testing.T) {
		t.Parallel()
		assert.InDelta(t, even.Busiest(32), scale.Shop(50_000, 0, 1).Busiest(32), 0)
		assert.NotEqual(t, even.Busiest(32), scale.Shop(50_000, 0, 2).Busiest(32))
	})
}
