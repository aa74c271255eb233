package dynamostore_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

// failing is a client option: writes are carried out or not, and then fail with
// err. The SDK's own retries are off.
func failing(err error, carriedOut bool, times int64) func(*dynamodb.Options) {
	var left atomic.Int64
	left.Store(times)
	return func(o *dynamodb.Options) {
		o.Retryer = aws.NopRetryer{}
		o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
			return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("failing",
				func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
					switch in.Parameters.(type) {
					case *dynamodb.PutItemInput, *dynamodb.TransactWriteItemsInput:
					default:
						return next.HandleInitialize(ctx, in)
					}
					if left.Add(-1) < 0 {
						return next.HandleInitialize(ctx, in)
					}
					if carriedOut {
						if _, _, err := next.HandleInitialize(ctx, in); err != nil {
							return middleware.InitializeOutput{}, middleware.Metadata{}, err
						}
					}
					return middleware.InitializeOutput{}, middleware.Metadata{}, err
				}), middleware.After)
		})
	}
}

func api(code string) error {
	return &smithy.GenericAPIError{Code: code, Message: "as injected", Fault: smithy.FaultClient}
}

func cancelledBy(codes ...string) error {
	reasons := make([]types.CancellationReason, len(codes))
	for i := range codes {
		reasons[i].Code = &codes[i]
	}
	return &types.TransactionCanceledException{Message: aws.String("as injected"), CancellationReasons: reasons}
}

func TestFaultsOfDynamoDB(t *testing.T) {
	t.Parallel()
	type kind int
	const (
		final kind = iota
		passes
		moved
	)
	appends := map[string]struct {
		err  error
		want kind
	}{
		"throttled":                    {api("ThrottlingException"), passes},
		"throughput exceeded":          {&types.ProvisionedThroughputExceededException{}, passes},
		"request limit":                {&types.RequestLimitExceeded{}, passes},
		"an internal error":            {&types.InternalServerError{}, passes},
		"unavailable":                  {api("ServiceUnavailable"), passes},
		"a transaction is there":       {&types.TransactionConflictException{}, passes},
		"a timeout":                    {context.DeadlineExceeded, passes},
		"access denied":                {api("AccessDeniedException"), final},
		"no such table":                {&types.ResourceNotFoundException{}, final},
		"invalid":                      {api("ValidationException"), final},
		"an item collection too large": {&types.ItemCollectionSizeLimitExceededException{}, final},
	}
	for name, c := range appends {
		t.Run("an append: "+name, func(t *testing.T) {
			t.Parallel()
			store := newStore(t, failing(c.err, false, 1))
			loaded, err := store.Load(t.Context(), porttest.Stream(1), 0)
			require.NoError(t, err)
			commit := porttest.Commit(loaded.Head, "c", 1)
			_, err = store.Append(t.Context(), loaded.Head, commit)
			require.Error(t, err)
			assert.Equal(t, c.want == passes, errors.Is(err, ports.ErrUnavailable), err)
			assert.ErrorContains(t, err, porttest.Stream(1).String())
			_, err = store.Append(t.Context(), loaded.Head, commit)
			assert.NoError(t, err)
		})
	}
	transactions := map[string]struct {
		err  error
		want kind
	}{
		"the checkpoint moved":     {cancelledBy("ConditionalCheckFailed", "None"), moved},
		"a conflict on the first":  {cancelledBy("TransactionConflict", "None"), passes},
		"a conflict on another":    {cancelledBy("None", "TransactionConflict"), passes},
		"throttled":                {cancelledBy("None", "ThrottlingError"), passes},
		"throughput exceeded":      {cancelledBy("ProvisionedThroughputExceeded", "None"), passes},
		"throttled and too large":  {cancelledBy("ThrottlingError", "ItemCollectionSizeLimitExceeded"), final},
		"invalid":                  {cancelledBy("None", "ValidationError"), final},
		"in progress":              {&types.TransactionInProgressException{}, passes},
		"another token's contents": {&types.IdempotentParameterMismatchException{}, final},
	}
	for name, c := range transactions {
		t.Run("a transaction: "+name, func(t *testing.T) {
			t.Parallel()
			views := newViews(t, failing(c.err, false, 100))
			change := ports.ViewChange{
				Checkpoint: ports.Checkpoint{Stream: porttest.Stream(1), Version: 1},
				Put:        []ports.Row{{RowKey: ports.RowKey{Partition: "p"}, Value: []byte("v")}},
			}
			err := views.Apply(t.Context(), goldenTarget, []ports.ViewChange{change})[0]
			require.Error(t, err)
			assert.Equal(t, c.want == passes, errors.Is(err, ports.ErrUnavailable), err)
			assert.Equal(t, c.want == moved, errors.Is(err, ports.ErrCheckpointMoved), err)
		})
	}
}

