package runtimetest

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// invocation is one event and what comes of it.
type invocation struct {
	id       string
	function string
	payload  []byte
	deadline time.Time
	done     chan outcome // holds one
}

type outcome struct {
	answer []byte
	err    error
}

func newInvocation(payload []byte, deadline time.Time, function string) *invocation {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the program instead
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	id := fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
	return &invocation{id: id, function: function, payload: payload, deadline: deadline, done: make(chan outcome, 1)}
}

// api serves the Runtime API, version 2018-06-01: next, response, error and init
// error. It takes one answer to each invocation.
func (i *Instance) api() http.Handler {
	const root = "/2018-06-01/runtime"
	var under sync.Map // invocations under way, by ID
	finish := func(w http.ResponseWriter, r *http.Request, read func(body []byte) outcome) {
		body, err := io.ReadAll(r.Body)
		v, ok := under.LoadAndDelete(r.PathValue("id"))
		switch {
		case err != nil:
			w.WriteHeader(http.StatusBadRequest)
		case !ok:
			http.Error(w, `{"errorType": "InvalidRequestID"}`, http.StatusBadRequest)
		case len(body) > maxAnswer:
			v.(*invocation).done <- outcome{err: &FunctionError{Type: "Function.ResponseSizeTooLarge", Message: "the answer has more than 6 MB"}}
			http.Error(w, `{"errorType": "RequestEntityTooLarge"}`, http.StatusRequestEntityTooLarge)
		default:
			v.(*invocation).done <- read(body)
			w.WriteHeader(http.StatusAccepted)
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+root+"/invocation/next", func(w http.ResponseWriter, r *http.Request) {
		select { // a poll waits until there is something to do
		case v := <-i.next:
			under.Store(v.id, v)
			h := w.Header()
			h.Set("Content-Type", "application/json")
			h.Set("Lambda-Runtime-Aws-Request-Id", v.id)
			h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(v.deadline.UnixMilli(), 10))
			h.Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-central-1:123456789012:function:"+v.function)
			h.Set("Lambda-Runtime-Trace-Id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1")
			_, _ = w.Write(v.payload) // a process that is gone has ended the invocation
		case <-r.Context().Done():
		}
	})
	mux.HandleFunc("POST "+root+"/invocation/{id}/response", func(w http.ResponseWriter, r *http.Request) {
		finish(w, r, func(body []byte) outcome { return outcome{answer: body} })
	})
	mux.HandleFunc("POST "+root+"/invocation/{id}/error", func(w http.ResponseWriter, r *http.Request) {
		finish(w, r, func(body []byte) outcome { return outcome{err: failureIn(body)} })
	})
	mux.HandleFunc("POST "+root+"/init/error", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // half an error is one, too
		select {
		case i.noStart <- failureIn(body):
		default:
		}
		w.WriteHeader(http.StatusAccepted)
	})
	return mux
}

// maxAnswer is the most bytes of an answer (Developer Guide, "Lambda quotas").
const maxAnswer = 6 << 20

func failureIn(body []byte) *FunctionError {
	var failed FunctionError
	if err := json.Unmarshal(body, &failed); err != nil {
		return &FunctionError{Type: "Runtime.InvalidError", Message: string(body)}
	}
	return &failed
}
