package lambdafn

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/aws/aws-lambda-go/lambda/messages"

	"github.com/evercart/evercart/core/app"
)

// Margin is how long before a function's end its store calls end, so that it can
// still answer.
const Margin = 500 * time.Millisecond

// Function is what is around every handler. It is a lambda.Handler, and safe for
// concurrent use.
type Function struct {
	Handler Handler
	Log     *slog.Logger // as NewLogger makes it
	Meter   *Meter       // flushed after each invocation; nil: none

	warm atomic.Bool
}

// The types of the errors that callers see, beside their message.
const (
	errorTryAgain  = "try_again" // safe with the same command ID
	errorMalformed = "malformed_request"
	errorNotReady  = "not_ready" // a generation of a view cannot be made live as things are
	errorPanic     = "panic"
	errorFault     = "fault"
)

// Invoke answers one invocation: it gives the handler a context that ends Margin
// before the function does, and encodes what it answers. An error is logged once,
// a panic with its stack, which the caller does not see.
func (f *Function) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	ctx = context.WithValue(ctx, coldKey{}, !f.warm.Swap(true))
	defer f.flush(ctx)
	within, cancel := beforeEnd(ctx)
	defer cancel()
	answer, err := f.handle(within, payload)
	if err != nil {
		return nil, f.report(ctx, err)
	}
	return answer, nil
}

func beforeEnd(ctx context.Context) (context.Context, context.CancelFunc) {
	end, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, end.Add(-Margin))
}

func (f *Function) handle(ctx context.Context, payload []byte) (encoded []byte, err error) {
	err = guarded(func() error {
		answer, err := f.Handler(ctx, payload)
		if err == nil {
			encoded, err = encode(answer)
		}
		return err
	})
	return encoded, err
}

// encode returns an answer as JSON, without the escapes that HTML wants.
func encode(answer any) ([]byte, error) {
	if raw, ok := answer.(json.RawMessage); ok {
		return raw, nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(answer); err != nil {
		return nil, fmt.Errorf("encode the answer: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// report logs an error and returns it as Lambda hands it to the caller.
func (f *Function) report(ctx context.Context, err error) error {
	kind, level := errorFault, slog.LevelError
	attrs := []slog.Attr{slog.Any("error", err)}
	var again *app.TryAgainError
	var panicked *panicError
	var notReady *app.NotReadyError
	switch {
	case errors.As(err, &panicked):
		kind = errorPanic
		attrs = append(attrs, slog.String("stack", string(panicked.stack)))
	case errors.As(err, &again):
		kind, level = errorTryAgain, slog.LevelWarn
	case errors.Is(err, ErrMalformed):
		kind, level = errorMalformed, slog.LevelWarn
	case errors.As(err, &notReady):
		kind, level = errorNotReady, slog.LevelWarn
	}
	f.Log.LogAttrs(ctx, level, "the invocation failed", attrs...)
	text := err.Error()
	if id := requestID(ctx); id != "" {
		text = "request " + id + ": " + text
	}
	return messages.InvokeResponse_Error{Type: kind, Message: text}
}

// flush writes the invocation's metrics.
func (f *Function) flush(ctx context.Context) {
	if f.Meter == nil {
		return
	}
	if err := f.Meter.Flush(requestID(ctx)); err != nil {
		f.Log.ErrorContext(ctx, "the metrics are lost", slog.Any("error", err))
	}
}
