package lambdafn

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"
)

// Gateway answers events of an API Gateway HTTP API (payload format 2.0) with an
// http.Handler: the very one that `evercart serve` uses.
//
// The well-known proxy library is not used: it would bring a dozen web frameworks
// into the module, and this is all that is needed of it.
type Gateway struct{ Handler http.Handler }

// Handle answers one request. An event that is no request is an error. A command
// without an idempotency key gets the Lambda request ID as its key.
func (g Gateway) Handle(ctx context.Context, payload []byte) (any, error) {
	var event events.APIGatewayV2HTTPRequest
	if err := json.Unmarshal(payload, &event); err != nil {
		return nil, fmt.Errorf("event of API Gateway: %w", err)
	}
	request, err := newRequest(ctx, &event)
	if err != nil {
		return nil, err
	}
	w := &response{header: http.Header{}}
	g.Handler.ServeHTTP(w, request)
	return w.answer(), nil
}

// newRequest returns the HTTP request behind an event. API Gateway has decoded
// the path and put the stage's name in front of it, but for $default; it has joined
// headers of one name by commas, and keeps cookies apart (API Gateway Developer
// Guide, "Create AWS Lambda proxy integrations for HTTP APIs").
func newRequest(ctx context.Context, event *events.APIGatewayV2HTTPRequest) (*http.Request, error) {
	body := []byte(event.Body)
	if event.IsBase64Encoded {
		var err error
		if body, err = base64.StdEncoding.DecodeString(event.Body); err != nil {
			return nil, fmt.Errorf("request %s: its body is said to be base64 and is not: %w", event.RequestContext.RequestID, err)
		}
	}
	description := event.RequestContext.HTTP
	request := &http.Request{
		Method: description.Method, URL: &url.URL{Path: pathOf(event), RawQuery: event.RawQueryString},
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: make(http.Header, len(event.Headers)+2), Host: event.RequestContext.DomainName,
		Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
		RemoteAddr: description.SourceIP, RequestURI: event.RawPath,
	}
	for name, value := range event.Headers {
		request.Header.Set(name, value)
	}
	request.Header.Del("Host") // net/http has it in Host alone
	if len(event.Cookies) > 0 {
		request.Header.Set("Cookie", strings.Join(event.Cookies, "; "))
	}
	if id := requestID(ctx); id != "" && request.Header["Idempotency-Key"] == nil && mayChange(request.Method) {
		request.Header.Set("Idempotency-Key", id)
	}
	return request.WithContext(withClaims(ctx, event)), nil
}

// pathOf returns the path as the caller gave it, without the stage.
func pathOf(event *events.APIGatewayV2HTTPRequest) string {
	stage := event.RequestContext.Stage
	if stage == "" || stage == "$default" {
		return event.RawPath
	}
	if rest, ok := strings.CutPrefix(event.RawPath, "/"+stage); ok && (rest == "" || rest[0] == '/') {
		return "/" + strings.TrimPrefix(rest, "/")
	}
	return event.RawPath // a custom domain may lead to the stage without naming it
}

func mayChange(method string) bool {
	return method != http.MethodGet && method != http.MethodHead && method != http.MethodOptions
}

// response is an http.ResponseWriter that keeps the answer.
type response struct {
	header http.Header
	status int // 0: not written yet
	body   bytes.Buffer
}

func (w *response) Header() http.Header { return w.header }

func (w *response) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

func (w *response) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(p)
}

// answer returns what was written as API Gateway reads it. Bytes that are no text
// go in base64.
func (w *response) answer() events.APIGatewayV2HTTPResponse {
	w.WriteHeader(http.StatusOK)
	out := events.APIGatewayV2HTTPResponse{StatusCode: w.status, Headers: make(map[string]string, len(w.header))}
	if body := w.body.Bytes(); utf8.Valid(body) {
		out.Body = string(body)
	} else {
		out.Body, out.IsBase64Encoded = base64.StdEncoding.EncodeToString(body), true
	}
	for name, values := range w.header {
		if name == "Set-Cookie" {
			out.Cookies = values
			continue
		}
		out.Headers[name] = strings.Join(values, ", ")
	}
	return out
}
