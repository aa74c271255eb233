package player

import (
	"encoding/json"
	"strconv"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func messages(n int) []types.Message {
	all := make([]types.Message, n)
	for i := range all {
		all[i] = types.Message{MessageId: aws.String("m" + strconv.Itoa(i)), ReceiptHandle: aws.String("r" + strconv.Itoa(i)), Body: aws.String("{}")}
	}
	return all
}

func TestTheAnswerToAQueuesBatch(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer string
		want   []string // receipts of the messages that are deleted
	}{
		"success deletes all":                          {`{"batchItemFailures": []}`, []string{"r0", "r1", "r2"}},
		"what failed stays, and nothing else":          {`{"batchItemFailures": [{"itemIdentifier": "m1"}]}`, []string{"r0", "r2"}},
		"a message that is none of it keeps all":       {`{"batchItemFailures": [{"itemIdentifier": "m9"}]}`, nil},
		"an empty identifier keeps all":                {`{"batchItemFailures": [{"itemIdentifier": ""}]}`, nil},
		"an answer that cannot be read keeps all":      {`[`, nil},
		"where all failed nothing is left to delete":   {`{"batchItemFailures": [{"itemIdentifier": "m0"}, {"itemIdentifier": "m1"}, {"itemIdentifier": "m2"}]}`, nil},
		"an answer without a list deletes all of them": {`null`, []string{"r0", "r1", "r2"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, entry := range handledMessages([]byte(c.answer), messages(3)) {
				got = append(got, *entry.ReceiptHandle)
			}
			assert.Equal(t, c.want, got)
		})
	}
}

func TestTheEventOfAQueue(t *testing.T) {
	t.Parallel()
	sent := messages(1)
	sent[0].Attributes = map[string]string{"MessageGroupId": "cart/1", "SequenceNumber": "7"}
	sent[0].MessageAttributes = map[string]types.MessageAttributeValue{"target": {DataType: aws.String("String"), StringValue: aws.String("carts.2")}}
	payload, err := (&queueMapping{name: "shop-replay-carts.fifo"}).event(sent)
	require.NoError(t, err)
	var event struct{ Records []map[string]any }
	require.NoError(t, json.Unmarshal(payload, &event))
	require.Len(t, event.Records, 1)
	r := event.Records[0]
	assert.Equal(t, "aws:sqs", r["eventSource"])
	assert.Equal(t, "m0", r["messageId"])
	assert.Equal(t, "arn:aws:sqs:eu-central-1:000000000000:shop-replay-carts.fifo", r["eventSourceARN"])
	assert.Equal(t, map[string]any{"MessageGroupId": "cart/1", "SequenceNumber": "7"}, r["attributes"])
	assert.Equal(t, "carts.2", r["messageAttributes"].(map[string]any)["target"].(map[string]any)["stringValue"])
}
