package cart_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"

	"github.com/evercart/evercart/core/cart"
)

func TestTheCartOfAKey(t *testing.T) {
	t.Parallel()
	t.Run("is the UUIDv5 that the design says", func(t *testing.T) {
		t.Parallel()
		namespace := uuid.MustParse("b6c1a8d2-5e0f-4c3e-9d1b-7f2a4c8e6b30")
		want := uuid.NewSHA1(namespace, []byte("12:https|alice1k-1"))
		assert.Equal(t, want.String(), cart.IDForKey("https|alice1", "k-1"))
	})
	t.Run("never is the cart of another subject whose name runs into the key", func(t *testing.T) {
		t.Parallel()
		assert.NotEqual(t, cart.IDForKey("ab", "c"), cart.IDForKey("a", "bc"))
		assert.NotEqual(t, cart.IDForKey("", "1:ab"), cart.IDForKey("a", "b"))
	})
}
