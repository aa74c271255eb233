package dynamostore_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
)

// batchRead is a BatchGetItem's body.
type batchRead struct {
	RequestItems map[string]struct {
		Keys           []map[string]map[string]string
		ConsistentRead bool
	}
}

// half processes the first so many keys of each BatchGetItem, and gives the rest
// back.
func half(t *testing.T, n *counted, processed int) answers {
	t.Helper()
	return func(operation, body string) (int, string) {
		n.add(operation)
		var asked batchRead
		assert.NoError(t, json.Unmarshal([]byte(body), &asked))
		of := asked.RequestItems["shop-views"]
		assert.True(t, of.ConsistentRead)
		assert.LessOrEqual(t, len(of.Keys), 100)
		done := min(processed, len(of.Keys))
		for _, key := range of.Keys[:done] {
			key["V"] = map[string]string{"B": "AA=="}
		}
		answer := map[string]any{"Responses": map[string]any{"shop-views": of.Keys[:done]}}
		if done < len(of.Keys) {
			answer["UnprocessedKeys"] = map[string]any{"shop-views": map[string]any{"Keys": of.Keys[done:], "ConsistentRead": true}}
		}
		out, err := json.Marshal(answer)
		assert.NoError(t, err)
		return 200, string(out)
	}
}

func keys(n int) []ports.RowKey {
	keys := make([]ports.RowKey, n)
	for i := range keys {
		keys[i] = ports.RowKey{Partition: "p", Sort: fmt.Sprintf("%03d", i)}
	}
	return keys
}

// leftUndone is the answer to a deletion of the item "a" of the quarantine that was
// not carried out.
const leftUndone = `{"UnprocessedItems":{"shop-views":[{"DeleteRequest":{"Key":{"P":{"S":"q"},"S":{"S":"a"}}}}]}}`

func TestWhatABatchLeavesUnprocessed(t *testing.T) {
	t.Parallel()
	t.Run("is asked again until all is there", func(t *testing.T) {
		t.Parallel()
		var n counted
		rows, err := viewsBy(half(t, &n, 40)).Rows(t.Context(), goldenTarget, keys(150))
		require.NoError(t, err)
		got := map[string]bool{}
		for _, row := range rows {
			got[row.Sort] = true
		}
		assert.Len(t, got, 150)
		assert.Equal(t, 5, n.of(t, "BatchGetItem"), "40, 40, 20 of the first 100; 40, 10 of the rest")
	})
	t.Run("is given up where nothing is processed, time after time", func(t *testing.T) {
		t.Parallel()
		var n counted
		_, err := viewsBy(half(t, &n, 0)).Rows(t.Context(), goldenTarget, keys(2))
		assert.ErrorIs(t, err, ports.ErrUnavailable)
		assert.Equal(t, 8, n.of(t, "BatchGetItem"))
	})
	t.Run("of deletions is asked again until all is gone", func(t *testing.T) {
		t.Parallel()
		var n counted
		var asked []string
		views := viewsBy(func(operation, body string) (int, string) {
			switch {
			case operation == "Query":
				return 200, `{"Items":[{"P":{"S":"q#a"},"S":{"S":"0000"}}]}`
			case n.add(operation) == 1:
				asked = append(asked, body)
				return 200, leftUndone
			}
			asked = append(asked, body)
			return 200, `{}`
		})
		require.NoError(t, views.RemoveQuarantined(t.Context(), "a"))
		require.Len(t, asked, 3, "the item twice, then its pieces")
		assert.JSONEq(t, asked[0], asked[1])
		assert.Contains(t, asked[2], `"q#a"`)
	})
	t.Run("of deletions is given up where nothing goes, time after time", func(t *testing.T) {
		t.Parallel()
		var n counted
		views := viewsBy(func(operation, _ string) (int, string) {
			n.add(operation)
			return 200, leftUndone
		})
		assert.ErrorIs(t, views.RemoveQuarantined(t.Context(), "a"), ports.ErrUnavailable)
		assert.Equal(t, 8, n.of(t, "BatchWriteItem"))
		assert.Zero(t, n.of(t, "Query"), "no piece goes before its item")
	})
}
