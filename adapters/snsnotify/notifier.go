package snsnotify

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/evercart/evercart/ports"
)

// Notifier is a ports.Notifier on one topic. A message is the event in its wire
// form; the attributes id, type and subject let subscriptions filter and receivers
// know what came before. On a FIFO topic the stream is the group, and the event's
// ID keeps SNS itself from sending one twice within five minutes. It is safe for
// concurrent use.
type Notifier struct {
	client *sns.Client
	topic  string
}

var _ ports.Notifier = (*Notifier)(nil)

// New returns a notifier on the topic of that ARN. It makes no call.
func New(client *sns.Client, topicARN string) *Notifier {
	return &Notifier{client: client, topic: topicARN}
}

// Notify implements ports.Notifier. An event larger than SNS takes, 256 KiB, is an
// error that will not pass.
func (n *Notifier) Notify(ctx context.Context, notification ports.Notification) error {
	in := &sns.PublishInput{
		TopicArn: &n.topic, Message: aws.String(string(notification.Wire)),
		MessageAttributes: map[string]types.MessageAttributeValue{
			"id": text(notification.ID), "type": text(notification.Type), "subject": text(notification.Subject),
		},
	}
	if strings.HasSuffix(n.topic, ".fifo") {
		in.MessageGroupId, in.MessageDeduplicationId = &notification.Subject, &notification.ID
	}
	_, err := n.client.Publish(ctx, in)
	if err == nil {
		return nil
	}
	if end := ctx.Err(); end != nil && !errors.Is(err, end) {
		err = fmt.Errorf("%w: %w", end, err)
	}
	if passes(err) {
		err = fmt.Errorf("%w: %w", ports.ErrUnavailable, err)
	}
	return fmt.Errorf("snsnotify: event %s of %s to %s: %w", notification.ID, notification.Subject, n.topic, err)
}

func text(value string) types.MessageAttributeValue {
	return types.MessageAttributeValue{DataType: aws.String("String"), StringValue: &value}
}

// passes reports whether a call that failed by err may go well at another time:
// throttling, a fault of the service, and no or half an answer.
func passes(err error) bool {
	var throttledKey *types.KMSThrottlingException
	var unreadable *smithy.DeserializationError
	var answered *smithyhttp.ResponseError
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &throttledKey), errors.As(err, &unreadable):
		return true
	case errors.As(err, &answered) && answered.HTTPStatusCode() >= http.StatusInternalServerError:
		return true
	}
	return retry.IsErrorRetryables(retry.DefaultRetryables).IsErrorRetryable(err) == aws.TrueTernary
}
