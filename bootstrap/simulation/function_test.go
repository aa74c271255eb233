package simulation_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/core/es"
)

// function is a function of Lambda: as many instances as there are invocations at
// the same time, each with a clock of its own.
type function struct {
	w       *world
	name    string
	timeout time.Duration
	build   func(i *instance) lambdafn.Handler
	idle    []*instance
	built   int
	running int // invocations
}

// instance is one running copy of a function. It handles one invocation at a time,
// and dies with one that does.
type instance struct {
	function *lambdafn.Function
	now      func() time.Time
	ids      *es.IDs
	log      *slog.Logger
}

// take returns an instance that is warm, or a new one.
func (f *function) take() *instance {
	if n := len(f.idle); n > 0 {
		at := f.w.pick(n)
		i := f.idle[at]
		f.idle = append(f.idle[:at], f.idle[at+1:]...)
		return i
	}
	i := f.w.newInstance()
	i.function = &lambdafn.Function{Handler: f.build(i), Log: i.log}
	f.built++
	return i
}

// newInstance returns an instance with a clock that may be wrong.
func (w *world) newInstance() *instance {
	skew := time.Duration(0)
	if w.plan.skew > 0 {
		skew = w.between(-w.plan.skew, w.plan.skew)
	}
	var seed [32]byte
	for i := range seed {
		seed[i] = byte(w.dice.Uint32())
	}
	now := func() time.Time { return time.Now().Add(skew) }
	return &instance{now: now, ids: es.NewIDs(now, seed), log: slog.New(slog.DiscardHandler)}
}

func (f *function) arn() string {
	return "arn:aws:lambda:" + accountARN + ":function:" + prefix + "-" + f.name + ":live"
}

var (
	errTimeout = errors.New("the function timed out")
	errDied    = errors.New("the function died")
)

// invoke runs the function on a payload. done is called once, by the world, with
// what the caller learns.
func (f *function) invoke(payload []byte, done func(answer []byte, err error)) {
	f.invokeAs(fmt.Sprintf("request-%d", f.w.processes+1), payload, done)
}

// invokeAs is invoke, as the request of that ID: Lambda's own tries of one event have
// the same.
func (f *function) invokeAs(requestID string, payload []byte, done func(answer []byte, err error)) {
	w, i := f.w, f.take()
	f.running++
	over := false
	finish := func(answer []byte, err error) {
		if !over {
			over = true
			f.running--
			w.note("%s: answered %.80s %v", f.name, answer, err)
			done(answer, err)
		}
	}
	ctx, cancel := context.WithDeadline(w.root, time.Now().Add(f.timeout))
	ctx = lambdacontext.NewContext(ctx, &lambdacontext.LambdaContext{
		AwsRequestID: requestID, InvokedFunctionArn: f.arn(),
	})
	var answer []byte
	var err error
	p := w.spawn(ctx, f.name, func(ctx context.Context) { answer, err = i.function.Invoke(ctx, payload) }, func() {
		cancel()
		if !over { // one that timed out is gone
			f.idle = append(f.idle, i)
		}
		finish(answer, err)
	})
	p.mortal = true
	p.died = func() { cancel(); finish(nil, errDied) }
	w.at(f.timeout, func() {
		if !over {
			w.plan.count("function: timeout in mid-work")
			p.kill()
			cancel()
			finish(nil, errTimeout)
		}
	})
}
