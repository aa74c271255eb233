package simulation_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	deduplication = 5 * time.Minute // how long SQS FIFO knows a deduplication ID
	visibility    = 6 * time.Minute // how long a message that was received is hidden
)

// queue is an SQS FIFO queue and the mapping that hands its messages to a function:
// while a message of a group is out, no other of that group is. One that was received
// too often goes to the dead letters, and the next of its group is handed over.
type queue struct {
	w        *world
	function *function
	receives int // the most that a message is
	messages []*message
	dead     []*message           // where an operator looks
	known    map[string]time.Time // deduplication IDs
	sent     int
	out      int // invocations
	due      bool
}

type message struct {
	id, body, group string
	attributes      map[string]json.RawMessage
	deduplication   string
	sequence        int
	sent            time.Time
	hidden          time.Time // until when
	received        int
}

// queues answers SQS's requests.
func (a *account) queues(operation string, body []byte) (int, any) {
	var in struct {
		QueueName, QueueUrl string //nolint:revive // SQS's names
		Entries             []queueEntry
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return invalid(err)
	}
	switch operation {
	case "GetQueueUrl":
		return http.StatusOK, map[string]string{"QueueUrl": "http://sqs.invalid/1/" + in.QueueName}
	case "GetQueueAttributes":
		return http.StatusOK, map[string]any{"Attributes": a.queue(in.QueueUrl).count()}
	case "SendMessageBatch":
		return http.StatusOK, a.queue(in.QueueUrl).send(in.Entries)
	}
	return invalid(fmt.Errorf("unknown operation %s", operation))
}

func (a *account) queue(url string) *queue {
	if strings.HasSuffix(url, "-replay-carts.fifo") {
		return a.cartsQueue
	}
	return a.relatedQueue
}

// count counts the messages, those that are out too.
func (q *queue) count() map[string]string {
	hidden := 0
	for _, m := range q.messages {
		if m.hidden.After(time.Now()) {
			hidden++
		}
	}
	return map[string]string{
		"ApproximateNumberOfMessages": strconv.Itoa(len(q.messages) - hidden), "ApproximateNumberOfMessagesNotVisible": strconv.Itoa(hidden),
		"ApproximateNumberOfMessagesDelayed": "0",
	}
}

type queueEntry struct {
	ID                     string `json:"Id"`
	MessageBody            string
	MessageGroupID         string `json:"MessageGroupId"`
	MessageDeduplicationID string `json:"MessageDeduplicationId"`
	MessageAttributes      map[string]json.RawMessage
}

func (q *queue) send(entries []queueEntry) any {
	successful, failed := []map[string]any{}, []map[string]any{}
	for _, e := range entries {
		if q.w.plan.hits(q.w, q.w.plan.partial, "sqs: failed message") {
			failed = append(failed, map[string]any{"Id": e.ID, "Code": "InternalError", "Message": "simulated", "SenderFault": false})
			continue
		}
		successful = append(successful, map[string]any{"Id": e.ID, "MessageId": e.MessageDeduplicationID, "MD5OfMessageBody": ""})
		if at, known := q.known[e.MessageDeduplicationID]; known && time.Since(at) < deduplication {
			q.w.plan.count("sqs: message deduplicated")
			continue
		}
		q.sent++
		q.known[e.MessageDeduplicationID] = time.Now()
		q.messages = append(q.messages, &message{
			id: fmt.Sprintf("message-%d", q.sent), body: e.MessageBody, group: e.MessageGroupID, attributes: e.MessageAttributes,
			deduplication: e.MessageDeduplicationID, sequence: q.sent, sent: time.Now(),
		})
	}
	q.wake(q.w.between(time.Millisecond, 200*time.Millisecond))
	return map[string]any{"Successful": successful, "Failed": failed}
}

// wake has the mapping look for messages.
func (q *queue) wake(after time.Duration) {
	if !q.due {
		q.due = true
		q.w.at(after, func() { q.due = false; q.look() })
	}
}

