package runtimetest

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"sync"
	"time"
)

// Options say how a function is started and called.
type Options struct {
	// Name is the function's, as deployed; empty: "function".
	Name string
	// Environment are variables "NAME=value" beside those that Lambda itself sets.
	Environment []string
	// Timeout is how long an invocation may take; 0: 10 s.
	Timeout time.Duration
	// Output takes what the process writes, too; nil: nobody does.
	Output io.Writer
}

// Instance is one execution environment: a process and the Runtime API beside it.
// It handles one invocation at a time.
type Instance struct {
	// Started is when the process was started.
	Started time.Time

	opt     Options
	runs    sync.Mutex // held by the invocation under way
	server  *http.Server
	cmd     *exec.Cmd
	wrote   output
	next    chan *invocation
	noStart chan *FunctionError
	ended   chan struct{} // closed when the process is gone
	stop    sync.Once
}

// Start starts a built function. Its environment holds nothing but what Lambda sets
// (Developer Guide, "Defined runtime environment variables") and opt names. It must
// be stopped.
func Start(ctx context.Context, binary string, opt Options) (*Instance, error) {
	if opt.Name == "" {
		opt.Name = "function"
	}
	if opt.Timeout == 0 {
		opt.Timeout = 10 * time.Second
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("runtimetest: %w", err)
	}
	i := &Instance{opt: opt, next: make(chan *invocation), noStart: make(chan *FunctionError, 1), ended: make(chan struct{})}
	i.server = &http.Server{Handler: i.api(), ReadHeaderTimeout: time.Minute}
	go i.server.Serve(listener)  //nolint:errcheck // it ends by Stop
	i.cmd = exec.Command(binary) //nolint:noctx // it outlives ctx, as an environment outlives its first invocation
	i.cmd.Env = append([]string{
		"AWS_LAMBDA_RUNTIME_API=" + listener.Addr().String(),
		"AWS_LAMBDA_FUNCTION_NAME=" + opt.Name, "AWS_LAMBDA_FUNCTION_VERSION=$LATEST", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=256",
		"AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/" + opt.Name, "AWS_LAMBDA_LOG_STREAM_NAME=local", "AWS_LAMBDA_INITIALIZATION_TYPE=on-demand",
		"AWS_EXECUTION_ENV=AWS_Lambda_provided.al2023", "_HANDLER=bootstrap", "TZ=:UTC", "LANG=en_US.UTF-8", "PATH=/usr/local/bin:/usr/bin:/bin",
		"AWS_REGION=eu-central-1", "AWS_DEFAULT_REGION=eu-central-1", "AWS_ACCESS_KEY_ID=local", "AWS_SECRET_ACCESS_KEY=local", "AWS_SESSION_TOKEN=local",
	}, opt.Environment...)
	i.wrote.also = opt.Output
	i.cmd.Stdout, i.cmd.Stderr = &i.wrote, &i.wrote
	i.Started = time.Now()
	if err := i.cmd.Start(); err != nil {
		_ = i.server.Close() // nobody has connected
		return nil, fmt.Errorf("runtimetest: start %s: %w", binary, err)
	}
	go func() {
		_ = i.cmd.Wait() // what it wrote says why
		close(i.ended)
	}()
	return i, nil
}

// Invoke hands an event to the function and returns its answer. An error that the
// function reports, at its start or for the event, is a *FunctionError; so is a
// process that ends or takes longer than its time, which then is gone.
func (i *Instance) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	i.runs.Lock()
	defer i.runs.Unlock()
	v := newInvocation(payload, time.Now().Add(i.opt.Timeout), i.opt.Name)
	late := time.NewTimer(i.opt.Timeout)
	defer late.Stop()
	give := i.next
	for {
		select {
		case give <- v:
			give = nil // it is under way
		case out := <-v.done:
			return out.answer, out.err
		case failed := <-i.noStart:
			return nil, failed
		case <-i.ended:
			return nil, &FunctionError{Type: "Runtime.ExitError", Message: "the process ended: " + i.Output(), Unreached: give != nil}
		case <-late.C:
			i.Stop()
			return nil, &FunctionError{Type: "Sandbox.Timedout", Message: fmt.Sprintf("it took longer than %s", i.opt.Timeout)}
		case <-ctx.Done():
			i.Stop()
			return nil, ctx.Err()
		}
	}
}

// Ended reports whether the process is gone.
func (i *Instance) Ended() bool {
	select {
	case <-i.ended:
		return true
	default:
		return false
	}
}

// Output returns the last of what the process wrote so far, at least a megabyte.
func (i *Instance) Output() string { return i.wrote.String() }

// Stop ends the process and the Runtime API, and returns when both are gone.
// Stopping again does nothing.
func (i *Instance) Stop() {
	i.stop.Do(func() {
		_ = i.cmd.Process.Kill() // it may be gone already
		<-i.ended
		_ = i.server.Close() // its only client is gone
	})
}

// FunctionError is what callers see of a function that failed.
type FunctionError struct {
	Type    string `json:"errorType"`
	Message string `json:"errorMessage"`
	// Unreached says that the process ended before it got the event.
	Unreached bool `json:"-"`
}

func (e *FunctionError) Error() string { return e.Type + ": " + e.Message }
