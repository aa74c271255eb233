package bootstrap

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
)

func failedCall(service string, err error) error {
	return &smithy.OperationError{ServiceID: service, OperationName: "Do", Err: err}
}

func answered(code string) error {
	return &smithy.GenericAPIError{Code: code, Message: "You are not authorized to do this"}
}

func TestWhatAnOperatorIsTold(t *testing.T) {
	t.Parallel()
	unavailable := func(err error) error { return fmt.Errorf("s3archive: list s3://b/: %w: %w", ports.ErrUnavailable, err) }
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"a table that is missing": {
			fmt.Errorf("table t: %w", failedCall("DynamoDB", answered("ResourceNotFoundException"))),
			"AWS: table t: it is not there; deploy Evercart, or let EVERCART_PREFIX name it and AWS_REGION and AWS_PROFILE say where it is",
		},
		"a stream that is missing": {
			fmt.Errorf("kinesisfeed: list the shards of s: %w", failedCall("Kinesis", answered("ResourceNotFoundException"))),
			"AWS: kinesisfeed: list the shards of s: it is not there; deploy Evercart, or let EVERCART_PREFIX or EVERCART_FEED name it and AWS_REGION and AWS_PROFILE say where it is",
		},
		"credentials that are refused": {
			fmt.Errorf("table t: %w", failedCall("DynamoDB", answered("ExpiredTokenException"))),
			"AWS: table t: the credentials are refused (ExpiredTokenException); sign in again, or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to others",
		},
		"what the caller may not": {
			fmt.Errorf("table t: %w", failedCall("DynamoDB", answered("AccessDeniedException"))),
			"AWS: table t: You are not authorized to do this; let an administrator grant it, or set AWS_PROFILE to who may",
		},
		"nobody at an address": {
			unavailable(failedCall("S3", &smithyhttp.RequestSendError{Err: errors.New("connection refused")})),
			"AWS: s3archive: list s3://b/: AWS does not answer: connection refused; AWS_REGION, AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_S3 say where it is",
		},
		"an answer that does not come": {
			unavailable(failedCall("S3", context.DeadlineExceeded)),
			"AWS: s3archive: list s3://b/: AWS does not answer: no answer in time; AWS_REGION, AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_S3 say where it is",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			told := advise(c.err)
			require.EqualError(t, told, c.want)
			require.ErrorIs(t, told, c.err)
			assert.Equal(t, told, advise(told), "it is told once")
		})
	}
	t.Run("what is none of these speaks for itself", func(t *testing.T) {
		t.Parallel()
		for _, err := range []error{nil, errors.New("plain"), failedCall("DynamoDB", answered("ValidationException")), failedCall("S3", errors.New("odd"))} {
			assert.Equal(t, err, advise(err))
		}
	})
}
