package lambdafn

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
)

// Handler answers one event. The answer is encoded as JSON; a json.RawMessage is
// sent as it is.
type Handler func(ctx context.Context, payload []byte) (any, error)

// shape says where an event comes from.
type shape string

const (
	shapeDirect   shape = "a direct invocation"
	shapeHTTP     shape = "API Gateway"
	shapeDynamoDB shape = "aws:dynamodb"
	shapeKinesis  shape = "aws:kinesis"
	shapeSQS      shape = "aws:sqs"
	shapeS3       shape = "aws:s3"
	shapeSchedule shape = "a schedule"
)

// shapeOf tells an event's shape by the members that each source alone has. What
// is no object is a direct invocation.
func shapeOf(payload []byte) shape {
	var probe struct {
		Records []struct {
			EventSource string `json:"eventSource"`
		} `json:"Records"`
		RequestContext struct {
			HTTP *struct{} `json:"http"`
		} `json:"requestContext"`
		Source     string `json:"source"`
		DetailType string `json:"detail-type"`
	}
	if err := json.Unmarshal(payload, &probe); err != nil {
		return shapeDirect
	}
	switch {
	case probe.RequestContext.HTTP != nil:
		return shapeHTTP
	case len(probe.Records) > 0 && strings.HasPrefix(probe.Records[0].EventSource, "aws:"):
		return shape(probe.Records[0].EventSource)
	case probe.DetailType == "Scheduled Event" && strings.HasPrefix(probe.Source, "aws."):
		return shapeSchedule // of EventBridge's rules and of its scheduler
	}
	return shapeDirect
}

// fromSchedule reports whether a schedule sent the event: in the form of EventBridge,
// or {}, the payload of the schedules that have one of their own.
func fromSchedule(payload []byte) bool {
	inside, opens := bytes.CutPrefix(bytes.TrimSpace(payload), []byte("{"))
	inside, closes := bytes.CutSuffix(inside, []byte("}"))
	return opens && closes && len(bytes.TrimSpace(inside)) == 0 || shapeOf(payload) == shapeSchedule
}

// errShape says that a function does not answer events of that shape.
func errShape(got shape, want ...shape) error {
	names := make([]string, len(want))
	for i, w := range want {
		names[i] = string(w)
	}
	return fmt.Errorf("the event comes from %s, this function answers %s", got, strings.Join(names, ", "))
}

// recordsOf returns the records of a batch, each as it is.
func recordsOf(payload []byte) ([]json.RawMessage, error) {
	var event struct {
		Records []json.RawMessage `json:"Records"`
	}
	if err := json.Unmarshal(payload, &event); err != nil {
		return nil, fmt.Errorf("the batch cannot be read: %w", err)
	}
	return event.Records, nil
}
