package sqsreplay

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/evercart/evercart/ports"
)

// classify returns err, which came from a call under ctx, as the ports speak of
// it: what ended with ctx matches ctx.Err(), what passes matches
// ports.ErrUnavailable. Other errors are returned as they are. With entryFault, it
// is the only place that reads SQS's errors.
func classify(ctx context.Context, err error) error {
	if end := ctx.Err(); end != nil {
		return fmt.Errorf("%w: %w", end, err)
	}
	if passes(err) {
		return fmt.Errorf("%w: %w", ports.ErrUnavailable, err)
	}
	return err
}

// passes reports whether a call that failed by err may go well at the next try:
// throttling, a fault of the service, and no or half an answer.
func passes(err error) bool {
	var throttledKey *types.KmsThrottled
	var unreadable *smithy.DeserializationError
	var answered *smithyhttp.ResponseError
	switch {
	case errors.Is(err, context.DeadlineExceeded): // of one try: classify has looked at the call's context
		return true
	case errors.As(err, &throttledKey), errors.As(err, &unreadable):
		return true
	case errors.As(err, &answered) && answered.HTTPStatusCode() >= http.StatusInternalServerError:
		return true
	}
	return retry.IsErrorRetryables(retry.DefaultRetryables).IsErrorRetryable(err) == aws.TrueTernary
}

// entryFault is the error of one message of a batch. It passes unless SQS says
// that the message is at fault.
func entryFault(e *types.BatchResultErrorEntry) error {
	err := fmt.Errorf("%s: %s", aws.ToString(e.Code), aws.ToString(e.Message))
	if _, throttled := retry.DefaultThrottleErrorCodes[aws.ToString(e.Code)]; e.SenderFault && !throttled {
		return err
	}
	return fmt.Errorf("%w: %w", ports.ErrUnavailable, err)
}
