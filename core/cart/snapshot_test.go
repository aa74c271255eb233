package cart_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
)

// corpus is streams of stored events that meet every rule of the fold. It is only
// ever added to together with a new SnapshotSchema.
var corpus = []string{
	// an owned cart: filled, changed, emptied in part, reminded of, closed
	`1 CartOpened.2 {"owner":"issuer|me"}
	 2 ItemAdded.2 {"item":"tea","quantity":2,"unit_price":{"amount":499,"currency":"EUR"}}
	 3 ItemAdded.2 {"item":"<cup> & \"saucer\"","quantity":1}
	 4 ItemAdded.2 {"item":"jam","quantity":1,"unit_price":{"amount":0,"currency":"EUR"}}
	 5 ItemQuantityChanged.2 {"item":"tea","quantity":7}
	 6 ItemRemoved.2 {"item":"<cup> & \"saucer\""}
	 7 ShopperReminded.2 {"items":2,"owner":"issuer|me"}
	 8 CartClosed.2 {"lines":[],"total":{"amount":1,"currency":"EUR"}}`,
	// reminded of, and not changed since
	`1 CartOpened.2 {}
	 2 ItemAdded.2 {"item":"tea","quantity":2}
	 9 ShopperReminded.2 {"items":1}`,
	// changed after the reminder
	`1 CartOpened.2 {}
	 2 ItemAdded.2 {"item":"tea","quantity":2}
	 3 ShopperReminded.2 {"items":1}
	 9 ItemQuantityChanged.2 {"item":"tea","quantity":2}`,
	// the older form, an item twice
	`0 CartOpened.1 {"shopping_cart_uuid":"8f0c"}
	 0 ItemAdded.1 {"item_name":"Apple","shopping_cart_uuid":"8f0c"}
	 0 ItemAdded.1 {"item_name":"Pear","shopping_cart_uuid":"8f0c"}
	 0 ItemAdded.1 {"item_name":"Apple","shopping_cart_uuid":"8f0c"}
	 0 CartClosed.1 {"shopping_cart_uuid":"8f0c"}`,
	// the older form, gone on with in ours, then in the older one again
	`0 CartOpened.1 {"shopping_cart_uuid":"8f0c"}
	 0 ItemAdded.1 {"item_name":"Apple","shopping_cart_uuid":"8f0c"}
	 5 ItemAdded.2 {"item":"tea","quantity":1,"unit_price":{"amount":1,"currency":"JPY"}}
	 0 ItemAdded.1 {"item_name":"tea","shopping_cart_uuid":"8f0c"}`,
	// what Decide would never record
	`1 ItemAdded.2 {"item":"early","quantity":-1,"unit_price":{"amount":-5,"currency":"?"}}
	 2 ItemQuantityChanged.2 {"item":"missing","quantity":1}
	 3 CartOpened.2 {"owner":"issuer|me"}
	 4 CartOpened.2 {"owner":"issuer|you"}
	 5 CartClosed.2 {"lines":[{"item":"x","quantity":1}]}
	 6 CartClosed.2 {"lines":[]}
	 7 ItemAdded.2 {"item":"late","quantity":1}
	 8 CartOpened.2 {"owner":"issuer|you"}
	 9 ItemRemoved.2 {"item":"early"}`,
	// only a closing
	`1 CartClosed.2 {"lines":[]}`,
	``,
}

// foldCorpus folds one stream of the corpus: lines of day (0: no time), type and
// schema, and payload.
func foldCorpus(t *testing.T, text string) cart.State {
	t.Helper()
	s := cart.Aggregate{}.Initial()
	for line := range strings.Lines(text) {
		var day, schema int
		words := strings.SplitN(strings.TrimSpace(line), " ", 3)
		require.Len(t, words, 3, line)
		eventType, digits, ok := strings.Cut(words[1], ".")
		require.True(t, ok, line)
		_, err := fmt.Sscan(words[0]+" "+digits, &day, &schema)
		require.NoError(t, err, line)
		e := stored(eventType, schema, words[2])
		e.Time = time.Time{}
		if day > 0 {
			e.Time = monday.AddDate(0, 0, day)
		}
		s, err = cart.Aggregate{}.Apply(s, e)
		require.NoError(t, err, line)
	}
	return s
}

func TestAFoldThatChangesNeedsANewSnapshotSchema(t *testing.T) {
	t.Parallel()
	var fresh strings.Builder
	for _, text := range corpus {
		fresh.Write(cart.Aggregate{}.AppendSnapshot(nil, foldCorpus(t, text)))
		fresh.WriteByte('\n')
	}
	name := fmt.Sprintf("fold.%d.golden", cart.Aggregate{}.SnapshotSchema())
	want := golden(t, name, []byte(fresh.String()))
	assert.Equal(t, string(want), fresh.String(),
		"the fold or the snapshot's form changed: snapshots in stores are wrong now; count SnapshotSchema up and run with -update")
}

func TestSnapshotsOfTheCorpusReadBack(t *testing.T) {
	t.Parallel()
	for i, text := range corpus {
		t.Run(fmt.Sprintf("stream %d", i+1), func(t *testing.T) {
			t.Parallel()
			want := foldCorpus(t, text)
			got, err := cart.Aggregate{}.ReadSnapshot(string(cart.Aggregate{}.AppendSnapshot(nil, want)))
			require.NoError(t, err)
			assert.Equal(t, want, got)
		})
	}
}

func TestASnapshotOfTenPricedLinesIsSmall(t *testing.T) {
	t.Parallel()
	s := fold(at{monday, cart.CartOpened{Owner: repeat("x", 36)}})
	for i := range 10 {
		s = cart.Aggregate{}.Evolve(s, cart.ItemAdded{Item: fmt.Sprintf("an item of 20 bytes%d", i), Quantity: 2, UnitPrice: euro(499)}, friday)
	}
	// Together with 64 remembered commands of 24 bytes and the event's envelope it
	// has to fit 3 KB, which is 3 write units.
	assert.Less(t, len(cart.Aggregate{}.AppendSnapshot(nil, s)), 520)
}

func TestBrokenSnapshotsAreCorrupt(t *testing.T) {
	t.Parallel()
	for _, data := range []string{
		``, `null`, `[]`, `{`, `{} ` + `x`, `{"status":"open"}`, `{"status":3}`, `{"status":-1,"lines":7}`, `{"lines":[1]}`, `{"lines":[["tea"]]}`,
		`{"lines":[["tea",1,2]]}`, `{"lines":[["tea",1,2,"EUR",5]]}`, `{"lines":[[1,"tea"]]}`, `{"opened":"x"}`, `{"owner":null}`,
	} {
		_, err := cart.Aggregate{}.ReadSnapshot(data)
		var corrupt *ports.CorruptError
		assert.ErrorAs(t, err, &corrupt, data)
	}
}
