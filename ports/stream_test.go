package ports_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/evercart/evercart/ports"
)

func TestStreamNames(t *testing.T) {
	t.Parallel()
	t.Run("a stream is read back from its name", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(t *rapid.T) {
			want := ports.StreamID{
				Category: rapid.StringMatching(`[a-z][a-z0-9-]{0,31}`).Draw(t, "category"),
				ID:       rapid.StringMatching(`[A-Za-z0-9._:-]{1,128}`).Draw(t, "id"),
			}
			require.NoError(t, want.Validate())
			got, err := ports.ParseStreamID(want.String())
			require.NoError(t, err)
			assert.Equal(t, want, got)
		})
	})
	t.Run("a category is a lower-case word of at most 32 characters", func(t *testing.T) {
		t.Parallel()
		for _, category := range []string{"", "Cart", "1cart", "-cart", "car_t", "car t", "car/t", "cärt", "a" + strings.Repeat("b", 32)} {
			err := ports.StreamID{Category: category, ID: "1"}.Validate()
			assert.ErrorContains(t, err, "stream category", category)
		}
		assert.NoError(t, ports.StreamID{Category: "a" + strings.Repeat("b", 31), ID: "1"}.Validate())
	})
	t.Run("an ID has 1 to 128 characters that need no escape", func(t *testing.T) {
		t.Parallel()
		for _, id := range []string{"", "a/b", "a b", "ä", "a\n", "a\"", "a\x00", strings.Repeat("a", 129)} {
			err := ports.StreamID{Category: "cart", ID: id}.Validate()
			assert.ErrorContains(t, err, "stream ID", id)
		}
		assert.NoError(t, ports.StreamID{Category: "cart", ID: strings.Repeat("a", 128)}.Validate())
	})
	t.Run("a text that names no stream is refused by name", func(t *testing.T) {
		t.Parallel()
		for _, subject := range []string{"", "cart", "/", "cart/", "/1", "cart/1/2", "Cart/1"} {
			got, err := ports.ParseStreamID(subject)
			require.ErrorContains(t, err, `subject "`+subject+`"`)
			assert.Zero(t, got)
		}
	})
	t.Run("the zero stream is refused", func(t *testing.T) {
		t.Parallel()
		assert.Error(t, ports.StreamID{}.Validate())
	})
}