// look hands some visible messages to the function, at most three batches at the
// same time.
func (q *queue) look() {
	if len(q.messages) == 0 {
		return
	}
	defer q.wake(q.w.between(50*time.Millisecond, time.Second))
	if q.out == 3 {
		return
	}
	q.giveUp()
	stopped := map[string]bool{}
	var batch []*message
	for _, m := range q.messages {
		if m.hidden.After(time.Now()) {
			stopped[m.group] = true
		}
		if !stopped[m.group] && len(batch) < 10 && !q.w.chance(0.1) {
			batch = append(batch, m)
			continue
		}
		stopped[m.group] = true // the order of a group is kept
	}
	if len(batch) == 0 {
		return
	}
	q.hand(batch)
}

// giveUp moves visible messages that were received too often to the dead letters.
func (q *queue) giveUp() {
	q.messages = slices.DeleteFunc(q.messages, func(m *message) bool {
		dead := m.received >= q.receives && !m.hidden.After(time.Now())
		if dead {
			q.w.plan.count("sqs: message to the dead letters")
			q.dead = append(q.dead, m)
		}
		return dead
	})
}

// redrive has an operator send the dead letters to the queue again.
func (q *queue) redrive() {
	for _, m := range q.dead {
		q.w.plan.count("operator: dead letter redriven")
		m.received, m.hidden = 0, time.Time{}
	}
	q.messages, q.dead = append(q.messages, q.dead...), nil
	q.wake(time.Second)
}

func (q *queue) hand(batch []*message) {
	q.out++
	records := make([]any, len(batch))
	for i, m := range batch {
		m.hidden = time.Now().Add(visibility)
		m.received++
		records[i] = m.record()
	}
	payload, err := json.Marshal(map[string]any{"Records": records})
	if err != nil {
		panic(err) // of texts
	}
	q.function.invoke(payload, func(answer []byte, err error) {
		q.out--
		q.judge(batch, answer, err)
		q.wake(q.w.between(time.Millisecond, 100*time.Millisecond))
	})
}

func (m *message) record() any {
	attributes := map[string]any{}
	for name, text := range m.attributes {
		var value struct{ StringValue, DataType string }
		_ = json.Unmarshal(text, &value) // the SDK wrote it
		attributes[name] = map[string]string{"stringValue": value.StringValue, "dataType": value.DataType}
	}
	return map[string]any{
		"messageId": m.id, "receiptHandle": m.id, "body": m.body, "messageAttributes": attributes, "eventSource": "aws:sqs",
		"eventSourceARN": "arn:aws:sqs:" + accountARN + ":" + prefix + "-replay.fifo", "awsRegion": "eu-central-1",
		"attributes": map[string]string{
			"MessageGroupId": m.group, "MessageDeduplicationId": m.deduplication, "SequenceNumber": fmt.Sprintf("%020d", m.sequence),
			"SentTimestamp": strconv.FormatInt(m.sent.UnixMilli(), 10), "ApproximateReceiveCount": strconv.Itoa(m.received),
		},
	}
}

// judge deletes what was handled; the rest is seen again, some of it soon and some
// when it is no longer hidden.
func (q *queue) judge(batch []*message, answer []byte, err error) {
	var a struct {
		BatchItemFailures []struct {
			ItemIdentifier string `json:"itemIdentifier"`
		} `json:"batchItemFailures"`
	}
	if err == nil {
		err = json.Unmarshal(answer, &a)
	}
	failed := map[string]bool{}
	for _, f := range a.BatchItemFailures {
		failed[f.ItemIdentifier] = true
	}
	soon := q.w.chance(0.5)
	for _, m := range batch {
		switch {
		case err == nil && !failed[m.id] && !q.w.plan.hits(q.w, q.w.plan.duplicate, "sqs: message not deleted"):
			q.remove(m)
		case soon:
			m.hidden = time.Now()
		}
	}
}

func (q *queue) remove(m *message) {
	for i := range q.messages {
		if q.messages[i] == m {
			q.messages = append(q.messages[:i:i], q.messages[i+1:]...)
			return
		}
	}
}
