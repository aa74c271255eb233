package sqsreplay_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

func TestPausesAreDrawnFromWhereTheCallerSays(t *testing.T) {
	t.Parallel()
	f := &fakeQueue{troubles: troublesOf(trouble{code: "RequestThrottled", status: 400}, trouble{code: "RequestThrottled", status: 400})}
	var asked []time.Duration
	s := f.sink(0).WithSpread(func(below time.Duration) time.Duration {
		asked = append(asked, below)
		return 0
	})
	require.NoError(t, s.Deliver(t.Context(), carts, []ports.Record{recordOf(t, "r1", porttest.Stream(0), 1, "")}))
	assert.Equal(t, []time.Duration{100 * time.Millisecond, 200 * time.Millisecond}, asked)
}
