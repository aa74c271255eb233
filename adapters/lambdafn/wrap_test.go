package lambdafn_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambda/messages"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/ports"
)

var _ lambda.Handler = (*lambdafn.Function)(nil)

// lines is what a function wrote, a JSON object a line.
type lines struct {
	mu  sync.Mutex
	out bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.Write(p)
}

// all returns every line, which must each be a JSON object.
func (l *lines) all(t *testing.T) (objects []map[string]any) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	for scan := bufio.NewScanner(bytes.NewReader(l.out.Bytes())); scan.Scan(); {
		var object map[string]any
		require.NoError(t, json.Unmarshal(scan.Bytes(), &object), scan.Text())
		objects = append(objects, object)
	}
	return objects
}

// function returns a function around handler, and what it writes.
func function(handler lambdafn.Handler) (*lambdafn.Function, *lines) {
	out := &lines{}
	id := lambdafn.Identity{Service: "add-item", Name: "evercart-add-item", Version: "$LATEST", MemoryMB: 256}
	return &lambdafn.Function{
		Handler: handler, Log: lambdafn.NewLogger(out, slog.LevelInfo, id), Meter: lambdafn.NewMeter(out, "add-item", noon),
	}, out
}

func TestAFunction(t *testing.T) {
	t.Parallel()
	t.Run("encodes what its handler answers, without the escapes that HTML wants", func(t *testing.T) {
		t.Parallel()
		for want, answer := range map[string]any{
			`{"item":"<Tea> & milk"}`: map[string]string{"item": "<Tea> & milk"},
			`{"kept": "as <it> is"}`:  json.RawMessage(`{"kept": "as <it> is"}`),
			`null`:                    nil,
		} {
			f, _ := function(func(context.Context, []byte) (any, error) { return answer, nil })
			got, err := f.Invoke(t.Context(), nil)
			require.NoError(t, err)
			assert.Equal(t, want, string(got))
		}
	})
	t.Run("ends its handler's context before its own", func(t *testing.T) {
		t.Parallel()
		end := time.Now().Add(time.Hour)
		ctx, cancel := context.WithDeadline(t.Context(), end)
		defer cancel()
		var got time.Time
		f, _ := function(func(ctx context.Context, _ []byte) (any, error) {
			got, _ = ctx.Deadline()
			return nil, nil
		})
		_, err := f.Invoke(ctx, nil)
		require.NoError(t, err)
		assert.Equal(t, end.Add(-500*time.Millisecond), got)
	})
	t.Run("turns a panic into an error with context; the stack is in the log alone", func(t *testing.T) {
		t.Parallel()
		f, out := function(func(context.Context, []byte) (any, error) { panic("no tea left") })
		_, err := f.Invoke(inLambda(t, "request-1"), nil)
		var told messages.InvokeResponse_Error
		require.ErrorAs(t, err, &told)
		assert.Equal(t, messages.InvokeResponse_Error{Type: "panic", Message: "request request-1: it panicked: no tea left"}, told)
		logged := out.all(t)
		require.Len(t, logged, 1)
		assert.Equal(t, "ERROR", logged[0]["level"])
		assert.Contains(t, logged[0]["stack"], "wrap_test.go")
		assert.NotContains(t, logged[0]["error"], "wrap_test.go")
		_, err = f.Invoke(inLambda(t, "request-2"), nil)
		assert.Error(t, err, "it lives on")
	})
	t.Run("tells callers what kind of error it is, and logs each once", func(t *testing.T) {
		t.Parallel()
		for kind, fault := range map[string]error{
			"try_again":         &app.TryAgainError{Err: errBroken},
			"malformed_request": lambdafn.ErrMalformed.With("no such thing"),
			"fault":             errors.New("odd"),
		} {
			f, out := function(func(context.Context, []byte) (any, error) { return nil, fault })
			_, err := f.Invoke(t.Context(), nil)
			var told messages.InvokeResponse_Error
			require.ErrorAs(t, err, &told)
			assert.Equal(t, kind, told.Type)
			assert.Equal(t, fault.Error(), told.Message)
			assert.Nil(t, told.StackTrace)
			assert.Len(t, out.all(t), 1)
		}
	})
	t.Run("reports an answer that cannot be encoded", func(t *testing.T) {
		t.Parallel()
		f, _ := function(func(context.Context, []byte) (any, error) { return make(chan int), nil })
		_, err := f.Invoke(t.Context(), nil)
		assert.ErrorContains(t, err, "encode the answer")
	})
	t.Run("writes its metrics after each invocation, also one that panics", func(t *testing.T) {
		t.Parallel()
		var f *lambdafn.Function
		f, out := function(func(context.Context, []byte) (any, error) {
			f.Meter.Add(ports.MetricCommands, "AddItem", 1)
			panic("late")
		})
		_, err := f.Invoke(inLambda(t, "request-1"), nil)
		require.Error(t, err)
		written := out.all(t)
		require.Len(t, written, 2)
		assert.Contains(t, written[1], "_aws")
		assert.Equal(t, "request-1", written[1]["function_request_id"])
	})
	t.Run("is safe for invocations at the same time, of which one is the cold one", func(t *testing.T) {
		t.Parallel()
		var f *lambdafn.Function
		f, out := function(func(ctx context.Context, _ []byte) (any, error) {
			f.Meter.Observe(ports.MetricCommandTime, "AddItem", 0.5)
			f.Log.InfoContext(ctx, "at work")
			return nil, nil
		})
		var all sync.WaitGroup
		for range 16 {
			all.Go(func() { _, _ = f.Invoke(inLambda(t, "r"), nil) })
		}
		all.Wait()
		cold := 0
		for _, line := range out.all(t) {
			if line["cold_start"] == true {
				cold++
			}
		}
		assert.Equal(t, 1, cold)
	})
}

func TestAnyRecordedEventOfAnotherKindIsAnErrorAndNoPanic(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob(filepath.Join("testdata", "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, names)
	payloads := map[string][]byte{"null": []byte(`null`), "empty": nil, "text": []byte(`"text"`), "records": []byte(`{"Records": 7}`)}
	for _, name := range names {
		payloads[name], err = os.ReadFile(name)
		require.NoError(t, err)
	}
	w := newWorld()
	for what, handler := range map[string]lambdafn.Handler{
		"front": w.front((&lambdafn.History{Queries: w.queries}).Handle).Handle, "relay": w.relay().Handle,
		"consumer": w.consumer(&picky{}).Handle, "replay": newReplaying(t).Handle,
	} {
		for name, payload := range payloads {
			f, _ := function(handler)
			_, err := f.Invoke(inLambda(t, "r"), payload)
			if err != nil {
				assert.NotContains(t, err.Error(), "panicked", "%s, %s", what, name)
			}
		}
	}
}
