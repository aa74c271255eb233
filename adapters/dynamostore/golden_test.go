package dynamostore_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/dynamostore"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

var update = flag.Bool("update", false, "write golden files that are not there yet; those that are never change")

// golden returns an item under testdata, in DynamoDB's JSON. Stored forms outlive
// code, so -update adds files and changes none.
func golden(t testing.TB, name string, fresh []byte) []byte {
	t.Helper()
	path := filepath.Join("testdata", name+".json")
	content, err := os.ReadFile(path)
	if os.IsNotExist(err) && *update && fresh != nil {
		content = fresh
		require.NoError(t, os.WriteFile(path, content, 0o644))
		err = nil
	}
	require.NoError(t, err, "to add a form that is new: go test ./adapters/dynamostore -update")
	return content
}

// pretty returns JSON with sorted keys, an attribute a line.
func pretty(t *testing.T, v any) []byte {
	t.Helper()
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	require.NoError(t, encoder.Encode(v))
	return text.Bytes()
}

// request is the part of a write's body that says what is stored.
type request struct {
	Item                map[string]map[string]any
	ConditionExpression string
	TransactItems       []struct {
		Put *struct {
			Item                map[string]map[string]any
			ConditionExpression string
		}
	}
}

// items returns the items that a write stores, without the marks of checkpoints,
// which differ each time.
func (r *request) items(t *testing.T) []map[string]map[string]any {
	t.Helper()
	items := []map[string]map[string]any{r.Item}
	if r.Item == nil {
		items = nil
		for _, one := range r.TransactItems {
			items = append(items, one.Put.Item)
		}
	}
	for _, item := range items {
		if mark, ok := item["Mark"]; ok {
			encoded, _ := mark["B"].(string)
			b, err := base64.StdEncoding.DecodeString(encoded)
			require.NoError(t, err)
			assert.Len(t, b, 8)
			delete(item, "Mark")
		}
	}
	return items
}

// written returns what the writes of act store.
func written(t *testing.T, act func(a answers) error) []request {
	t.Helper()
	var requests []request
	require.NoError(t, act(func(_, body string) (int, string) {
		var r request
		assert.NoError(t, json.Unmarshal([]byte(body), &r))
		requests = append(requests, r)
		return 200, `{}`
	}))
	return requests
}

// stored answers each read with items.
func stored(items ...[]byte) answers {
	return func(operation, _ string) (int, string) {
		list := make([]json.RawMessage, len(items))
		for i := range items {
			list[i] = items[i]
		}
		all, err := json.Marshal(list)
		if err != nil {
			return 500, err.Error()
		}
		switch operation {
		case "GetItem":
			return 200, `{"Item":` + string(items[0]) + `}`
		case "BatchGetItem":
			return 200, `{"Responses":{"shop-views":` + string(all) + `}}`
		}
		return 200, `{"Items":` + string(all) + `}`
	}
}

func eventsBy(a answers) *dynamostore.EventStore {
	return dynamostore.NewEventStore(answeredBy(a), dynamostore.EventStoreOptions{Prefix: "shop"})
}

func viewsBy(a answers) *dynamostore.Views { return dynamostore.NewViews(answeredBy(a), "shop") }

// asOfVersion2 is where golden commits go on.
func asOfVersion2() ports.Head {
	return ports.NewHead(porttest.Stream(1), 2, ports.Hash{1, 2, 3}, time.Time{})
}

func TestItemsOfEventsTables(t *testing.T) {
	t.Parallel()
	for name, commit := range map[string]ports.Commit{
		"event-item":                porttest.Commit(asOfVersion2(), "command-1", 2),
		"event-item-snapshot":       porttest.WithSnapshot(porttest.Commit(asOfVersion2(), "command-1", 1), 3),
		"event-item-older-restored": porttest.OlderCommit(asOfVersion2()),
	} {
		t.Run(name+" is written and read for good", func(t *testing.T) {
			t.Parallel()
			puts := written(t, func(a answers) error {
				_, err := eventsBy(a).Append(t.Context(), asOfVersion2(), commit)
				return err
			})
			require.Len(t, puts, 1)
			assert.Equal(t, "attribute_not_exists(Version)", puts[0].ConditionExpression)
			fresh := pretty(t, puts[0].Item)
			kept := golden(t, name, fresh)
			assert.Equal(t, string(kept), string(fresh))
			readsAs(t, kept, commit)
		})
	}
	t.Run("the older form is read for good", func(t *testing.T) {
		t.Parallel()
		const id = "8f0c2f5e-7d1b-4c55-9a8e-0d5f6a7b8c9d"
		stream := ports.StreamID{Category: "cart", ID: id}
		readsAs(t, golden(t, "event-item-older", nil), ports.Commit{Stream: stream, First: 2, Last: 2, Events: []ports.Event{{
			ID: "51de0d3e-90a4-4b0f-8f7e-6f1f6f0a4c11", Stream: stream, Version: 2, Type: "ItemAdded", Schema: 1,
			Data: `{"item_name":"Apple & <pear>","shopping_cart_uuid":"` + id + `"}`,
		}}})
	})
}

// readsAs judges an item as the store and as the relay read it.
func readsAs(t *testing.T, item []byte, want ports.Commit) {
	t.Helper()
	loaded, err := eventsBy(stored(item)).Load(t.Context(), want.Stream, 0)
	require.NoError(t, err)
	assert.Equal(t, []ports.Commit{want}, loaded.Commits)
	record := events.DynamoDBEventRecord{
		EventName: "INSERT", EventSourceArn: "arn:aws:dynamodb:eu-central-1:123456789012:table/shop-cart-events/stream/2026-01-01T00:00:00.000",
	}
	require.NoError(t, json.Unmarshal(item, &record.Change.NewImage))
	change, err := dynamostore.DecodeLambdaRecord("shop", &record)
	require.NoError(t, err)
	assert.Equal(t, want, change)
}

// spoiled returns copies of an item, in each of which the attribute that names it
// is of a kind that none has.
func spoiled(t *testing.T, item []byte) map[string][]byte {
	t.Helper()
	var whole map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(item, &whole))
	copies := map[string][]byte{}
	for attribute, was := range whole {
		whole[attribute] = json.RawMessage(`{"NULL":true}`)
		copies[attribute] = pretty(t, whole)
		whole[attribute] = was
	}
	return copies
}

func TestAnAttributeOfAnotherKindIsNoCommit(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"event-item", "event-item-snapshot", "event-item-older", "event-item-older-restored"} {
		for attribute, item := range spoiled(t, golden(t, name, nil)) {
			t.Run(name+", "+attribute, func(t *testing.T) {
				t.Parallel()
				_, err := eventsBy(stored(item)).Load(t.Context(), porttest.Stream(1), 0)
				var corrupt *ports.CorruptError
				assert.ErrorAs(t, err, &corrupt)
			})
		}
	}
}
