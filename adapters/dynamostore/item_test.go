package dynamostore_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/dynamostore"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

const olderID = "8f0c2f5e-7d1b-4c55-9a8e-0d5f6a7b8c9d"

// olderItem is an item in the older form: one event an item.
func olderItem(version, event, name string, data map[string]types.AttributeValue) dynamostore.Item {
	data["shopping_cart_uuid"] = &types.AttributeValueMemberS{Value: olderID}
	return dynamostore.Item{
		"AggregateUuid": &types.AttributeValueMemberS{Value: olderID}, "Version": &types.AttributeValueMemberN{Value: version},
		"EventUuid": &types.AttributeValueMemberS{Value: event}, "Name": &types.AttributeValueMemberS{Value: name},
		"Data": &types.AttributeValueMemberM{Value: data},
	}
}

func named(item string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"item_name": &types.AttributeValueMemberS{Value: item}}
}

// older is a shop over a table that holds a cart in the older form.
func older(t *testing.T) (*priced, *dynamodb.Client, string) {
	t.Helper()
	p := &priced{t: t, bill: &bill{calls: map[string]int{}}}
	client, prefix := newClient(t), newPrefix()
	require.NoError(t, dynamostore.CreateEventsTable(t.Context(), client, prefix, cart.Category))
	p.store = dynamostore.NewEventStore(client, dynamostore.EventStoreOptions{Prefix: prefix})
	table := dynamostore.EventsTable(prefix, cart.Category)
	for _, item := range []dynamostore.Item{
		olderItem("1", "e-1", "CartOpened", map[string]types.AttributeValue{}),
		olderItem("2", "e-2", "ItemAdded", named("Apple")),
		olderItem("3", "e-3", "ItemAdded", named("Apple")),
	} {
		_, err := client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: item})
		require.NoError(t, err)
	}
	return p, client, table
}

func TestItemsInTheOlderForm(t *testing.T) {
	t.Parallel()
	t.Run("are read, and the same item added twice adds quantity", func(t *testing.T) {
		t.Parallel()
		p, _, _ := older(t)
		q := app.NewQueries(cart.Aggregate{}, ports.EventStore(p.store), "/test")
		got, err := q.Now(t.Context(), es.Caller{}, olderID)
		require.NoError(t, err)
		assert.Equal(t, []cart.Line{{Item: "Apple", Quantity: 2}}, got.State.Lines)
		assert.Equal(t, ports.Version(3), got.Version)
		past, err := q.At(t.Context(), es.Caller{}, olderID, 2)
		require.NoError(t, err)
		assert.Equal(t, 1, past.State.Lines[0].Quantity)
		events, _, err := q.History(t.Context(), es.Caller{}, olderID, 1, 1)
		require.NoError(t, err)
		assert.Equal(t, `{"item_name":"Apple","shopping_cart_uuid":"`+olderID+`"}`, events[0].Data, "keys are sorted")
	})
	t.Run("are appended after, and the chain begins behind them", func(t *testing.T) {
		t.Parallel()
		p, _, _ := older(t)
		p.send(p.process(0), olderID, cart.AddItem{Item: "tea", Quantity: 1})
		loaded, err := p.store.Load(t.Context(), ports.StreamID{Category: cart.Category, ID: olderID}, 0)
		require.NoError(t, err)
		require.Len(t, loaded.Commits, 4)
		last := &loaded.Commits[3]
		assert.Equal(t, es.CommitHash(ports.Hash{}, last), last.Hash)
		assert.False(t, last.Events[0].Time.IsZero())
	})
	t.Run("stand in an append's way like any other", func(t *testing.T) {
		t.Parallel()
		p, _, _ := older(t)
		stream := ports.StreamID{Category: cart.Category, ID: olderID}
		loaded, err := p.store.Load(t.Context(), ports.StreamID{Category: cart.Category, ID: "another"}, 0)
		require.NoError(t, err)
		commit := porttest.Commit(loaded.Head, "c", 1)
		head := ports.NewHead(stream, 1, ports.Hash{}, commit.Events[0].Time)
		commit = porttest.Commit(head, "c", 1)
		_, err = p.store.Append(t.Context(), head, commit)
		var conflict *ports.ConflictError
		require.ErrorAs(t, err, &conflict)
		assert.True(t, conflict.Commit.Older())
	})
}

func TestWhatIsNoCommit(t *testing.T) {
	t.Parallel()
	_, client, table := older(t)
	out, err := client.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &table, Key: dynamostore.Item{
		"AggregateUuid": &types.AttributeValueMemberS{Value: olderID}, "Version": &types.AttributeValueMemberN{Value: "2"},
	}})
	require.NoError(t, err)
	spoiled := func(name string, v types.AttributeValue) dynamostore.Item {
		item := dynamostore.Item{}
		for k, old := range out.Item {
			item[k] = old
		}
		item[name] = v
		return item
	}
	var format *ports.FormatError
	_, err = dynamostore.DecodeCommit("cart", spoiled("Format", &types.AttributeValueMemberN{Value: "3"}))
	require.ErrorAs(t, err, &format)
	assert.Equal(t, []string{"format 3", "format 2"}, []string{format.Got, format.Want})
	assert.Contains(t, format.What, olderID)
	for name, item := range map[string]dynamostore.Item{
		"no data":             spoiled("Data", &types.AttributeValueMemberS{Value: "x"}),
		"no name":             spoiled("Name", &types.AttributeValueMemberN{Value: "1"}),
		"a name that is none": spoiled("Name", &types.AttributeValueMemberS{Value: "item added"}),
		"a format in words":   spoiled("Format", &types.AttributeValueMemberS{Value: "2"}),
		"nothing of ours":     spoiled("Format", &types.AttributeValueMemberN{Value: "2"}),
		"no version":          spoiled("Version", &types.AttributeValueMemberN{Value: "1.5"}),
		"nothing at all":      {},
	} {
		var corrupt *ports.CorruptError
		_, err := dynamostore.DecodeCommit("cart", item)
		assert.ErrorAs(t, err, &corrupt, name)
	}
}
