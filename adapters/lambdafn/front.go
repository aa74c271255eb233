package lambdafn

import (
	"context"

	"github.com/aws/aws-lambda-go/lambdacontext"
)

// Front answers what comes to a function that stands before carts: requests of an
// API Gateway HTTP API, and direct invocations. The shape of the event tells which.
type Front struct {
	Gateway Gateway
	Direct  Handler
}

// Handle answers one event.
func (f *Front) Handle(ctx context.Context, payload []byte) (any, error) {
	switch got := shapeOf(payload); got {
	case shapeHTTP:
		return f.Gateway.Handle(ctx, payload)
	case shapeDirect:
		return f.Direct(ctx, payload)
	default:
		return nil, errShape(got, shapeHTTP, shapeDirect)
	}
}

// requestID returns the ID of the invocation whose context ctx is; the same when
// Lambda itself tries an invocation again. Empty outside of Lambda.
func requestID(ctx context.Context) string {
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		return lc.AwsRequestID
	}
	return ""
}
