package kinesisfeed_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/kinesisfeed"
	"github.com/evercart/evercart/ports"
)

func TestPausesAreDrawnFromWhereTheCallerSays(t *testing.T) {
	t.Parallel()
	f := &fakeStream{troubles: troublesOf(trouble{code: throttled, status: 400}, trouble{code: throttled, status: 400})}
	var asked []time.Duration
	p := kinesisfeed.NewPublisher(f.client(t), "events", 0).WithSpread(func(below time.Duration) time.Duration {
		asked = append(asked, below)
		return 0
	})
	require.NoError(t, p.Publish(t.Context(), []ports.Outgoing{event("cart/1", 0)}))
	assert.Equal(t, []time.Duration{kinesisfeed.LongestPause(1), kinesisfeed.LongestPause(2)}, asked)
}
