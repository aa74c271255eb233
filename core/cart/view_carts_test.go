package cart_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
)

const (
	id      = "01890a5d-ac96-774b-bcce-b302099a8057" // of stream
	bucket  = "status/open/05"                       // id's among open carts
	mondays = "00001772443800000000/" + id
)

func keys(rows []ports.Row) []ports.RowKey {
	var keys []ports.RowKey
	for _, r := range rows {
		keys = append(keys, r.RowKey)
	}
	return keys
}

func TestViewCarts(t *testing.T) {
	t.Parallel()
	view := cart.CartsView{}
	assert.Equal(t, "carts", view.Name())
	t.Run("has no row of a cart that was never opened", func(t *testing.T) {
		t.Parallel()
		assert.Empty(t, view.Rows(stream, 0, cart.State{}))
		assert.Empty(t, view.Rows(stream, 1, fold(at{monday, tea()})))
	})
	t.Run("has one row of a cart without an owner, under its status and last change", func(t *testing.T) {
		t.Parallel()
		rows := view.Rows(stream, 2, fold(at{monday, opened()}))
		assert.Equal(t, []ports.RowKey{{Partition: bucket, Sort: mondays}}, keys(rows))
	})
	t.Run("has one more row while its shopper may yet be reminded", func(t *testing.T) {
		t.Parallel()
		due := ports.RowKey{Partition: "due/05", Sort: mondays}
		assert.Contains(t, keys(view.Rows(stream, 2, fold(at{monday, opened()}, at{monday, tea()}))), due)
		for name, s := range map[string]cart.State{
			"reminded": fold(at{monday, opened()}, at{monday, tea()}, at{monday, cart.ShopperReminded{Items: 1}}),
			"closed":   fold(at{monday, opened()}, at{monday, tea()}, at{monday, closed()}),
			"empty":    fold(at{monday, opened()}),
			"untimed":  fold(at{time.Time{}, opened()}, at{time.Time{}, tea()}),
		} {
			for _, key := range keys(view.Rows(stream, 3, s)) {
				assert.NotContains(t, key.Partition, "due/", name)
			}
		}
		assert.Contains(t, cart.DuePartitions(), cart.DuePartition(id))
	})
	t.Run("has a second row of an owned cart, under its owner", func(t *testing.T) {
		t.Parallel()
		rows := view.Rows(stream, 1, fold(at{monday, cart.CartOpened{Owner: "issuer|me"}}))
		assert.Equal(t, []ports.RowKey{{Partition: bucket, Sort: mondays}, {Partition: "owner/issuer|me", Sort: mondays}}, keys(rows))
		assert.Equal(t, string(rows[0].Value), string(rows[1].Value))
	})
	t.Run("moves a closed cart to the closed ones", func(t *testing.T) {
		t.Parallel()
		rows := view.Rows(stream, 2, fold(at{monday, opened()}, at{monday, closed()}))
		assert.Equal(t, []ports.RowKey{{Partition: "status/closed/05", Sort: mondays}}, keys(rows))
	})
	t.Run("puts a cart whose last change has no time before all others", func(t *testing.T) {
		t.Parallel()
		rows := view.Rows(stream, 1, fold(at{time.Time{}, opened()}))
		assert.Equal(t, "00000000000000000000/"+id, rows[0].Sort)
		assert.Less(t, rows[0].Sort, cart.TimeSort(time.UnixMicro(1), "0"))
	})
	t.Run("does not move a cart for a reminder, but says so", func(t *testing.T) {
		t.Parallel()
		s := fold(at{monday, opened()}, at{monday, tea()}, at{friday, cart.ShopperReminded{Items: 1}})
		rows := view.Rows(stream, 3, s)
		assert.Equal(t, mondays, rows[0].Sort)
		summary, err := cart.ReadCartSummary(rows[0].Value)
		require.NoError(t, err)
		assert.True(t, summary.Reminded)
	})
	t.Run("writes values as its golden file says", func(t *testing.T) {
		t.Parallel()
		var fresh strings.Builder
		for i, text := range corpus {
			for _, r := range view.Rows(stream, ports.Version(i+1), foldCorpus(t, text)) {
				fresh.WriteString(r.Partition + " " + r.Sort + " " + string(r.Value) + "\n")
			}
		}
		assert.Equal(t, string(golden(t, "view-carts.2.golden", []byte(fresh.String()))), fresh.String(),
			"rows changed: views need a rebuild; give the golden file a new name")
	})
}

