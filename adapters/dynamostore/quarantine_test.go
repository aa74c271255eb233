package dynamostore_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
)

func TestQuarantineOfLargeRecords(t *testing.T) {
	t.Parallel()
	const pieces = 35 // of 300 KiB: a Kinesis record of 10 MiB
	var payload []byte
	for line := 0; len(payload) < pieces*300<<10; line++ { // no two pieces are the same
		payload = fmt.Appendf(payload, "%09d\n", line)
	}
	record := ports.Quarantined{
		Consumer: "carts", Shard: "s", Position: "1", Reason: strings.Repeat("x", 2000), Payload: payload, At: instant(1),
	}
	small := ports.Quarantined{Consumer: "carts", Shard: "s", Position: "2", Payload: []byte("p"), At: instant(2)}
	views := newViews(t)
	for range 2 { // the same record delivered again
		require.NoError(t, views.PutQuarantined(t.Context(), record))
		require.NoError(t, views.PutQuarantined(t.Context(), small))
	}
	listed, err := views.ListQuarantined(t.Context(), "", 10)
	require.NoError(t, err)
	require.Len(t, listed, 2, "pieces are no records")
	assert.True(t, bytes.Equal(record.Payload, listed[0].Payload), "the payload is whole, its pieces in their order")
	record.Payload, listed[0].Payload = nil, nil
	assert.Equal(t, record, listed[0])
	assert.Equal(t, small, listed[1])
	require.NoError(t, views.RemoveQuarantined(t.Context(), record.ID()))
	listed, err = views.ListQuarantined(t.Context(), "", 10)
	require.NoError(t, err)
	assert.Equal(t, []ports.Quarantined{small}, listed)
}

func TestKeysOfTheirPieces(t *testing.T) {
	t.Parallel()
	puts := written(t, func(a answers) error {
		return viewsBy(a).PutQuarantined(t.Context(), ports.Quarantined{Consumer: "carts", Shard: "s", Position: "1", Payload: make([]byte, 300<<10+1)})
	})
	require.Len(t, puts, 3, "the pieces go before what counts them")
	for n, key := range [][2]string{{"q#carts.s.1", "0000"}, {"q#carts.s.1", "0001"}, {"q", "carts.s.1"}} {
		assert.Equal(t, key[0], puts[n].Item["P"]["S"])
		assert.Equal(t, key[1], puts[n].Item["S"]["S"])
	}
	assert.Equal(t, map[string]any{"N": "2"}, puts[2].Item["Pieces"])
}

func TestQuarantinedRecordThatLacksAPiece(t *testing.T) {
	t.Parallel()
	views := viewsBy(func(_, body string) (int, string) {
		if strings.Contains(body, `"q#a"`) {
			return 200, `{"Items":[{"P":{"S":"q#a"},"S":{"S":"0001"},"Payload":{"B":"AA=="}}]}`
		}
		return 200, `{"Items":[{"P":{"S":"q"},"S":{"S":"a"},"Pieces":{"N":"2"}}]}`
	})
	_, err := views.ListQuarantined(t.Context(), "", 10)
	var corrupt *ports.CorruptError
	require.ErrorAs(t, err, &corrupt)
	assert.Contains(t, corrupt.What, `"a"`)
}
