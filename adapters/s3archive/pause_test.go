package s3archive_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/s3archive"
)

func TestPausesAreDrawnFromWhereTheCallerSays(t *testing.T) {
	t.Parallel()
	w := &wire{trouble: first(2, http.MethodPut, func() (*http.Response, error) {
		return answered(http.StatusConflict, "ConditionalRequestConflict"), nil
	})}
	url := inProcess(t)
	var asked []time.Duration
	a := s3archive.New(clientOf(url, w), newBucket(t, clientOf(url, nil)), "").WithSpread(func(below time.Duration) time.Duration {
		asked = append(asked, below)
		return 0
	})
	_, err := a.WriteObject(t.Context(), batch(hour), lines("{}"))
	require.NoError(t, err)
	assert.Equal(t, []time.Duration{100 * time.Millisecond, 200 * time.Millisecond}, asked)
}