func TestCartSummariesNameTheFirstLines(t *testing.T) {
	t.Parallel()
	names := func(items ...string) []string {
		s := cart.State{Status: cart.StatusOpen}
		for _, item := range items {
			s.Lines = append(s.Lines, cart.Line{Item: item, Quantity: 1})
		}
		summary, err := cart.ReadCartSummary(cart.CartsView{}.Rows(stream, 1, s)[0].Value)
		require.NoError(t, err)
		return summary.Names
	}
	long := strings.Repeat("x", 120)
	assert.Nil(t, names())
	assert.Equal(t, []string{"tea", "a \"mug\""}, names("tea", "a \"mug\""))
	assert.Equal(t, []string{long, long}, names(long, long, "tea"), "240 bytes and not one more")
	assert.Equal(t, []string{"tea"}, names("tea", strings.Repeat("x", 238), "mug"), "and none is passed over")
}

func TestCartSummariesReadBack(t *testing.T) {
	t.Parallel()
	t.Run("whole", func(t *testing.T) {
		t.Parallel()
		s := fold(at{monday, cart.CartOpened{Owner: "issuer|me"}}, at{tuesday, tea()}, at{friday, closed()})
		got, err := cart.ReadCartSummary(cart.CartsView{}.Rows(stream, 3, s)[0].Value)
		require.NoError(t, err)
		assert.Equal(t, cart.CartSummary{
			ID: id, Version: 3, Status: cart.StatusClosed, Owner: "issuer|me", Items: 1, Names: []string{"tea"}, Total: euro(998),
			OpenedAt: monday, ChangedAt: friday, ClosedAt: friday,
		}, got)
	})
	t.Run("of any cart", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(t *rapid.T) {
			s := fold(rapid.SliceOfN(genRecorded(), 0, 10).Draw(t, "events")...)
			for _, r := range (cart.CartsView{}).Rows(stream, 9, s) {
				got, err := cart.ReadCartSummary(r.Value)
				require.NoError(t, err)
				sum, _ := s.Total()
				require.True(t, len(got.Names) <= len(s.Lines) && len(strings.Join(got.Names, "")) <= 240)
				for i, name := range got.Names {
					require.Equal(t, s.Lines[i].Item, name)
				}
				got.Names = nil
				require.Equal(t, cart.CartSummary{
					ID: id, Version: 9, Status: s.Status, Owner: s.Owner, Items: len(s.Lines), Total: sum, Reminded: s.Reminded,
					OpenedAt: s.OpenedAt, ChangedAt: s.ChangedAt, ClosedAt: s.ClosedAt,
				}, got)
			}
		})
	})
	t.Run("but not when broken", func(t *testing.T) {
		t.Parallel()
		for _, value := range []string{``, `[]`, `{"status":"burned"}`, `{"changed_at":"yesterday"}`, `{"version":"1"}`, `{"names":"tea"}`} {
			_, err := cart.ReadCartSummary([]byte(value))
			var corrupt *ports.CorruptError
			assert.ErrorAs(t, err, &corrupt, value)
		}
	})
}

func TestCartsSpreadOverTheBucketsOfTheirStatus(t *testing.T) {
	t.Parallel()
	all := cart.StatusPartitions(cart.StatusOpen)
	assert.Equal(t, "status/open/00", all[0])
	assert.Equal(t, "status/open/0f", all[15])
	assert.Len(t, all, 16)
	count := map[string]int{}
	for i := range 1600 {
		p := cart.StatusPartition(cart.StatusOpen, "01890a5d-ac96-774b-bcce-"+strings.Repeat("0", 8)+string(rune('a'+i%26))+string(rune('a'+i/26%26))+string(rune('a'+i/676)))
		require.True(t, slices.Contains(all, p), p)
		count[p]++
	}
	for p, n := range count {
		assert.InDelta(t, 100, n, 60, p)
	}
	assert.Len(t, count, 16)
}
