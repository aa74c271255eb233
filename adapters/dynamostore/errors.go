package dynamostore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/evercart/evercart/ports"
)

// classify wraps an SDK error with what was done, and marks the faults that pass
// with ports.ErrUnavailable.
func classify(ctx context.Context, err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	what := fmt.Sprintf(format, args...)
	if ended := ctx.Err(); ended != nil && !errors.Is(err, ended) {
		err = errors.Join(err, ended)
	}
	if passes(err) {
		return fmt.Errorf("dynamostore: %s: %w: %w", what, ports.ErrUnavailable, err)
	}
	return fmt.Errorf("dynamostore: %s: %w", what, err)
}

// passing are the error codes after which the same call may succeed (Amazon
// DynamoDB Developer Guide, "Error handling with DynamoDB").
func passing(code string) bool {
	switch code {
	case "ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded", "LimitExceededException",
		"InternalServerError", "InternalServerErrorException", "ServiceUnavailable", "TransactionInProgressException", "TransactionConflictException",
		"ReplicatedWriteConflictException":
		return true
	}
	return false
}

// passes reports whether a fault may be gone at the next try.
func passes(err error) bool {
	if errors.Is(err, errUnprocessed) {
		return true
	}
	var cancelled *types.TransactionCanceledException
	if errors.As(err, &cancelled) {
		return reasonPasses(cancelled)
	}
	var api smithy.APIError
	if errors.As(err, &api) {
		if passing(api.ErrorCode()) || api.ErrorFault() == smithy.FaultServer {
			return true
		}
	}
	var answer *smithyhttp.ResponseError
	if errors.As(err, &answer) && answer.HTTPStatusCode() >= 500 {
		return true
	}
	if api != nil {
		return false
	}
	var network net.Error
	var request *smithyhttp.RequestSendError
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.As(err, &network) || errors.As(err, &request)
}

// reasonPasses reads the reason of each item of a cancelled transaction: it may
// pass if one is throttled or in conflict and none is final.
func reasonPasses(cancelled *types.TransactionCanceledException) bool {
	may := false
	for _, reason := range cancelled.CancellationReasons {
		switch code := value(reason.Code); code {
		case "None", "":
		case "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded":
			may = true
		default: // ConditionalCheckFailed, ItemCollectionSizeLimitExceeded, ValidationError
			return false
		}
	}
	return may
}

// conditionFailed returns the item that stood in a conditional write's way.
func conditionFailed(err error) (Item, bool) {
	var failed *types.ConditionalCheckFailedException
	if !errors.As(err, &failed) {
		return nil, false
	}
	return failed.Item, true
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
