package s3archive

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/evercart/evercart/ports"
)

// classify returns err, which came from a call under ctx, as the ports speak of
// it: what ended with ctx matches ctx.Err(), what passes matches
// ports.ErrUnavailable. Other errors are returned as they are. With status
// and noBucket, it is the only place that reads S3's errors.
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
// throttling, a race with another writer, a fault of the service, and no or half
// an answer.
func passes(err error) bool {
	var unreadable *smithy.DeserializationError
	switch code := status(err); {
	case code >= http.StatusInternalServerError, code == http.StatusTooManyRequests, code == http.StatusConflict, code == http.StatusRequestTimeout:
		return true
	case code < http.StatusMultipleChoices && errors.As(err, &unreadable):
		return true
	}
	return retry.IsErrorRetryables(retry.DefaultRetryables).IsErrorRetryable(err) == aws.TrueTernary
}

// status returns the HTTP status that S3 answered err with; 0 where it did not
// answer.
func status(err error) int {
	var answered *smithyhttp.ResponseError
	if !errors.As(err, &answered) || answered.Response == nil {
		return 0
	}
	return answered.HTTPStatusCode()
}

// fault says that doing something with the object or prefix at key failed by err.
func (a *Archive) fault(ctx context.Context, doing, key string, err error) error {
	return fmt.Errorf("s3archive: %s %s: %w", doing, a.name(key), classify(ctx, err))
}

// corrupt says what is wrong with the object at key.
func (a *Archive) corrupt(key string, err error) error {
	return &ports.CorruptError{What: "archive object " + a.name(key), Err: err}
}

// noBucket reports whether err says that there is no such bucket.
func noBucket(err error) bool {
	var api smithy.APIError
	return errors.As(err, &api) && api.ErrorCode() == "NoSuchBucket"
}
