package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"

	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

// ServeHTTP answers one request.
func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	started := a.Now()
	sent := &sentStatus{ResponseWriter: w}
	w.Header().Set("X-Content-Type-Options", "nosniff")
	rt, id, stray := a.match(r.Method, r.URL)
	label := otherRoute
	if stray == nil {
		label = rt.label()
	}
	defer func() {
		a.Meter.Add(ports.MetricHTTPRequests, ports.TwoLabels(label, strconv.Itoa(sent.status)), 1)
		a.Meter.Observe(ports.MetricHTTPLatency, label, a.Now().Sub(started).Seconds())
	}()
	if a.Trace != nil && stray == nil && rt.traced() {
		within, end := a.Trace(r, label)
		r = within
		defer func() { end(sent.status) }()
	}
	defer func() {
		if fault := recover(); fault != nil {
			a.recovered(sent, r, label, fault)
		}
	}()
	switch {
	case stray != nil:
		out := stray.reply()
		out.send(sent, r.Method)
	case rt.foreign != nil && !rt.page:
		rt.foreign.ServeHTTP(sent, r)
	default:
		out, err := a.serve(sent, w, r, rt, id)
		if err != nil {
			out = a.problemOf(r, label, err).reply()
		}
		if sent.status == 0 && out.status != 0 { // else it is sent, or nobody waits for it
			out.send(sent, r.Method)
		}
	}
}

// serve answers a request, or returns the answer.
func (a *api) serve(sent, w http.ResponseWriter, r *http.Request, rt *route, id string) (reply, error) {
	switch {
	case rt.page:
		if err := a.Operator.checkSite(r, true); err != nil {
			return reply{}, err
		}
		rt.foreign.ServeHTTP(sent, r)
		return reply{}, nil
	case rt.stream != nil:
		c := &call{Request: r}
		if err := a.readCall(w, c, rt, id); err != nil {
			return reply{}, err
		}
		return reply{}, rt.stream(a, sent, r)
	}
	return a.answer(w, r, rt, id)
}

// answer reads the request and lets its route answer. What it puts into w's
// header stands on problems, too. w is the server's own, which must hear of a body
// that is too large.
func (a *api) answer(w http.ResponseWriter, r *http.Request, rt *route, id string) (reply, error) {
	c := &call{Request: r}
	if rt.public {
		ctx, cancel := context.WithTimeout(r.Context(), a.Timeout)
		defer cancel()
		c.ctx = ctx
		return rt.handle(a, c)
	}
	if err := a.readCall(w, c, rt, id); err != nil {
		return reply{}, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), a.Timeout)
	defer cancel()
	c.ctx = ctx
	// Not before all is read and waited for: who is slow takes nobody's place.
	if err := a.await(c, rt.view); err != nil {
		return reply{}, err
	}
	if !a.crowd.enter() {
		return reply{}, tooManyRequests()
	}
	defer a.crowd.leave()
	out, err := rt.handle(a, c)
	if refusal, ok := errors.AsType[*es.Refusal](err); ok && rt.command && !c.handled {
		a.Meter.Add(ports.MetricRefusals, refusal.Code, 1) // the use case counts those that reach it
	}
	return out, err
}

// readCall reads all of a request, and who asks.
func (a *api) readCall(w http.ResponseWriter, c *call, rt *route, id string) error {
	w.Header().Set("Cache-Control", "no-store")
	keyFault := a.readKey(w, c, rt)
	who := a.authenticate
	if rt.operator {
		who = a.Operator.authenticate
	}
	if err := who(c); err != nil {
		return err
	}
	if keyFault != nil {
		return keyFault
	}
	return c.read(w, rt, id)
}

// recovered tells a panic: to the log with its stack, to the caller as a problem,
// unless an answer is on its way, which is then cut off.
func (a *api) recovered(w *sentStatus, r *http.Request, label string, fault any) {
	if fault == http.ErrAbortHandler { //nolint:errorlint // net/http compares it so, too
		panic(fault)
	}
	a.Log.LogAttrs(r.Context(), slog.LevelError, "request panicked",
		slog.String("route", label), slog.Any("panic", fault), slog.String("stack", string(debug.Stack())))
	if w.status != 0 {
		panic(http.ErrAbortHandler)
	}
	out := internalProblem().reply()
	out.send(w, r.Method)
}

// sentStatus notes the status that is sent.
type sentStatus struct {
	http.ResponseWriter
	status int // 0: nothing is sent yet
}

// Unwrap lets http.ResponseController reach the server's own writer.
func (s *sentStatus) Unwrap() http.ResponseWriter { return s.ResponseWriter }

func (s *sentStatus) WriteHeader(status int) {
	if s.status == 0 {
		s.status = status
	}
	s.ResponseWriter.WriteHeader(status)
}

func (s *sentStatus) Write(b []byte) (int, error) {
	if s.status == 0 {
		s.status = http.StatusOK
	}
	return s.ResponseWriter.Write(b)
}
