package bootstrap

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"

	"go.uber.org/fx"
)

// listening is the address of the HTTP server. Whoever asks before the server serves,
// waits.
type listening struct {
	net.Listener
	announced chan struct{} // closed when it was said where the server listens
}

// newListening listens when it is called, and not when the program starts: opening the
// data, which comes before that, may make a folder that somebody who mistyped an
// address does not want.
func newListening(lc fx.Lifecycle, c Config) (*listening, error) {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", c.Addr)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s: %w; choose another with --addr or EVERCART_ADDR", c.Addr, reasonOf(err))
	}
	lc.Append(fx.StopHook(func() {
		_ = listener.Close() // the server has, unless it did not start
	}))
	return &listening{Listener: listener, announced: make(chan struct{})}, nil
}

// reasonOf returns why listening failed, without the address, which whoever tells of it
// names, and without the name of the system call.
func reasonOf(err error) error {
	if op, ok := errors.AsType[*net.OpError](err); ok {
		err = op.Err
	}
	if call, ok := errors.AsType[*os.SyscallError](err); ok {
		err = call.Err
	}
	return err
}
