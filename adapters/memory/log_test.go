package memory

import (
	"context"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
)

func logOf(items ...string) *log[string] {
	l := newLog[string]()
	l.append(items...)
	return &l
}

func TestLog(t *testing.T) {
	t.Parallel()

	t.Run("any limit from one on is taken as it is, and less as one", func(t *testing.T) {
		t.Parallel()
		l := logOf("a", "b", "c")
		for limit, want := range map[int][]string{
			math.MinInt: {"b"}, 0: {"b"}, 1: {"b"}, 2: {"b", "c"}, math.MaxInt: {"b", "c"},
		} {
			items, before, err := l.after(t.Context(), l.position(1), limit)
			require.NoError(t, err)
			assert.Equal(t, want, items, "limit %d", limit)
			assert.Equal(t, 1, before)
		}
	})

	t.Run("every position is read back as its number", func(t *testing.T) {
		t.Parallel()
		l := logOf()
		for _, n := range []int{0, 1, 9, 10, 15, 16, 1 << 40, math.MaxInt} {
			got, err := l.number(l.position(n))
			require.NoError(t, err)
			assert.Equal(t, n, got)
		}
	})

	t.Run("positions of one log sort as text", func(t *testing.T) {
		t.Parallel()
		l := logOf()
		for _, n := range []int{0, 9, 15, 255, 1 << 40} {
			assert.Less(t, l.position(n), l.position(n+1))
			assert.Len(t, l.position(n), len(l.position(0)))
		}
	})

	t.Run("what another log made, or nobody, is foreign", func(t *testing.T) {
		t.Parallel()
		l, other := logOf("a"), logOf("a")
		own := string(l.position(1))
		for _, p := range []ports.Position{
			other.position(1), other.position(0), l.position(2), l.position(math.MaxInt),
			ports.Position(own + "0"), ports.Position(own[:len(own)-1]), ports.Position(strings.ToLower(own)),
			ports.Position(l.name), ports.Position(l.name + "0"), ports.Position(l.name + "-000000000000001"),
			ports.Position(l.name + "000000000000000g"), ports.Position(l.name + "ffffffffffffffff"), "1", "-",
		} {
			_, _, err := l.after(t.Context(), p, 1)
			assert.ErrorIs(t, err, ports.ErrForeignPosition, "position %q", p)
		}
	})

	t.Run("a wait that nobody ends ends with its context", func(t *testing.T) {
		t.Parallel()
		l := logOf("a")
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		_, _, err := l.after(ctx, l.position(1), 1)
		assert.ErrorIs(t, err, context.DeadlineExceeded)
	})

	t.Run("nothing is kept for followers who went away", func(t *testing.T) {
		t.Parallel()
		l := logOf("a")
		_, grown := l.wait(1)
		l.append("b")
		<-grown
		assert.Nil(t, l.grown)
	})
}
