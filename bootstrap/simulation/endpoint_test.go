package simulation_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"net/http"
	"strings"
)

// endpoint answers the requests of an SDK client, which speak JSON.
type endpoint struct {
	w        *world
	service  string
	throttle string // the error code of a throttled call
	serve    func(operation string, body []byte) (status int, answer any)
}

// Do implements the SDK's HTTP client.
func (e *endpoint) Do(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	body, err = canonical(body)
	if err != nil {
		return nil, err
	}
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	sum := fnv.New64a()
	_, _ = sum.Write(body)
	var status int
	var answer any
	f, err := e.w.call(r.Context(), e.service, fmt.Sprintf("%s %x", operation, sum.Sum64()), func() { status, answer = e.serve(operation, body) })
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

// canonical orders members by name: the SDK writes those of maps in any order.
func canonical(text []byte) ([]byte, error) {
	var value any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	return json.Marshal(value)
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
