package player

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"time"

	"github.com/evercart/evercart/adapters/lambdafn/runtimetest"
)

// maxEnvironments is how many execution environments a function may have: on AWS
// its reserved concurrency. What comes beyond waits.
const maxEnvironments = 4

// function is a deployed program: as many execution environments as are needed at
// once, started when they are, used again, and replaced when their process is gone
// ("Understanding the Lambda execution environment lifecycle").
type function struct {
	program string
	binary  string
	opt     runtimetest.Options
	room    chan struct{} // holds one for each environment at work
	observe func(*Invocation)

	mu      sync.Mutex
	idle    []*runtimetest.Instance
	busy    map[*runtimetest.Instance][]byte // with the event that it has in hand
	stopped bool
}

var errStopped = errors.New("player: the stack is stopped")

// newFunction returns the function of a program, which has no environment yet.
func (s *Stack) newFunction(program string, environment []string) *function {
	return &function{
		program: program, binary: filepath.Join(s.Functions, program, "bootstrap"), observe: s.Observe,
		room: make(chan struct{}, maxEnvironments), busy: map[*runtimetest.Instance][]byte{},
		opt: runtimetest.Options{Name: s.FunctionName(program), Environment: environment, Timeout: s.timeoutOf(program), Output: s.Output},
	}
}

// invoke hands an event to the function and returns its answer; see
// runtimetest.Instance.Invoke.
func (f *function) invoke(ctx context.Context, source string, payload []byte) ([]byte, error) {
	start := time.Now()
	answer, err := f.handle(ctx, payload)
	if f.observe != nil && ctx.Err() == nil {
		f.observe(&Invocation{Program: f.program, Source: source, Payload: payload, Answer: answer, Err: err, Took: time.Since(start)})
	}
	return answer, err
}

func (f *function) handle(ctx context.Context, payload []byte) ([]byte, error) {
	select {
	case f.room <- struct{}{}:
		defer func() { <-f.room }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	for {
		instance, warm, err := f.take(ctx, payload)
		if err != nil {
			return nil, err
		}
		answer, err := instance.Invoke(ctx, payload)
		f.giveBack(instance, err)
		failed, ok := errors.AsType[*runtimetest.FunctionError](err)
		if ok && failed.Unreached && warm {
			continue // its process ended after the event before: Lambda starts another
		}
		return answer, err
	}
}

// take returns an environment for an event: an idle one, or a new one.
func (f *function) take(ctx context.Context, payload []byte) (i *runtimetest.Instance, warm bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for len(f.idle) > 0 && !warm {
		i, f.idle = f.idle[len(f.idle)-1], f.idle[:len(f.idle)-1]
		if warm = !i.Ended(); !warm {
			i.Stop()
		}
	}
	if f.stopped {
		return nil, false, errStopped
	}
	if !warm {
		if i, err = runtimetest.Start(ctx, f.binary, f.opt); err != nil {
			return nil, false, err
		}
	}
	f.busy[i] = payload
	return i, warm, nil
}

// giveBack takes back an environment after an invocation that ended with err.
func (f *function) giveBack(i *runtimetest.Instance, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.busy, i)
	failed, ok := errors.AsType[*runtimetest.FunctionError](err)
	gone := err != nil && (!ok || failed.Type == "Runtime.ExitError" || failed.Type == "Sandbox.Timedout")
	if gone || f.stopped || i.Ended() {
		i.Stop()
		return
	}
	f.idle = append(f.idle, i)
}

// kill ends the processes that are at work on an event that is meant, as a crash
// does, and returns how many there were.
func (f *function) kill(meant func(event []byte) bool) (killed int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, event := range f.busy {
		if meant(event) {
			i.Stop()
			killed++
		}
	}
	return killed
}

// stop ends all processes, for good.
func (f *function) stop() {
	f.mu.Lock()
	idle := f.idle
	f.idle, f.stopped = nil, true
	f.mu.Unlock()
	f.kill(func([]byte) bool { return true })
	for _, i := range idle {
		i.Stop()
	}
}
