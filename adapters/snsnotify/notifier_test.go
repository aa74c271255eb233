package snsnotify_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/snsnotify"
	"github.com/evercart/evercart/ports"
)

// topic answers as SNS does (Amazon SNS API Reference, "Publish" and "Common
// Errors"): with a message ID, or with an error of that status and code.
type topic struct {
	status int
	code   string
	hang   bool
	forms  []url.Values
}

func (s *topic) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	s.forms = append(s.forms, r.PostForm)
	switch {
	case s.hang:
		<-r.Context().Done()
	case s.status == 0:
		_, _ = fmt.Fprint(w, `<PublishResponse xmlns="https://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>567910cd-659e-55d4-8ccb-5aaf14679dc0</MessageId></PublishResult></PublishResponse>`)
	default:
		w.WriteHeader(s.status)
		_, _ = fmt.Fprintf(w, `<ErrorResponse xmlns="https://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>%s</Code><Message>no</Message></Error></ErrorResponse>`, s.code)
	}
}

func event() ports.Notification {
	return ports.Notification{
		ID: "0190a000-0000-7000-8000-000000000005", Type: "evercart.cart.CartClosed.v2", Time: time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC),
		Subject: "cart/0190a000-0000-7000-8000-00000000ca01", Wire: []byte(`{"data":{"item":"Tea <&> \"milk\""}}`),
	}
}

// notify tells topic of an event.
func notify(t *testing.T, ctx context.Context, s *topic, arn string) error {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	client := sns.New(sns.Options{
		Region: "eu-central-1", BaseEndpoint: &server.URL, Retryer: aws.NopRetryer{},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "a", SecretAccessKey: "b"}, nil
		}),
	})
	return snsnotify.New(client, arn).Notify(ctx, event())
}

const arn = "arn:aws:sns:eu-central-1:123456789012:evercart-notify"

// attributes returns a form's message attributes.
func attributes(form url.Values) map[string]string {
	got := map[string]string{}
	for i := 1; form.Has(fmt.Sprintf("MessageAttributes.entry.%d.Name", i)); i++ {
		entry := fmt.Sprintf("MessageAttributes.entry.%d.", i)
		got[form.Get(entry+"Name")] = form.Get(entry+"Value.DataType") + ":" + form.Get(entry+"Value.StringValue")
	}
	return got
}

func TestANotification(t *testing.T) {
	t.Parallel()
	t.Run("is the event as it is, with attributes to filter by", func(t *testing.T) {
		t.Parallel()
		s := &topic{}
		require.NoError(t, notify(t, t.Context(), s, arn))
		require.Len(t, s.forms, 1)
		form := s.forms[0]
		assert.Equal(t, "Publish", form.Get("Action"))
		assert.Equal(t, arn, form.Get("TopicArn"))
		assert.Equal(t, string(event().Wire), form.Get("Message"))
		assert.Equal(t, map[string]string{
			"id": "String:" + event().ID, "type": "String:evercart.cart.CartClosed.v2", "subject": "String:" + event().Subject,
		}, attributes(form))
		assert.False(t, form.Has("MessageGroupId"), "a standard topic takes no group")
	})
	t.Run("keeps the order of its stream on a FIFO topic, and its ID tells one sent twice", func(t *testing.T) {
		t.Parallel()
		s := &topic{}
		require.NoError(t, notify(t, t.Context(), s, arn+".fifo"))
		assert.Equal(t, event().Subject, s.forms[0].Get("MessageGroupId"))
		assert.Equal(t, event().ID, s.forms[0].Get("MessageDeduplicationId"))
	})
	t.Run("may be taken at another time after a fault that passes", func(t *testing.T) {
		t.Parallel()
		for code, status := range map[string]int{
			"Throttling": 400, "ThrottledException": 429, "KMSThrottling": 400, "InternalError": 500, "ServiceUnavailable": 503, "RequestTimeout": 400,
		} {
			err := notify(t, t.Context(), &topic{status: status, code: code}, arn)
			assert.ErrorIs(t, err, ports.ErrUnavailable, code)
			assert.ErrorContains(t, err, "snsnotify: event "+event().ID+" of "+event().Subject+" to "+arn, code)
		}
	})
	t.Run("is never taken after any other error", func(t *testing.T) {
		t.Parallel()
		for code, status := range map[string]int{"InvalidParameter": 400, "NotFound": 404, "AuthorizationError": 403, "InvalidSecurity": 403, "KMSDisabled": 400} {
			err := notify(t, t.Context(), &topic{status: status, code: code}, arn)
			require.ErrorContains(t, err, code)
			assert.NotErrorIs(t, err, ports.ErrUnavailable, code)
		}
	})
	t.Run("that gets no answer in time may be taken at another time", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		err := notify(t, ctx, &topic{hang: true}, arn)
		assert.ErrorIs(t, err, ports.ErrUnavailable)
		assert.ErrorIs(t, err, context.DeadlineExceeded)
	})
	t.Run("that is given up says so", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		assert.ErrorIs(t, notify(t, ctx, &topic{}, arn), context.Canceled)
	})
	t.Run("needs somebody who listens", func(t *testing.T) {
		t.Parallel()
		nobody := "http://127.0.0.1:1"
		client := sns.New(sns.Options{Region: "eu-central-1", BaseEndpoint: &nobody, Retryer: aws.NopRetryer{}, Credentials: aws.AnonymousCredentials{}})
		assert.ErrorIs(t, snsnotify.New(client, arn).Notify(t.Context(), event()), ports.ErrUnavailable)
	})
}
