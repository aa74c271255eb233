package dynamostore_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/dynamostore"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

func TestScanOfWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	client, prefix := newClient(t), newPrefix()
	require.NoError(t, dynamostore.CreateEventsTable(t.Context(), client, prefix, "cart"))
	store := dynamostore.NewEventStore(client, dynamostore.EventStoreOptions{Prefix: prefix})
	_, err := porttest.Fill(t.Context(), store, porttest.Stream(1), porttest.Step{Events: 2}, porttest.Step{Events: 1})
	require.NoError(t, err)
	table := dynamostore.EventsTable(prefix, "cart")
	for version, with := range map[string]dynamostore.Item{
		"4": {"Format": &types.AttributeValueMemberN{Value: "3"}},
		"5": {"Name": &types.AttributeValueMemberS{Value: "no event"}},
	} {
		with["AggregateUuid"] = &types.AttributeValueMemberS{Value: porttest.Stream(1).ID}
		with["Version"] = &types.AttributeValueMemberN{Value: version}
		_, err := client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: with})
		require.NoError(t, err)
	}
	_, err = porttest.Fill(t.Context(), store, porttest.Stream(2), porttest.Step{}, porttest.Step{Events: 3})
	require.NoError(t, err)

	read, unread := map[ports.StreamID]int{}, map[ports.Version]error{}
	for commit, err := range store.Scan(t.Context(), "cart") {
		if err != nil {
			assert.Equal(t, porttest.Stream(1), commit.Stream)
			unread[commit.First] = err
			continue
		}
		read[commit.Stream]++
	}
	t.Run("goes on past it", func(t *testing.T) {
		t.Parallel()
		assert.Equal(t, map[ports.StreamID]int{porttest.Stream(1): 2, porttest.Stream(2): 2}, read)
		assert.Len(t, unread, 2)
	})
	t.Run("tells what is of a newer form from what is broken", func(t *testing.T) {
		t.Parallel()
		var format *ports.FormatError
		assert.ErrorAs(t, unread[4], &format)
		var corrupt *ports.CorruptError
		assert.ErrorAs(t, unread[5], &corrupt)
	})
	t.Run("is an error to whoever loads or reads its stream, not a stream that ends before it", func(t *testing.T) {
		t.Parallel()
		var corrupt *ports.CorruptError
		var format *ports.FormatError
		_, err := store.Load(t.Context(), porttest.Stream(1), 0)
		assert.ErrorAs(t, err, &corrupt, "the newest")
		_, err = store.LoadAt(t.Context(), porttest.Stream(1), 4, 0)
		assert.ErrorAs(t, err, &format)
		n := 0
		for _, last := range store.Read(t.Context(), porttest.Stream(1), 1, 9) {
			if err = last; err == nil {
				n++
			}
		}
		assert.ErrorAs(t, err, &format)
		assert.Equal(t, 3, n, "what stands before it")
	})
}

func TestScanHoldsToItsRate(t *testing.T) {
	t.Parallel()
	// Three pages of 100 units each.
	pages := func(t *testing.T) answers {
		t.Helper()
		var n counted
		return func(operation, body string) (int, string) {
			page := n.add(operation)
			assert.Equal(t, page > 1, strings.Contains(body, "ExclusiveStartKey"))
			cost := `{"Items":[],"ConsumedCapacity":{"TableName":"shop-cart-events","CapacityUnits":100}`
			if page < 3 {
				cost += `,"LastEvaluatedKey":{"AggregateUuid":{"S":"a"},"Version":{"N":"1"}}`
			}
			return 200, cost + `}`
		}
	}
	scan := func(ctx context.Context, t *testing.T, units int) error {
		t.Helper()
		store := dynamostore.NewEventStore(answeredBy(pages(t)), dynamostore.EventStoreOptions{Prefix: "shop", ScanUnits: units})
		var last error
		for _, err := range store.Scan(ctx, "cart") {
			last = err
		}
		return last
	}
	t.Run("it waits for the units of each page but the last", func(t *testing.T) {
		t.Parallel()
		begun := time.Now()
		require.NoError(t, scan(t.Context(), t, 1000))
		assert.GreaterOrEqual(t, time.Since(begun), 200*time.Millisecond)
	})
	t.Run("it stops waiting when its caller gives up", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		assert.ErrorIs(t, scan(ctx, t, 1), context.DeadlineExceeded)
	})
}
