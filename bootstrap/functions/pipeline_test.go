package functions_test

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
)

// TestThePipelineOnRealServers plays a shopper's day through the built functions:
// API Gateway's events in front, and behind them the table's stream, the feed, the
// archive, the views and the topic.
func TestThePipelineOnRealServers(t *testing.T) {
	t.Parallel()
	d := deploy(t, nil)
	told := d.subscribe(t)

	ada := d.open(t, "ada")
	d.add(t, "ada", ada, "Tea")
	d.add(t, "ada", ada, "Milk")
	status, _ := d.send(t, request{program: "change-item-quantity", method: "PATCH", path: "/carts/" + ada + "/items", body: `{"item": "Tea", "quantity": 3}`, subject: "ada"}, nil)
	require.Equal(t, http.StatusOK, status)
	d.add(t, "ada", ada, "Salt")
	status, _ = d.send(t, request{program: "remove-item", method: "DELETE", path: "/carts/" + ada + "/items", query: "item=Salt", subject: "ada"}, nil)
	require.Equal(t, http.StatusOK, status)
	d.shut(t, "ada", ada)
	other := d.open(t, "ada")
	bobs := d.open(t, "bob")

	t.Run("the carts are in the store, and the events in the archive, all of them", func(t *testing.T) {
		var shown struct {
			Status  string
			Version int
			Lines   []struct {
				Item     string
				Quantity int
			}
		}
		status, _ := d.send(t, request{program: "get-cart", method: "GET", path: "/carts/" + ada, subject: "ada"}, &shown)
		assert.Equal(t, http.StatusOK, status)
		assert.Equal(t, "closed", shown.Status)
		assert.Equal(t, 7, shown.Version)
		assert.Len(t, shown.Lines, 2)
		status, _ = d.send(t, request{program: "get-cart", method: "GET", path: "/carts/" + ada, subject: "bob"}, nil)
		assert.Equal(t, http.StatusNotFound, status, "it is another's")
		d.whole(t, 9)
	})
	t.Run("lists and related items answer from the views", func(t *testing.T) {
		require.Eventually(t, func() bool {
			return d.settled(t, ports.Target{Consumer: "carts", Generation: 1}, map[string]ports.Version{ada: 7, other: 1, bobs: 1}) &&
				d.settled(t, ports.Target{Consumer: "related", Generation: 1}, map[string]ports.Version{ada: 7})
		}, soon, often)
		var listed struct {
			Carts []struct{ ID, Status string }
		}
		status, _ := d.send(t, request{program: "list-carts", method: "GET", path: "/carts", subject: "ada"}, &listed)
		assert.Equal(t, http.StatusOK, status)
		if assert.Len(t, listed.Carts, 2) {
			assert.Equal(t, other, listed.Carts[0].ID, "the one changed last first")
			assert.Equal(t, "closed", listed.Carts[1].Status)
		}
		status, _ = d.send(t, request{program: "list-carts", method: "GET", path: "/carts"}, nil)
		assert.Equal(t, http.StatusUnauthorized, status)
		var related struct {
			Carts   int
			Related []struct {
				Item  string
				Count int
			}
		}
		status, _ = d.send(t, request{program: "related-items", method: "GET", path: "/related", query: "item=Tea"}, &related)
		assert.Equal(t, http.StatusOK, status)
		assert.Equal(t, 1, related.Carts)
		if assert.Len(t, related.Related, 1) {
			assert.Equal(t, "Milk", related.Related[0].Item)
		}
	})
	t.Run("the outside is told of the closed cart, and of nothing else", func(t *testing.T) {
		var first struct{ Type, Subject string }
		require.Eventually(t, func() bool {
			got := told(t)
			return len(got) == 1 && json.Unmarshal(got[0], &first) == nil
		}, soon, often)
		assert.Equal(t, "evercart.cart.CartClosed.v2", first.Type)
		assert.Equal(t, "cart/"+ada, first.Subject)
	})
	t.Run("older callers' direct invocations work on the same carts", func(t *testing.T) {
		assert.Equal(t, `{"event":null}`, d.direct(t, "get-cart", `{"ShoppingCartID": "`+ada+`"}`), "it is closed")
		assert.Equal(t, `{"event":{"uuid":"`+bobs+`","items":[]}}`, d.direct(t, "get-cart", `{"ShoppingCartID": "`+bobs+`"}`), "the operator sees every cart")
		const old = "8f0c0a3e-6d4b-4c55-9d6a-0b6d6f7c1e55"
		assert.Equal(t, `{"event":{"uuid":"`+old+`","items":[]}}`, d.direct(t, "open-cart", `{"ShoppingCartID": "`+old+`"}`))
		assert.Equal(t, `{"event":{"uuid":"`+old+`","items":["Apple"]}}`, d.direct(t, "add-item", `{"ShoppingCartID": "`+old+`", "ItemName": "Apple", "Quantity": 2}`))
		assert.Equal(t, `{"event":null,"error":{"code":"item_already_added","message":"item \"Apple\" is in the cart already"}}`,
			d.direct(t, "add-item", `{"ShoppingCartID": "`+old+`", "ItemName": "Apple"}`))
		assert.Equal(t, `{"event":{"uuid":"`+old+`","items":["Apple","Pear"]}}`, d.direct(t, "add-item", `{"ShoppingCartID": "`+old+`", "ItemName": "Pear"}`))
		assert.Equal(t, `{"event":{"uuid":"`+old+`","items":["Apple","Pear"]}}`, d.direct(t, "change-item-quantity", `{"ShoppingCartID": "`+old+`", "ItemName": "Pear", "Quantity": 5}`))
		assert.Equal(t, `{"event":{"uuid":"`+old+`","items":["Pear"]}}`, d.direct(t, "remove-item", `{"ShoppingCartID": "`+old+`", "ItemName": "Apple"}`))
		assert.Equal(t, `{"event":{"uuid":null,"items":["Pear"]}}`, d.direct(t, "close-cart", `{"ShoppingCartID": "`+old+`"}`))
		assert.Equal(t, `{"event":null}`, d.direct(t, "get-cart", `{"ShoppingCartID": "`+old+`"}`))
		d.whole(t, 15)
	})
	t.Run("no invocation failed, and no record came twice", func(t *testing.T) {
		for _, program := range []string{"relay", "archive", "project-carts", "project-related", "notify"} {
			for _, source := range []string{"aws:dynamodb", "aws:kinesis"} {
				for _, i := range d.invocations(program, source) {
					assert.NoError(t, i.Err, program)
					assert.Equal(t, `{"batchItemFailures":[]}`, string(i.Answer), program)
				}
			}
		}
	})
}

// subscribe lets a queue of its own hear what the topic is told, and returns what
// was heard so far.
func (d *deployed) subscribe(t *testing.T) func(t *testing.T) [][]byte {
	t.Helper()
	name := d.stack.Prefix + "-told"
	made, err := d.queues.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: &name})
	require.NoError(t, err)
	_, err = d.topics.Subscribe(t.Context(), &sns.SubscribeInput{
		TopicArn: awssdk.String(d.stack.NotifyTopic()), Protocol: awssdk.String("sqs"),
		Endpoint: awssdk.String("arn:aws:sqs:eu-central-1:000000000000:" + name), Attributes: map[string]string{"RawMessageDelivery": "true"},
	})
	require.NoError(t, err)
	heard := map[string][]byte{} // by the message's ID
	return func(t *testing.T) [][]byte {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		// A message whose answer is lost comes again soon, and counts once.
		got, err := d.queues.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: made.QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 2})
		if err != nil {
			return nil // nothing is heard just now
		}
		for _, m := range got.Messages {
			heard[awssdk.ToString(m.MessageId)] = []byte(awssdk.ToString(m.Body))
		}
		return slices.Collect(maps.Values(heard))
	}
}
