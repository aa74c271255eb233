package simulation_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
)

// endpoint answers the requests of an SDK client, which speak JSON.
type endpoint struct {
	w        *world
	service  string
	throttle string // the error code of a throttled call
	serve    func(operation string, body []byte) (status int, answer any)
	last     atomic.Pointer[process] // that asked for something
}

// Do implements the SDK's HTTP client.
func (e *endpoint) Do(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	sum, err := digest(body)
	if err != nil {
		return nil, err
	}
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	var status int
	var answer any
	f, err := e.w.call(e.caller(r.Context()), e.service, fmt.Sprintf("%s %x", operation, sum), func() { status, answer = e.serve(operation, body) })
	switch {
	case err != nil:
		return nil, err
	case f == refused:
		return respond(http.StatusBadRequest, map[string]string{"__type": e.throttle, "message": "simulated"})
	case f.failed():
		return nil, io.ErrUnexpectedEOF
	}
	return respond(status, answer)
}

// caller returns a context that has a process. What goes on beside a process, such as
// the renewal of its lease, is the last process's that asked.
func (e *endpoint) caller(ctx context.Context) context.Context {
	if p := processOf(ctx); p != nil {
		e.last.Store(p)
		return ctx
	}
	return context.WithValue(ctx, processKey{}, e.last.Load())
}

func invalid(err error) (int, any) {
	return http.StatusBadRequest, map[string]string{"__type": "ValidationException", "message": err.Error()}
}

func respond(status int, answer any) (*http.Response, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(answer); err != nil {
		return nil, err
	}
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status), ProtoMajor: 1, ProtoMinor: 1, ContentLength: int64(text.Len()),
		Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}}, Body: io.NopCloser(&text),
	}, nil
}
