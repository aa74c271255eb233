package lambdafn

import (
	"context"
	"io"
	"log/slog"
	"path"
	"strconv"
	"strings"

	"github.com/aws/aws-lambda-go/lambdacontext"
)

// Identity says which function writes.
type Identity struct {
	Service  string // the program's name: "add-item"
	Name     string // the function's, as deployed; empty outside of Lambda
	Version  string // as deployed; empty outside of Lambda
	MemoryMB int    // as configured; 0 outside of Lambda
	Commit   string // that the program was built from; empty: not known
}

// NewLogger returns a logger that writes a JSON object a line, with the keys that
// Powertools for AWS Lambda made customary: level, location, message, timestamp,
// service, function_name, function_version, function_memory_size, with commit beside them, and, from the
// context of an invocation, function_arn, function_request_id, cold_start and
// xray_trace_id.
func NewLogger(out io.Writer, level slog.Leveler, id Identity) *slog.Logger {
	attrs := []slog.Attr{slog.String("service", id.Service)}
	if id.Name != "" {
		attrs = append(attrs, slog.String("function_name", id.Name), slog.String("function_version", id.Version),
			slog.Int("function_memory_size", id.MemoryMB))
	}
	if id.Commit != "" {
		attrs = append(attrs, slog.String("commit", id.Commit))
	}
	lines := slog.NewJSONHandler(out, &slog.HandlerOptions{AddSource: true, Level: level, ReplaceAttr: customary})
	return slog.New(&invocationHandler{lines.WithAttrs(attrs)})
}

// customary renames slog's own keys.
func customary(groups []string, a slog.Attr) slog.Attr {
	if len(groups) > 0 {
		return a
	}
	switch a.Key {
	case slog.TimeKey:
		return slog.String("timestamp", a.Value.Time().UTC().Format("2006-01-02T15:04:05.000Z"))
	case slog.MessageKey:
		a.Key = "message"
	case slog.SourceKey:
		source, ok := a.Value.Any().(*slog.Source)
		if !ok {
			return a
		}
		return slog.String("location", path.Base(source.Function)+":"+strconv.Itoa(source.Line))
	}
	return a
}

type coldKey struct{}

// traceKey is where aws-lambda-go keeps the trace's header.
const traceKey = "x-amzn-trace-id"

// invocationHandler adds what the context says of the invocation.
type invocationHandler struct{ slog.Handler }

// Handle writes a record.
func (h *invocationHandler) Handle(ctx context.Context, r slog.Record) error {
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		r.AddAttrs(slog.String("function_arn", lc.InvokedFunctionArn), slog.String("function_request_id", lc.AwsRequestID))
	}
	if cold, ok := ctx.Value(coldKey{}).(bool); ok {
		r.AddAttrs(slog.Bool("cold_start", cold))
	}
	if header, ok := ctx.Value(traceKey).(string); ok {
		if trace := traceID(header); trace != "" {
			r.AddAttrs(slog.String("xray_trace_id", trace))
		}
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs returns a handler whose records have attrs, too.
func (h *invocationHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &invocationHandler{h.Handler.WithAttrs(attrs)}
}

// WithGroup returns a handler that puts what comes into a group.
func (h *invocationHandler) WithGroup(name string) slog.Handler {
	return &invocationHandler{h.Handler.WithGroup(name)}
}

// traceID returns the root of a trace's header, "Root=1-…;Parent=…;Sampled=1".
func traceID(header string) string {
	for part := range strings.SplitSeq(header, ";") {
		if root, ok := strings.CutPrefix(part, "Root="); ok {
			return root
		}
	}
	return ""
}
