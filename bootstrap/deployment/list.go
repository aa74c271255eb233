package deployment

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Groups of variables that go together.
const (
	aStore = "SNAPSHOT_EVERY"
	tracks = "PARK_AFTER RETRY_EVERY TRANSIENT_AFTER"
)

// variables returns the variables of a function: those of all, and those that are
// named without "EVERCART_".
func variables(names ...string) []string {
	names = strings.Fields("LOG_LEVEL PREFIX " + strings.Join(names, " "))
	for i, name := range names {
		names[i] = "EVERCART_" + name
	}
	slices.Sort(names)
	return names
}

func triggers(all ...Trigger) []Trigger { return all }

// on returns grants for the program's own calls.
func on(r Resource, actions ...string) []Grant { return onFor(r, OwnCall, actions...) }

func onFor(r Resource, why Reason, actions ...string) []Grant {
	grants := make([]Grant, len(actions))
	for i, action := range actions {
		grants[i] = Grant{Action: action, On: r, For: why}
	}
	return grants
}

// function puts a function together: beside its own grants it gets those that
// Lambda needs to start it.
func function(name string, timeout time.Duration, triggers []Trigger, variables []string, own ...[]Grant) Function {
	grants := slices.Concat(own...)
	grants = append(grants, onFor(OwnLog, Logs, "logs:CreateLogStream", "logs:PutLogEvents")...)
	grants = append(grants, onFor(Everything, Traces, "xray:PutTelemetryRecords", "xray:PutTraceSegments")...)
	for _, t := range triggers {
		grants = append(grants, grantsOf(t)...)
	}
	slices.SortFunc(grants, func(a, b Grant) int { return cmp.Or(cmp.Compare(a.On, b.On), cmp.Compare(a.Action, b.Action)) })
	return Function{Name: name, Triggers: triggers, Timeout: timeout, Variables: variables, Grants: slices.Compact(grants)}
}

// grantsOf returns what Lambda needs, in a function's name, to start it by t.
func grantsOf(t Trigger) []Grant {
	kept := append(onFor(Failures, KeepsFailed, "s3:ListBucket"), onFor(FailureObjects, KeepsFailed, "s3:PutObject")...)
	switch t {
	case EventsStream:
		return append(kept, onFor(ChangeFeed, ReadsChanges, "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams")...)
	case FeedRecords: // SubscribeToShard is for consumers of an enhanced fan-out only
		return append(kept, onFor(Feed, ReadsFeed,
			"kinesis:DescribeStream", "kinesis:DescribeStreamSummary", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards")...)
	case ReplayMessages:
		return onFor(OwnQueue, ReadsQueue, "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage")
	case Schedule, FailureRecords:
		return onFor(DeadLetters, KeepsDead, "sqs:SendMessage")
	case HTTPAPI, Invocation:
	}
	return nil
}
