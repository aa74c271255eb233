package lambdafn

import (
	"encoding/json"
	"fmt"

	"github.com/aws/aws-lambda-go/events"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/ports"
)

// Describe says for the quarantine where a record of Kinesis or of a DynamoDB
// stream stands, as its consumer itself would. decode is Relay's Decode.
func Describe(consumer string, record json.RawMessage, decode func(*events.DynamoDBEventRecord) (ports.Commit, error)) (ports.Quarantined, error) {
	var probe struct {
		EventSource string `json:"eventSource"`
	}
	if err := json.Unmarshal(record, &probe); err != nil {
		return ports.Quarantined{}, fmt.Errorf("the record cannot be read: %w", err)
	}
	switch shape(probe.EventSource) {
	case shapeKinesis:
		var r events.KinesisEventRecord
		if err := json.Unmarshal(record, &r); err != nil {
			return ports.Quarantined{}, fmt.Errorf("record of Kinesis: %w", err)
		}
		at := kinesisRecord(&r)
		return ports.Quarantined{Consumer: consumer, Shard: at.Shard, Position: at.Position, Payload: at.Data}, nil
	case shapeDynamoDB:
		var change changeRecord
		if err := json.Unmarshal(record, &change); err != nil {
			return ports.Quarantined{}, fmt.Errorf("record of DynamoDB: %w", err)
		}
		commit, _ := decodeChange(record, decode) // of one that cannot be read, what could be told
		return ports.Quarantined{
			Consumer: consumer, Shard: placeOf(&commit), Position: ports.Position(change.Change.SequenceNumber), Payload: record,
		}, nil
	default:
		return ports.Quarantined{}, fmt.Errorf("the record comes from %q, want %s or %s", probe.EventSource, shapeKinesis, shapeDynamoDB)
	}
}

// placeOf names a commit's place in the store, by which a redrive finds it, or
// says that it is not known.
func placeOf(commit *ports.Commit) string {
	if commit.Stream.Validate() != nil || commit.First < 1 {
		return "stream"
	}
	return app.CommitPlace(commit.Stream, commit.First)
}

func decodeChange(raw json.RawMessage, decode func(*events.DynamoDBEventRecord) (ports.Commit, error)) (ports.Commit, error) {
	var record events.DynamoDBEventRecord
	if err := json.Unmarshal(raw, &record); err != nil {
		return ports.Commit{}, err
	}
	return decode(&record)
}
