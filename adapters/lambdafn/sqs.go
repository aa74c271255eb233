package lambdafn

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/ports"
)

// sqs feeds a batch of a FIFO queue. It answers with every message that must come
// again: the failed ones and, since the queue keeps the order of groups, all later
// ones of their groups (Lambda Developer Guide, "Handling errors for an SQS event
// source").
func (c *Consumer) sqs(ctx context.Context, payload []byte) (batchAnswer, error) {
	var event events.SQSEvent
	if err := json.Unmarshal(payload, &event); err != nil {
		return batchAnswer{}, fmt.Errorf("event of SQS: %w", err)
	}
	failed := make([]bool, len(event.Records))
	runs, unread := c.byTarget(ctx, &event)
	for _, i := range unread {
		failed[i] = true
	}
	for _, run := range runs {
		failures := c.replay(ctx, run)
		if len(failures) > 0 {
			c.failed(ctx, failures)
		}
		for _, f := range failures {
			failed[run.indexes[f.Index]] = true
		}
	}
	answer := batchAnswer{BatchItemFailures: []failedItem{}}
	stopped := map[string]bool{} // groups
	for i := range event.Records {
		m := &event.Records[i]
		group := m.Attributes["MessageGroupId"]
		if failed[i] || stopped[group] && group != "" {
			stopped[group] = true
			answer.BatchItemFailures = append(answer.BatchItemFailures, failedItem{m.MessageId})
		}
	}
	return answer, nil
}

// replayShard is the shard of records that come from a replay's queue.
const replayShard = "replay"

// targeted is the messages of a batch for one target, in order.
type targeted struct {
	target  ports.Target
	indexes []int // in the batch
	records []ports.Record
}

// byTarget sorts messages by their target. Those whose target cannot be read go
// into the quarantine; where even this fails, they are unread and must come again.
func (c *Consumer) byTarget(ctx context.Context, event *events.SQSEvent) (runs []*targeted, unread []int) {
	byName := map[string]*targeted{}
	for i := range event.Records {
		m := &event.Records[i]
		name := attribute(m, "target")
		position := m.Attributes["SequenceNumber"]
		run := byName[name]
		if run == nil {
			target, err := parseTarget(name)
			if err != nil {
				if err := c.setAside(ctx, position, []byte(m.Body), err); err != nil {
					c.Log.WarnContext(ctx, "a message could not be put into quarantine and comes again", slog.Any("error", err))
					unread = append(unread, i)
				}
				continue
			}
			run = &targeted{target: target}
			byName[name] = run
			runs = append(runs, run)
		}
		run.indexes = append(run.indexes, i)
		run.records = append(run.records, ports.Record{
			Shard: replayShard, Position: ports.Position(position), Arrival: sentAt(m, c.Now()), Data: []byte(m.Body), Replay: attribute(m, "replay"),
		})
	}
	return runs, unread
}

// replay hands over the messages of one target. Those that came to the wrong
// function come again, until the mapping of its queue is mended.
func (c *Consumer) replay(ctx context.Context, run *targeted) []app.Failure {
	if run.target.Consumer == c.Consumer.Name() {
		return c.Replay(ctx, run.target, run.records)
	}
	failures := make([]app.Failure, len(run.records))
	for i := range failures {
		failures[i] = app.Failure{Index: i, Err: fmt.Errorf("a message for %s came to %s", run.target, c.Consumer.Name())}
	}
	return failures
}

func attribute(m *events.SQSMessage, name string) string {
	if a, ok := m.MessageAttributes[name]; ok && a.StringValue != nil {
		return *a.StringValue
	}
	return ""
}

// parseTarget reads what ports.Target's String wrote.
func parseTarget(name string) (ports.Target, error) {
	consumer, generation, ok := strings.Cut(name, ".")
	n, err := strconv.Atoi(generation)
	if !ok || err != nil || consumer == "" || n < 0 {
		return ports.Target{}, fmt.Errorf("attribute target is %q, want consumer.generation", name)
	}
	return ports.Target{Consumer: consumer, Generation: n}, nil
}

// sentAt returns when a message was sent; otherwise where that cannot be read.
func sentAt(m *events.SQSMessage, otherwise time.Time) time.Time {
	ms, err := strconv.ParseInt(m.Attributes["SentTimestamp"], 10, 64)
	if err != nil {
		return otherwise.UTC()
	}
	return time.UnixMilli(ms).UTC()
}
