package cart_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
)

func TestViewRelated(t *testing.T) {
	t.Parallel()
	view := cart.RelatedView{}
	assert.Equal(t, "related", view.Name())
	t.Run("has no row of a cart that is open", func(t *testing.T) {
		t.Parallel()
		assert.Empty(t, view.Rows(stream, 2, fold(at{monday, opened()}, at{monday, tea()})))
	})
	t.Run("lists the items of a closed cart, and the cart under each item", func(t *testing.T) {
		t.Parallel()
		rows := view.Rows(stream, 4, fold(at{monday, opened()}, at{monday, tea()}, at{monday, cup()}, at{monday, closed()}))
		assert.Equal(t, []ports.Row{
			{RowKey: cart.ClosedCartKey(id), Value: []byte(`["tea","cup"]`)},
			{RowKey: ports.RowKey{Partition: "item/tea", Sort: mondays}},
			{RowKey: ports.RowKey{Partition: "item/cup", Sort: mondays}},
		}, rows)
	})
	t.Run("has only the list of a cart that was closed empty", func(t *testing.T) {
		t.Parallel()
		rows := view.Rows(stream, 2, fold(at{monday, opened()}, at{monday, closed()}))
		assert.Equal(t, []ports.Row{{RowKey: ports.RowKey{Partition: "cart/" + id}, Value: []byte(`[]`)}}, rows)
	})
	t.Run("puts carts closed at an unknown time before all others", func(t *testing.T) {
		t.Parallel()
		rows := view.Rows(stream, 3, fold(at{time.Time{}, opened()}, at{time.Time{}, tea()}, at{time.Time{}, closed()}))
		assert.Equal(t, "00000000000000000000/"+id, rows[1].Sort)
	})
}

func TestItemListsReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := fold(append(rapid.SliceOfN(genRecorded(), 0, 10).Draw(t, "events"), at{monday, closed()})...)
		items, err := cart.ReadItems(cart.RelatedView{}.Rows(stream, 1, s)[0].Value)
		require.NoError(t, err)
		require.Len(t, items, len(s.Lines))
		for i := range items {
			require.Equal(t, s.Lines[i].Item, items[i])
		}
	})
	for _, value := range []string{``, `{}`, `[1]`, `["tea"`, `[null]`} {
		_, err := cart.ReadItems([]byte(value))
		var corrupt *ports.CorruptError
		assert.ErrorAs(t, err, &corrupt, value)
	}
}

func TestRowsOfAnyCartHaveKeysThatStoresTake(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		strange := rapid.OneOf(rapid.String(), rapid.Just(""), rapid.Just(repeat("🍵", 300)), rapid.Just("\x00"), rapid.Just("\xff"))
		s := fold(at{monday, cart.CartOpened{Owner: strange.Draw(t, "owner")}},
			at{time.UnixMicro(rapid.Int64().Draw(t, "micros")), cart.ItemAdded{Item: strange.Draw(t, "item"), Quantity: 1}}, at{friday, closed()})
		longest := ports.StreamID{Category: "cart", ID: repeat("x", 128)}
		seen := map[ports.RowKey]bool{}
		for _, r := range append(cart.CartsView{}.Rows(longest, 1, s), cart.RelatedView{}.Rows(longest, 1, s)...) {
			require.NotEmpty(t, r.Partition)
			require.LessOrEqual(t, len(r.Partition), 1024)
			require.LessOrEqual(t, len(r.Sort), 512)
			require.Equal(t, strings.ToValidUTF8(r.Partition+r.Sort, "?"), r.Partition+r.Sort)
			require.NotContains(t, r.Partition+r.Sort, "\x00")
			require.False(t, seen[r.RowKey], "no key twice")
			seen[r.RowKey] = true
		}
	})
}

func TestViewKeys(t *testing.T) {
	t.Parallel()
	t.Run("order carts by time, then by ID", func(t *testing.T) {
		t.Parallel()
		later := monday.Add(time.Microsecond)
		ordered := []string{
			cart.TimeSort(time.Time{}, "z"), cart.TimeSortEnd(time.Time{}),
			cart.TimeSort(monday, "a"), cart.TimeSort(monday, "b"), cart.TimeSort(monday, repeat("z", 128)), cart.TimeSortEnd(monday),
			cart.TimeSort(later, "a"), cart.TimeSortEnd(later),
		}
		assert.IsIncreasing(t, ordered)
	})
	t.Run("count times before 1970 as unknown", func(t *testing.T) {
		t.Parallel()
		assert.Equal(t, cart.TimeSort(time.Time{}, "a"), cart.TimeSort(time.UnixMicro(-1), "a"))
	})
	t.Run("give the cart's ID back", func(t *testing.T) {
		t.Parallel()
		assert.Equal(t, id, cart.SortID(cart.TimeSort(monday, id)))
		assert.Empty(t, cart.SortID("x"))
	})
	t.Run("hash names that do not fit, each to a key of its own", func(t *testing.T) {
		t.Parallel()
		assert.Equal(t, "item/tea", cart.ItemPartition("tea"))
		assert.Equal(t, "item/"+repeat("🍵", 200), cart.ItemPartition(repeat("🍵", 200)))
		long := cart.ItemPartition(repeat("x", 1001))
		assert.Len(t, long, len("item-sha256/")+64)
		assert.NotEqual(t, long, cart.ItemPartition(repeat("x", 1002)))
		assert.NotEqual(t, long, cart.OwnerPartition(repeat("x", 1001)))
	})
}
