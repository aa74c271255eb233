package porttest

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// portCall is one method of a port with arguments that would succeed.
type portCall struct {
	method string
	run    func(ctx context.Context) error
}

// honoursDeadContexts returns an error unless each call, under a cancelled and
// under an expired context, ends with that context's error.
func honoursDeadContexts(ctx context.Context, calls []portCall) error {
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	expired, cancel := context.WithDeadline(ctx, time.Unix(0, 0))
	defer cancel()
	for _, call := range calls {
		for _, dead := range []context.Context{cancelled, expired} {
			if err := call.run(dead); !errors.Is(err, dead.Err()) {
				return fmt.Errorf("%s under a dead context: got %v, want an error that matches %v", call.method, err, dead.Err())
			}
		}
	}
	return nil
}