func TestAContendedChangeOfAView(t *testing.T) {
	t.Parallel()
	change := ports.ViewChange{
		Checkpoint: ports.Checkpoint{Stream: porttest.Stream(1), Version: 1},
		Put:        []ports.Row{{RowKey: ports.RowKey{Partition: "p"}, Value: []byte("v")}},
	}
	t.Run("is written when the other transaction is over", func(t *testing.T) {
		t.Parallel()
		views := newViews(t, failing(cancelledBy("None", "TransactionConflict"), false, 3))
		require.NoError(t, views.Apply(t.Context(), goldenTarget, []ports.ViewChange{change})[0])
		rows, err := views.Query(t.Context(), goldenTarget, ports.RowQuery{Partition: "p", Limit: 1})
		require.NoError(t, err)
		assert.Equal(t, change.Put, rows)
	})
	t.Run("without rows, too", func(t *testing.T) {
		t.Parallel()
		views := newViews(t, failing(&types.TransactionConflictException{}, false, 3))
		bare := ports.ViewChange{Checkpoint: change.Checkpoint}
		assert.NoError(t, views.Apply(t.Context(), goldenTarget, []ports.ViewChange{bare})[0])
	})
	t.Run("fails with what it met when its caller gives up", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		views := viewsBy(func(string, string) (int, string) {
			cancel()
			return 400, `{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","CancellationReasons":[{"Code":"None"},{"Code":"TransactionConflict"}]}`
		})
		err := views.Apply(ctx, goldenTarget, []ports.ViewChange{change})[0]
		assert.ErrorIs(t, err, context.Canceled)
		assert.ErrorIs(t, err, ports.ErrUnavailable)
	})
}

// losingOne is a client option: the first answer of an operation is lost, and the
// SDK tries again.
func losingOne(operation string) (option func(*dynamodb.Options), lost *atomic.Bool) {
	lost = &atomic.Bool{}
	return func(o *dynamodb.Options) {
		o.Retryer = retry.NewStandard(func(s *retry.StandardOptions) { s.MaxBackoff = time.Millisecond })
		o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
			return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("lost",
				func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
					out, meta, err := next.HandleDeserialize(ctx, in)
					if middleware.GetOperationName(ctx) == operation && err == nil && lost.CompareAndSwap(false, true) {
						err = api("ThrottlingException")
					}
					return out, meta, err
				}), middleware.Before)
		})
	}, lost
}

func TestALostAnswer(t *testing.T) {
	t.Parallel()
	t.Run("of an append is found out by the next try, as ours", func(t *testing.T) {
		t.Parallel()
		store := newStore(t, failing(api("ServiceUnavailable"), true, 1))
		loaded, err := store.Load(t.Context(), porttest.Stream(1), 0)
		require.NoError(t, err)
		commit := porttest.Commit(loaded.Head, "c", 2)
		_, err = store.Append(t.Context(), loaded.Head, commit)
		require.ErrorIs(t, err, ports.ErrUnavailable)
		head, err := store.Append(t.Context(), loaded.Head, commit)
		require.NoError(t, err)
		assert.Equal(t, ports.Version(2), head.Version())
	})
	t.Run("of a change of a view shows as a checkpoint that stands where it was to stand", func(t *testing.T) {
		t.Parallel()
		for _, rows := range [][]ports.Row{nil, {{RowKey: ports.RowKey{Partition: "p"}, Value: []byte("v")}}} {
			views := newViews(t, failing(api("ServiceUnavailable"), true, 1))
			change := ports.ViewChange{Checkpoint: ports.Checkpoint{Stream: porttest.Stream(1), Version: 1, State: []byte("s")}, Put: rows}
			require.ErrorIs(t, views.Apply(t.Context(), goldenTarget, []ports.ViewChange{change})[0], ports.ErrUnavailable)
			assert.ErrorIs(t, views.Apply(t.Context(), goldenTarget, []ports.ViewChange{change})[0], ports.ErrCheckpointMoved)
			read, err := views.Checkpoints(t.Context(), goldenTarget, []ports.StreamID{porttest.Stream(1)})
			require.NoError(t, err)
			change.Checkpoint.Revision = 1
			assert.Equal(t, []ports.Checkpoint{change.Checkpoint}, read)
		}
	})
	t.Run("of a change of a view goes unseen within the SDK's own retries", func(t *testing.T) {
		t.Parallel()
		for operation, rows := range map[string][]ports.Row{
			"PutItem": nil, "TransactWriteItems": {{RowKey: ports.RowKey{Partition: "p"}, Value: []byte("v")}},
		} {
			losing, lost := losingOne(operation)
			views := newViews(t, losing)
			change := ports.ViewChange{Checkpoint: ports.Checkpoint{Stream: porttest.Stream(1), Version: 1}, Put: rows}
			assert.NoError(t, views.Apply(t.Context(), goldenTarget, []ports.ViewChange{change})[0])
			assert.True(t, lost.Load())
		}
	})
	t.Run("of a replay's record is found out by the next try, as ours", func(t *testing.T) {
		t.Parallel()
		views := newViews(t, failing(api("ServiceUnavailable"), true, 1))
		job := ports.ReplayJob{ID: "20260102t030405-a", State: ports.ReplayRunning, Filter: ports.ReplayFilter{Types: []string{}}}
		_, err := views.SaveReplayJob(t.Context(), job)
		require.ErrorIs(t, err, ports.ErrUnavailable)
		saved, err := views.SaveReplayJob(t.Context(), job)
		require.NoError(t, err)
		assert.EqualValues(t, 1, saved.Revision)
		job.Reason = "another"
		_, err = views.SaveReplayJob(t.Context(), job)
		assert.ErrorIs(t, err, ports.ErrJobMoved)
	})
	t.Run("of an append goes unseen within the SDK's own retries", func(t *testing.T) {
		t.Parallel()
		losing, lost := losingOne("PutItem")
		store := newStore(t, losing)
		loaded, err := store.Load(t.Context(), porttest.Stream(1), 0)
		require.NoError(t, err)
		_, err = store.Append(t.Context(), loaded.Head, porttest.Commit(loaded.Head, "c", 1))
		require.NoError(t, err)
		assert.True(t, lost.Load())
	})
}
