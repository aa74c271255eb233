package lambdafn

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/ports"
)

// finishing is the event by which function replay asks the function that keeps a view
// to finish a rebuild of it, piece by piece.
type finishing struct {
	Finish *struct {
		Generation int    `json:"generation"`
		After      string `json:"after,omitempty"` // the stream that the last piece ended at
	} `json:"finish"`
}

// finished is the answer.
type finished struct {
	After string `json:"after"` // where to go on; empty: queries read the generation
}

// finish does one piece of the end of a rebuild.
func (c *Consumer) finish(ctx context.Context, payload []byte) (any, error) {
	var in finishing
	if err := readQuery(payload, &in); err != nil {
		return nil, err
	}
	if in.Finish == nil || in.Finish.Generation < 1 {
		return nil, ErrMalformed.With(`the event names no generation; want {"finish": {"generation": …}}`)
	}
	after, err := c.Finish(ctx, ports.Target{Consumer: c.Consumer.Name(), Generation: in.Finish.Generation}, in.Finish.After)
	return finished{after}, err
}

// FinishBy returns what Replay finishes rebuilds by: it asks the function that keeps
// the target's view, which invoke hands an event and returns the answer of. What stands
// in the way is an *app.NotReadyError, as it is in that function.
func FinishBy(
	invoke func(ctx context.Context, target ports.Target, payload []byte) ([]byte, error),
) func(ctx context.Context, target ports.Target, after string) (next string, err error) {
	return func(ctx context.Context, target ports.Target, after string) (string, error) {
		payload, err := json.Marshal(map[string]any{"finish": map[string]any{"generation": target.Generation, "after": after}})
		if err != nil {
			return after, err
		}
		answer, err := invoke(ctx, target, payload)
		if failed, ok := errors.AsType[*FunctionError](err); ok && failed.Type == errorNotReady {
			return after, &app.NotReadyError{Target: target, Why: failed.Message}
		}
		if err != nil {
			return after, fmt.Errorf("%s is not finished: %w", target, err)
		}
		var out finished
		if err := json.Unmarshal(answer, &out); err != nil {
			return after, fmt.Errorf("%s is not finished: the function's answer cannot be read: %w", target, err)
		}
		return out.After, nil
	}
}
