package dynamostore

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/evercart/evercart/ports"
)

// Append implements ports.EventStore: one conditional PutItem. The item in the way
// of it comes with the refusal, so that a first conflict costs no read.
func (s *EventStore) Append(ctx context.Context, head ports.Head, commit ports.Commit) (ports.Head, error) {
	if err := ports.CheckAppend(head, &commit); err != nil {
		return ports.Head{}, err
	}
	item, err := encodeCommit(&commit)
	if err != nil {
		return ports.Head{}, err
	}
	free := "attribute_not_exists(" + attrVersion + ")"
	out, err := s.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: s.table(commit.Stream.Category), Item: item, ConditionExpression: &free,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
		ReturnConsumedCapacity:              types.ReturnConsumedCapacityTotal,
	})
	if err == nil {
		s.consumed(out.ConsumedCapacity, true)
		return ports.HeadOf(&commit), nil
	}
	if inTheWay, failed := conditionFailed(err); failed {
		return s.conflict(ctx, &commit, inTheWay)
	}
	return ports.Head{}, classify(ctx, err, "append %s after version %d", commit.Stream, head.Version())
}

// conflict answers an append whose place is taken: by ourselves, if the answer of
// an earlier try was lost, or by another.
func (s *EventStore) conflict(ctx context.Context, commit *ports.Commit, item Item) (ports.Head, error) {
	if item == nil {
		return ports.Head{}, fmt.Errorf("dynamostore: append %s at version %d: %w", commit.Stream, commit.First, errNoOldItem)
	}
	stored, err := DecodeCommit(commit.Stream.Category, item)
	if err != nil {
		return ports.Head{}, fmt.Errorf("dynamostore: append %s at version %d: %w", commit.Stream, commit.First, err)
	}
	if err := ctx.Err(); err != nil {
		return ports.Head{}, classify(ctx, err, "append %s at version %d", commit.Stream, commit.First)
	}
	if ports.SameCommit(commit, &stored) {
		return ports.HeadOf(&stored), nil
	}
	return ports.Head{}, &ports.ConflictError{
		Stream: commit.Stream, Wanted: commit.First, Commit: stored, Head: ports.HeadOf(&stored),
	}
}

var errNoOldItem = errors.New("the place is taken, but the item in it did not come with the refusal")
