package s3archive_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/s3archive"
	"github.com/evercart/evercart/ports"
)

// calls are all ways to meet S3.
func calls(a *s3archive.Archive) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"write": func(ctx context.Context) error {
			_, err := a.WriteObject(ctx, batch(hour), lines("{}"))
			return err
		},
		"list": func(ctx context.Context) error {
			for _, err := range a.Objects(ctx, time.Time{}, time.Time{}) {
				return err
			}
			return nil
		},
		"read": func(ctx context.Context) error {
			for _, err := range a.Lines(ctx, batch(hour).Key()) {
				return err
			}
			return nil
		},
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	type fault struct {
		name     string
		answer   reply
		passes   bool
		contains string
	}
	answer := func(status int, code string) reply {
		return func() (*http.Response, error) { return answered(status, code), nil }
	}
	for _, f := range []fault{
		{"throttling", answer(http.StatusServiceUnavailable, "SlowDown"), true, "SlowDown"},
		{"too many requests", answer(http.StatusTooManyRequests, "TooManyRequests"), true, "TooManyRequests"},
		{"an internal error", answer(http.StatusInternalServerError, "InternalError"), true, "InternalError"},
		{"a gateway's error page", answer(http.StatusBadGateway, ""), true, "502"},
		{"a slow request", answer(http.StatusBadRequest, "RequestTimeout"), true, "RequestTimeout"},
		{"a broken connection", func() (*http.Response, error) { return nil, io.ErrUnexpectedEOF }, true, "EOF"},
		{"denied access", answer(http.StatusForbidden, "AccessDenied"), false, "AccessDenied"},
		{"a wrong signature", answer(http.StatusForbidden, "SignatureDoesNotMatch"), false, "SignatureDoesNotMatch"},
		{"a missing bucket", answer(http.StatusNotFound, "NoSuchBucket"), false, "NoSuchBucket"},
		{"a bucket of another region", answer(http.StatusMovedPermanently, "PermanentRedirect"), false, "PermanentRedirect"},
		{"an archived object", answer(http.StatusForbidden, "InvalidObjectState"), false, "InvalidObjectState"},
	} {
		a := s3archive.New(clientOf("http://s3.invalid", &wire{trouble: func(*http.Request) (*http.Response, error) { return f.answer() }}), "shop", "cold")
		a.Unhurried(unhurried)
		for doing, call := range calls(a) {
			t.Run("to "+doing+" under "+f.name, func(t *testing.T) {
				t.Parallel()
				err := call(t.Context())
				require.Error(t, err)
				assert.Equal(t, f.passes, errors.Is(err, ports.ErrUnavailable), "%v", err)
				assert.ErrorContains(t, err, f.contains)
				assert.ErrorContains(t, err, "s3archive: "+doing+" s3://shop/cold/events/date=")
				var corrupt *ports.CorruptError
				assert.NotErrorAs(t, err, &corrupt, "a fault of the service says nothing of the object")
			})
		}
	}
	t.Run("a context that ends during a call is the error", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		a := s3archive.New(clientOf("http://s3.invalid", &wire{trouble: func(request *http.Request) (*http.Response, error) {
			cancel()
			return nil, request.Context().Err()
		}}), "shop", "")
		for doing, call := range calls(a) {
			err := call(ctx)
			assert.ErrorIs(t, err, context.Canceled, doing)
			assert.NotErrorIs(t, err, ports.ErrUnavailable, doing)
		}
	})
	t.Run("a server that is not there is ErrUnavailable", func(t *testing.T) {
		t.Parallel()
		a := s3archive.New(clientOf("http://127.0.0.1:1", nil), "shop", "")
		for doing, call := range calls(a) {
			assert.ErrorIs(t, call(t.Context()), ports.ErrUnavailable, doing)
		}
	})
}
