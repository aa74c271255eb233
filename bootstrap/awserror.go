package bootstrap

import (
	"context"
	"errors"
	"strings"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/evercart/evercart/ports"
)

// AWSError says in one line what an operator has to mend on AWS before a command can
// do its work.
type AWSError struct {
	Problem string
	Advice  string
	Err     error // what AWS, or the way to it, said; nil: nothing
}

func (e *AWSError) Error() string { return "AWS: " + e.Problem + "; " + e.Advice }

func (e *AWSError) Unwrap() error { return e.Err }

// advise returns err as an *AWSError where an operator can mend it, and else as it
// is.
func advise(err error) error {
	var call *smithy.OperationError
	var done *AWSError
	if !errors.As(err, &call) || errors.As(err, &done) {
		return err
	}
	problem, advice := diagnose(call)
	if problem == "" {
		return err
	}
	// What stands before the SDK's words is the adapter's: which table, which bucket.
	where, _, _ := strings.Cut(err.Error(), ": operation error ")
	where, _, _ = strings.Cut(where, "\n")
	where = strings.TrimSuffix(where, ": "+ports.ErrUnavailable.Error())
	return &AWSError{Problem: where + ": " + problem, Advice: advice, Err: err}
}

// diagnose says what a failed call means, and what to do; nothing where the error
// speaks for itself.
func diagnose(call *smithy.OperationError) (problem, advice string) {
	var api smithy.APIError
	if errors.As(call, &api) {
		switch code := api.ErrorCode(); code {
		case "ResourceNotFoundException", "NoSuchBucket", "QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue":
			return "it is not there", "deploy Evercart, or let " + namedBy(call.ServiceID) + " name it and AWS_REGION and AWS_PROFILE say where it is"
		case "UnrecognizedClientException", "InvalidClientTokenId", "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidSignatureException",
			"ExpiredToken", "ExpiredTokenException", "AuthFailure", "MissingAuthenticationToken":
			return "the credentials are refused (" + code + ")", "sign in again, or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to others"
		case "AccessDenied", "AccessDeniedException":
			return api.ErrorMessage(), "let an administrator grant it, or set AWS_PROFILE to who may"
		}
		return "", ""
	}
	var sent *smithyhttp.RequestSendError
	if errors.As(call, &sent) || errors.Is(call, context.DeadlineExceeded) {
		cause := "no answer in time"
		if sent != nil {
			cause = sent.Err.Error()
		}
		variable := "AWS_ENDPOINT_URL_" + strings.ReplaceAll(strings.ToUpper(call.ServiceID), " ", "_")
		return "AWS does not answer: " + cause, "AWS_REGION, AWS_ENDPOINT_URL and " + variable + " say where it is"
	}
	return "", ""
}

// namedBy returns the variables that name what a service holds.
func namedBy(service string) string {
	switch service {
	case "S3":
		return "EVERCART_ARCHIVE"
	case "Kinesis":
		return "EVERCART_PREFIX or EVERCART_FEED"
	}
	return "EVERCART_PREFIX"
}
