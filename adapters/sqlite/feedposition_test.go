package sqlite

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
)

func TestFeedPosition(t *testing.T) {
	t.Parallel()

	t.Run("a position reads back as the number it was made of", func(t *testing.T) {
		t.Parallel()
		for _, n := range []int64{0, 1, 9, 10, 1_000_000, math.MaxInt64} {
			got, err := feedNumber("00ff", feedPosition("00ff", n))
			require.NoError(t, err)
			assert.Equal(t, n, got)
		}
	})

	t.Run("before the first record is the zero position", func(t *testing.T) {
		t.Parallel()
		assert.Equal(t, ports.Position(""), feedPosition("00ff", 0))
	})

	t.Run("positions of one feed sort as text", func(t *testing.T) {
		t.Parallel()
		assert.Less(t, feedPosition("00ff", 9), feedPosition("00ff", 10))
		assert.Less(t, feedPosition("00ff", 10), feedPosition("00ff", math.MaxInt64))
	})

	t.Run("what this feed did not make is foreign", func(t *testing.T) {
		t.Parallel()
		for _, p := range []ports.Position{
			"0", "00ff", "00ff-", "00ff1", "00fe00000000000000000001", "00ff00000000000000000000",
			"00ff0000000000000000001x", "00ff-0000000000000000001", "00ff+0000000000000000001",
			"00ff00000000000000000001-", "00ff99999999999999999999", "00000000000000000001",
		} {
			_, err := feedNumber("00ff", p)
			assert.ErrorIs(t, err, ports.ErrForeignPosition, "position %q", p)
		}
	})
}
