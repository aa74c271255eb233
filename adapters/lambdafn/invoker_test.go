package lambdafn_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/ports"
)

// invoker returns an invoker of a Lambda API that answers as handle does.
func invoker(t *testing.T, handle http.HandlerFunc) *lambdafn.Invoker {
	t.Helper()
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close)
	return &lambdafn.Invoker{
		Endpoint: server.URL, Region: "eu-central-1", Client: server.Client(), Now: noon,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "SECRET", SessionToken: "TOKEN"}, nil
		}),
	}
}

func TestInvokingAFunction(t *testing.T) {
	t.Parallel()
	t.Run("is one signed request that names it, by name or by ARN", func(t *testing.T) {
		t.Parallel()
		for _, function := range []string{"evercart-replay", projectCarts} {
			var got *http.Request
			var body []byte
			i := invoker(t, func(w http.ResponseWriter, r *http.Request) {
				got = r
				body, _ = io.ReadAll(r.Body)
				_, _ = io.WriteString(w, `{"batchItemFailures":[]}`)
			})
			answer, err := i.Call(t.Context(), function, []byte(`{"Records":[]}`))
			require.NoError(t, err)
			assert.Equal(t, `{"batchItemFailures":[]}`, string(answer))
			assert.Equal(t, "/2015-03-31/functions/"+function+"/invocations", got.URL.Path)
			assert.Equal(t, "RequestResponse", got.Header.Get("X-Amz-Invocation-Type"))
			assert.Equal(t, `{"Records":[]}`, string(body))
			assert.Contains(t, got.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential=AKID/20260131/eu-central-1/lambda/aws4_request")
			assert.Equal(t, "TOKEN", got.Header.Get("X-Amz-Security-Token"))
		}
	})
	t.Run("may be told not to wait", func(t *testing.T) {
		t.Parallel()
		kind := ""
		i := invoker(t, func(w http.ResponseWriter, r *http.Request) {
			kind = r.Header.Get("X-Amz-Invocation-Type")
			w.WriteHeader(http.StatusAccepted)
		})
		require.NoError(t, i.Start(t.Context(), "evercart-replay", []byte(`{"id":"x"}`)))
		assert.Equal(t, "Event", kind)
	})
	t.Run("that fails is told apart from one that was not reached", func(t *testing.T) {
		t.Parallel()
		i := invoker(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Amz-Function-Error", "Unhandled")
			_, _ = io.WriteString(w, `{"errorType": "panic"}`)
		})
		_, err := i.Call(t.Context(), "f", nil)
		var failed *lambdafn.FunctionError
		require.ErrorAs(t, err, &failed)
		assert.JSONEq(t, `{"errorType": "panic"}`, failed.Message)
		assert.Equal(t, "panic", failed.Type)
	})
	t.Run("may go well at another time after faults that pass", func(t *testing.T) {
		t.Parallel()
		for status, passes := range map[int]bool{429: true, 500: true, 503: true, 400: false, 403: false, 404: false} {
			i := invoker(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
			err := i.Start(t.Context(), "f", nil)
			require.Error(t, err)
			assert.Equal(t, passes, errors.Is(err, ports.ErrUnavailable), status)
			assert.ErrorContains(t, err, "invoke function f")
		}
		i := invoker(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
		assert.ErrorIs(t, i.Start(t.Context(), "f", nil), ports.ErrUnavailable)
	})
	t.Run("needs credentials and a region's endpoint", func(t *testing.T) {
		t.Parallel()
		i := invoker(t, nil)
		i.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return aws.Credentials{}, errBroken })
		assert.ErrorIs(t, i.Start(t.Context(), "f", nil), errBroken)
		for region, want := range map[string]string{
			"eu-central-1": "lambda.eu-central-1.amazonaws.com", "us-gov-west-1": "lambda.us-gov-west-1.amazonaws.com",
			"cn-north-1": "lambda.cn-north-1.amazonaws.com.cn",
		} {
			i = invoker(t, nil)
			i.Endpoint, i.Region = "", region
			host := ""
			i.Client = &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
				host = r.URL.Host
				return nil, errBroken
			})}
			assert.ErrorIs(t, i.Start(t.Context(), "f", nil), errBroken)
			assert.Equal(t, want, host)
		}
	})
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
