package kinesisfeed

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/evercart/evercart/ports"
)

// classify returns err, which came from a call under ctx, as the ports speak of
// it: what ended with ctx matches ctx.Err(), what passes matches
// ports.ErrUnavailable. Other errors are returned as they are. It is the only
// place that reads Kinesis's errors, but for those of single records.
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
	var throttledKey *types.KMSThrottlingException
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

// foreign reports whether err says that a sequence number is none of the stream's.
func foreign(err error) bool {
	var invalid *types.InvalidArgumentException
	var malformed *types.ValidationException
	return errors.As(err, &invalid) || errors.As(err, &malformed)
}

// expired reports whether err says that a shard iterator is too old.
func expired(err error) bool {
	var old *types.ExpiredIteratorException
	return errors.As(err, &old)
}
