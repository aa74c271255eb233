package dynamostore_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/evercart/evercart/adapters/dynamostore"
	"github.com/evercart/evercart/ports"
)

func TestPausesAreDrawnFromWhereTheCallerSays(t *testing.T) {
	t.Parallel()
	var n counted
	var asked []time.Duration
	spread := func(below time.Duration) time.Duration {
		asked = append(asked, below)
		return 0
	}
	doubled := make([]time.Duration, 7)
	for i := range doubled {
		doubled[i] = 20 * time.Millisecond << i
	}
	views := dynamostore.NewViews(answeredBy(half(t, &n, 0)), "shop").WithSpread(spread).Metered(ports.NoMeter{})
	_, err := views.Rows(t.Context(), goldenTarget, keys(2))
	assert.ErrorIs(t, err, ports.ErrUnavailable)
	assert.Equal(t, doubled, asked)
}
