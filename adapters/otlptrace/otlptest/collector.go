// Package otlptest is an OpenTelemetry collector for tests.
package otlptest

import (
	"compress/gzip"
	"encoding/hex"
	"io"
	"net/http"
	"slices"
	"sync"

	collectorpb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// Collector takes traces over HTTP, at whatever path, and keeps them. Its zero value is
// ready. It is safe for concurrent use.
type Collector struct {
	mu     sync.Mutex
	refuse int // the status that is answered instead; 0: none
	posts  []string
	spans  []Span
}

// Span is one span as it came.
type Span struct {
	Name              string
	Trace, ID, Parent string // in hex; Parent is empty at a trace's root
	Kind              tracepb.Span_SpanKind
	Failed            bool
	Fault             string            // what it says of that
	Attributes        map[string]string // the numbers as text; those of the resource among them
}

// ServeHTTP takes one batch of spans.
func (c *Collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.posts = append(c.posts, r.Method+" "+r.URL.Path)
	if c.refuse != 0 {
		w.WriteHeader(c.refuse)
		return
	}
	request, err := read(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	for _, from := range request.GetResourceSpans() {
		for _, scope := range from.GetScopeSpans() {
			for _, s := range scope.GetSpans() {
				c.spans = append(c.spans, spanOf(from, s))
			}
		}
	}
	w.Header().Set("Content-Type", "application/x-protobuf")
}

func read(r *http.Request) (*collectorpb.ExportTraceServiceRequest, error) {
	var body io.Reader = r.Body
	if r.Header.Get("Content-Encoding") == "gzip" {
		unzipped, err := gzip.NewReader(body)
		if err != nil {
			return nil, err
		}
		body = unzipped
	}
	data, err := io.ReadAll(body)
	if err != nil {
		return nil, err
	}
	request := &collectorpb.ExportTraceServiceRequest{}
	return request, proto.Unmarshal(data, request)
}

func spanOf(from *tracepb.ResourceSpans, s *tracepb.Span) Span {
	out := Span{
		Name: s.GetName(), Kind: s.GetKind(), Failed: s.GetStatus().GetCode() == tracepb.Status_STATUS_CODE_ERROR, Fault: s.GetStatus().GetMessage(),
		Trace: hex.EncodeToString(s.GetTraceId()), ID: hex.EncodeToString(s.GetSpanId()), Parent: hex.EncodeToString(s.GetParentSpanId()),
		Attributes: map[string]string{},
	}
	for _, a := range slices.Concat(from.GetResource().GetAttributes(), s.GetAttributes()) {
		out.Attributes[a.GetKey()] = text(a.GetValue())
	}
	return out
}

// Refuse makes the collector answer a status from now on; 0: take what comes again.
func (c *Collector) Refuse(status int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refuse = status
}

// Posts returns the requests that came, "POST /v1/traces".
func (c *Collector) Posts() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.posts)
}

// Spans returns the spans that came.
func (c *Collector) Spans() []Span {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.spans)
}
