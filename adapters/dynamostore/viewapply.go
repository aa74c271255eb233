package dynamostore

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/evercart/evercart/ports"
)

const (
	// transaction is the most items of a TransactWriteItems (Amazon DynamoDB API
	// Reference).
	transaction = 100
	// applyAtOnce is how many changes are on their way at the same time.
	applyAtOnce = 16
	// applyTries is how often a change is written that meets another transaction on
	// one of its items, which the SDK does not try again by itself.
	applyTries = 4
	// markBytes is how many random bytes tell one write of a checkpoint from all
	// others.
	markBytes = 8
)

// RowsPerChange returns 99: a transaction less the checkpoint.
func (v *Views) RowsPerChange() int { return transaction - 1 }

// Apply implements ports.ViewStore: a transaction for each change with rows, a
// conditional PutItem for each without. A lost answer does no harm: the SDK repeats
// a transaction under one token, and a checkpoint that is there already under this
// write's mark is ours. What another writer stored is another's, be it the same.
func (v *Views) Apply(ctx context.Context, target ports.Target, changes []ports.ViewChange) []error {
	errs := make([]error, len(changes))
	room := make(chan struct{}, applyAtOnce)
	var writers sync.WaitGroup
	for i := range changes {
		room <- struct{}{}
		writers.Go(func() {
			errs[i] = v.apply(ctx, target, &changes[i])
			<-room
		})
	}
	writers.Wait()
	return errs
}

func (v *Views) apply(ctx context.Context, target ports.Target, change *ports.ViewChange) error {
	if n := len(change.Put) + len(change.Delete); n > v.RowsPerChange() {
		return &ports.TooLargeError{What: fmt.Sprintf("change of %s, stream %s", target, change.Checkpoint.Stream), Size: n, Max: v.RowsPerChange(), Unit: "rows"}
	}
	if err := ctx.Err(); err != nil {
		return classify(ctx, err, "apply to %s, stream %s", target, change.Checkpoint.Stream)
	}
	item := encodeCheckpoint(target, &change.Checkpoint)
	if size := itemSize(item); size > MaxItemBytes {
		return &ports.TooLargeError{What: fmt.Sprintf("checkpoint of %s, stream %s", target, change.Checkpoint.Stream), Size: size, Max: MaxItemBytes}
	}
	mark := make([]byte, markBytes)
	rand.Read(mark)
	item[attrMark] = binary(mark)
	condition, values := unmoved(change.Checkpoint.Revision)
	put := &types.Put{
		TableName: &v.table, Item: item, ConditionExpression: condition, ExpressionAttributeValues: values,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}
	err := v.write(ctx, put, v.rowWrites(target, change))
	for try := 1; contended(err) && try < applyTries; try++ {
		if ended := v.backoff(ctx, try); ended != nil {
			break
		}
		err = v.write(ctx, put, v.rowWrites(target, change))
	}
	if stored, moved := checkpointInTheWay(err); moved {
		if theirs, ok := stored[attrMark].(*types.AttributeValueMemberB); ok && bytes.Equal(theirs.Value, mark) {
			return nil
		}
		return ports.ErrCheckpointMoved
	}
	return classify(ctx, err, "apply to %s, stream %s", target, change.Checkpoint.Stream)
}

// write puts a checkpoint, in one transaction with the writes of its rows, if any.
func (v *Views) write(ctx context.Context, put *types.Put, rows []types.TransactWriteItem) error {
	if len(rows) > 0 {
		out, err := v.client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
			TransactItems: append([]types.TransactWriteItem{{Put: put}}, rows...), ReturnConsumedCapacity: total,
		})
		if err == nil {
			v.consumed(ports.MetricWriteUnits, out.ConsumedCapacity...)
		}
		return err
	}
	out, err := v.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: put.TableName, Item: put.Item, ConditionExpression: put.ConditionExpression,
		ExpressionAttributeValues: put.ExpressionAttributeValues, ReturnValuesOnConditionCheckFailure: put.ReturnValuesOnConditionCheckFailure,
		ReturnConsumedCapacity: total,
	})
	if err == nil {
		v.consumed(ports.MetricWriteUnits, one(out.ConsumedCapacity)...)
	}
	return err
}

func (v *Views) rowWrites(target ports.Target, change *ports.ViewChange) []types.TransactWriteItem {
	writes := make([]types.TransactWriteItem, 0, len(change.Put)+len(change.Delete))
	for _, row := range change.Put {
		item := rowKey(target, row.RowKey)
		item[attrValue] = binary(row.Value)
		writes = append(writes, types.TransactWriteItem{Put: &types.Put{TableName: &v.table, Item: item}})
	}
	for _, key := range change.Delete {
		writes = append(writes, types.TransactWriteItem{Delete: &types.Delete{TableName: &v.table, Key: rowKey(target, key)}})
	}
	return writes
}

// contended reports whether a write met another one on one of its items, which may
// be over in a moment.
func contended(err error) bool {
	var cancelled *types.TransactionCanceledException
	var conflict *types.TransactionConflictException
	return errors.As(err, &conflict) || errors.As(err, &cancelled) && reasonPasses(cancelled)
}

// unmoved is the condition that an item still has the revision it was read with.
func unmoved(revision int64) (*string, Item) {
	if revision == 0 {
		return pointer("attribute_not_exists(" + attrPartition + ")"), nil
	}
	return pointer(attrRevision + " = :revision"), Item{":revision": number(revision)}
}

// checkpointInTheWay returns the checkpoint that failed a change's condition; nil
// where there is none any more.
func checkpointInTheWay(err error) (Item, bool) {
	if item, failed := conditionFailed(err); failed {
		return item, true
	}
	var cancelled *types.TransactionCanceledException
	if errors.As(err, &cancelled) && len(cancelled.CancellationReasons) > 0 {
		if reason := cancelled.CancellationReasons[0]; value(reason.Code) == "ConditionalCheckFailed" {
			return reason.Item, true
		}
	}
	return nil, false
}
