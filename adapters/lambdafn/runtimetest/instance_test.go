package runtimetest_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/lambdafn/runtimetest"
)

// TestMain is the function as well: started by an instance, this binary serves the
// Runtime API instead of running tests.
func TestMain(m *testing.M) {
	switch os.Getenv("PLAY") {
	case "":
		os.Exit(m.Run())
	case "exit":
		os.Exit(3)
	}
	lambda.Start(func(ctx context.Context, in map[string]string) (map[string]string, error) {
		switch in["do"] {
		case "panic":
			panic("no tea")
		case "exit":
			os.Exit(4)
		case "hang":
			<-ctx.Done()
			select {}
		}
		lc, _ := lambdacontext.FromContext(ctx)
		end, _ := ctx.Deadline()
		return map[string]string{
			"id": lc.AwsRequestID, "arn": lc.InvokedFunctionArn, "left": time.Until(end).String(), "name": lambdacontext.FunctionName, "mine": os.Getenv("MINE"),
		}, nil
	})
}

func start(t *testing.T, opt runtimetest.Options) *runtimetest.Instance {
	t.Helper()
	opt.Environment = append(opt.Environment, "PLAY=function")
	i, err := runtimetest.Start(t.Context(), os.Args[0], opt)
	require.NoError(t, err)
	t.Cleanup(i.Stop)
	return i
}

func failure(t *testing.T, err error) *runtimetest.FunctionError {
	t.Helper()
	var failed *runtimetest.FunctionError
	require.ErrorAs(t, err, &failed)
	return failed
}

func TestAnInstance(t *testing.T) {
	t.Parallel()
	t.Run("answers one event after another, each with an ID and a deadline of its own", func(t *testing.T) {
		t.Parallel()
		i := start(t, runtimetest.Options{Name: "evercart-x", Environment: []string{"MINE=yes"}, Timeout: time.Minute})
		first, err := i.Invoke(t.Context(), []byte(`{}`))
		require.NoError(t, err, i.Output())
		second, err := i.Invoke(t.Context(), []byte(`{}`))
		require.NoError(t, err)
		assert.NotEqual(t, string(first), string(second))
		for _, want := range []string{`"arn":"arn:aws:lambda:eu-central-1:123456789012:function:evercart-x"`, `"name":"evercart-x"`, `"mine":"yes"`, `"left":"59.`} {
			assert.Contains(t, string(first), want)
		}
	})
	t.Run("knows nothing of this process's environment", func(t *testing.T) {
		t.Parallel()
		i := start(t, runtimetest.Options{})
		answer, err := i.Invoke(t.Context(), []byte(`{}`))
		require.NoError(t, err)
		assert.Contains(t, string(answer), `"mine":""`)
	})
	t.Run("hands on the errors that the function reports", func(t *testing.T) {
		t.Parallel()
		i := start(t, runtimetest.Options{})
		_, err := i.Invoke(t.Context(), []byte(`[]`))
		assert.Equal(t, "UnmarshalTypeError", failure(t, err).Type)
		_, err = i.Invoke(t.Context(), []byte(`{"do": "panic"}`))
		assert.Equal(t, "no tea", failure(t, err).Message)
		_, err = i.Invoke(t.Context(), []byte(`{}`))
		assert.Equal(t, "Runtime.ExitError", failure(t, err).Type, "aws-lambda-go ends itself after a panic")
		assert.True(t, failure(t, err).Unreached)
		assert.True(t, i.Ended())
	})
	t.Run("tells of a process that ends", func(t *testing.T) {
		t.Parallel()
		i := start(t, runtimetest.Options{})
		assert.False(t, i.Ended())
		_, err := i.Invoke(t.Context(), []byte(`{"do": "exit"}`))
		assert.Equal(t, "Runtime.ExitError", failure(t, err).Type)
		assert.False(t, failure(t, err).Unreached, "it had the event")
		i, err = runtimetest.Start(t.Context(), os.Args[0], runtimetest.Options{Environment: []string{"PLAY=exit"}})
		require.NoError(t, err)
		defer i.Stop()
		_, err = i.Invoke(t.Context(), []byte(`{}`))
		assert.Equal(t, "Runtime.ExitError", failure(t, err).Type)
	})
	t.Run("ends a function that takes too long", func(t *testing.T) {
		t.Parallel()
		i := start(t, runtimetest.Options{Timeout: time.Second})
		_, err := i.Invoke(t.Context(), []byte(`{"do": "hang"}`))
		assert.Equal(t, "Sandbox.Timedout", failure(t, err).Type)
		_, err = i.Invoke(t.Context(), []byte(`{}`))
		assert.Equal(t, "Runtime.ExitError", failure(t, err).Type)
	})
	t.Run("ends with the caller's context", func(t *testing.T) {
		t.Parallel()
		i := start(t, runtimetest.Options{})
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		_, err := i.Invoke(ctx, []byte(`{"do": "hang"}`))
		assert.ErrorIs(t, err, context.DeadlineExceeded)
	})
	t.Run("needs a program", func(t *testing.T) {
		t.Parallel()
		_, err := runtimetest.Start(t.Context(), filepath.Join(t.TempDir(), "none"), runtimetest.Options{})
		assert.ErrorContains(t, err, "runtimetest: start ")
	})
}
