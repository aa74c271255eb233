package dynamostore

import (
	"context"
	"iter"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/evercart/evercart/ports"
)

// Scan implements ports.StoreScanner by a strongly consistent Scan, in which the
// items of one partition key come together and in order. It serves backfill and
// verify only; no other program may scan an events table. Between pages it waits so
// long that it holds to the store's ScanUnits.
func (s *EventStore) Scan(ctx context.Context, category string) iter.Seq2[ports.Commit, error] {
	return func(yield func(ports.Commit, error) bool) {
		consistent := true
		in := &dynamodb.ScanInput{
			TableName: s.table(category), ConsistentRead: &consistent, ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
		}
		for {
			out, err := s.client.Scan(ctx, in)
			if err != nil {
				yield(ports.Commit{}, classify(ctx, err, "scan %s", category))
				return
			}
			s.consumed(out.ConsumedCapacity, false)
			for _, item := range out.Items {
				if err := ctx.Err(); err != nil {
					yield(ports.Commit{}, classify(ctx, err, "scan %s", category))
					return
				}
				commit, err := DecodeCommit(category, item)
				if !yield(commit, err) {
					return
				}
			}
			if in.ExclusiveStartKey = out.LastEvaluatedKey; in.ExclusiveStartKey == nil {
				return
			}
			if err := s.throttle(ctx, out.ConsumedCapacity); err != nil {
				yield(ports.Commit{}, classify(ctx, err, "scan %s", category))
				return
			}
		}
	}
}

// throttle waits as long as a page's cost takes at ScanUnits a second.
func (s *EventStore) throttle(ctx context.Context, cost *types.ConsumedCapacity) error {
	if s.scan <= 0 || cost == nil || cost.CapacityUnits == nil {
		return nil
	}
	timer := time.NewTimer(time.Duration(*cost.CapacityUnits / float64(s.scan) * float64(time.Second)))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
