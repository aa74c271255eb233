package lambdafn

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"github.com/evercart/evercart/ports"
)

// kinesis feeds a batch of one shard and answers with the lowest sequence number
// that must come again.
func (c *Consumer) kinesis(ctx context.Context, payload []byte) (batchAnswer, error) {
	var event events.KinesisEvent
	if err := json.Unmarshal(payload, &event); err != nil {
		return batchAnswer{}, fmt.Errorf("event of Kinesis: %w", err)
	}
	records := make([]ports.Record, len(event.Records))
	for i := range event.Records {
		records[i] = kinesisRecord(&event.Records[i])
	}
	answer := batchAnswer{BatchItemFailures: []failedItem{}}
	failures := c.Consumer.Handle(ctx, records)
	lowest := len(records)
	if len(failures) > 0 {
		lowest = failures[0].Index
		answer.BatchItemFailures = append(answer.BatchItemFailures, failedItem{string(records[lowest].Position)})
		c.failed(ctx, failures)
	}
	oldest := records[min(lowest, len(records)-1)].Arrival
	c.Meter.Set(ports.MetricLag, c.Consumer.Name(), max(0, c.Now().Sub(oldest).Seconds()))
	return answer, nil
}

// kinesisRecord reads a record; its eventID is "SHARD:SEQUENCE NUMBER".
func kinesisRecord(r *events.KinesisEventRecord) ports.Record {
	shard, _, _ := strings.Cut(r.EventID, ":")
	return ports.Record{
		Shard: shard, Position: ports.Position(r.Kinesis.SequenceNumber),
		Arrival: r.Kinesis.ApproximateArrivalTimestamp.UTC(), Data: r.Kinesis.Data,
	}
}
