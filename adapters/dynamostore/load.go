package dynamostore

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/evercart/evercart/ports"
)

// Load implements ports.EventStore: one backward Query of as many items as there
// are commits between snapshots. It pages on only when none of them has a usable
// snapshot and the stream's first commit was not reached.
func (s *EventStore) Load(ctx context.Context, stream ports.StreamID, snapshotSchema int) (ports.Loaded, error) {
	tail, err := s.tail(ctx, stream, maxVersion, snapshotSchema)
	if err != nil {
		return ports.Loaded{}, err
	}
	loaded := ports.Loaded{Snapshot: tail.snapshot, Commits: tail.commits, Head: ports.NewHead(stream, 0, ports.Hash{}, time.Time{})}
	if tail.newest != nil {
		loaded.Head = ports.HeadOf(tail.newest)
	}
	return loaded, nil
}

// LoadAt implements ports.EventStore: Load, from the commit down that begins at or
// before at.
func (s *EventStore) LoadAt(ctx context.Context, stream ports.StreamID, at ports.Version, snapshotSchema int) (ports.Past, error) {
	tail, err := s.tail(ctx, stream, at, snapshotSchema)
	if err != nil {
		return ports.Past{}, err
	}
	past := ports.Past{Snapshot: tail.snapshot}
	for i := range tail.commits {
		for _, e := range tail.commits[i].Events {
			if e.Version <= at {
				past.Events = append(past.Events, e)
			}
		}
	}
	return past, nil
}

const maxVersion ports.Version = 1<<63 - 1

// streamTail is the end of a stream: a usable snapshot and all after it, or all.
type streamTail struct {
	snapshot *ports.Snapshot
	commits  []ports.Commit // after the snapshot, in order
	newest   *ports.Commit  // the last commit; nil for a stream without events
}

// tail reads backwards from the commit that begins at or before upTo, until a
// snapshot of schema whose commit ends there or before, or to the first commit.
func (s *EventStore) tail(ctx context.Context, stream ports.StreamID, upTo ports.Version, schema int) (streamTail, error) {
	if err := stream.Validate(); err != nil {
		return streamTail{}, fmt.Errorf("dynamostore: load: %w", err)
	}
	var t streamTail
	backward, consistent := false, true
	in := s.query(stream, attrStream+" = :stream AND "+attrVersion+" <= :version", upTo)
	in.ScanIndexForward, in.ConsistentRead, in.Limit = &backward, &consistent, &s.page
	for {
		out, err := s.client.Query(ctx, in)
		if err != nil {
			return streamTail{}, classify(ctx, err, "load %s", stream)
		}
		s.consumed(out.ConsumedCapacity, false)
		for _, item := range out.Items {
			commit, err := DecodeCommit(stream.Category, item)
			if err != nil {
				return streamTail{}, fmt.Errorf("dynamostore: load %s: %w", stream, err)
			}
			if t.newest == nil {
				newest := commit
				t.newest = &newest
			}
			if schema != 0 && commit.SnapshotSchema == schema && commit.Last <= upTo {
				t.snapshot = &ports.Snapshot{Version: commit.Last, Schema: schema, Data: commit.Snapshot}
				slices.Reverse(t.commits)
				return t, nil
			}
			t.commits = append(t.commits, commit)
			if commit.First == 1 {
				slices.Reverse(t.commits)
				return t, nil
			}
		}
		if out.LastEvaluatedKey == nil {
			slices.Reverse(t.commits)
			return t, nil
		}
		in.ExclusiveStartKey, in.Limit = out.LastEvaluatedKey, nil
	}
}

// query returns a Query of a stream's items under a condition on :version.
func (s *EventStore) query(stream ports.StreamID, condition string, version ports.Version) *dynamodb.QueryInput {
	return &dynamodb.QueryInput{
		TableName: s.table(stream.Category), KeyConditionExpression: &condition,
		ExpressionAttributeValues: Item{":stream": text(stream.ID), ":version": number(int64(version))},
		ReturnConsumedCapacity:    types.ReturnConsumedCapacityTotal,
	}
}
