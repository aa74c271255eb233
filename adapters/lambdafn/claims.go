package lambdafn

import (
	"context"
	"errors"

	"github.com/aws/aws-lambda-go/events"
)

type claimsKey struct{}

// withClaims keeps the subject that API Gateway's JWT authorizer verified.
func withClaims(ctx context.Context, event *events.APIGatewayV2HTTPRequest) context.Context {
	authorizer := event.RequestContext.Authorizer
	if authorizer == nil || authorizer.JWT == nil {
		return ctx
	}
	issuer, subject := authorizer.JWT.Claims["iss"], authorizer.JWT.Claims["sub"]
	if issuer == "" || subject == "" {
		return ctx
	}
	return context.WithValue(ctx, claimsKey{}, issuer+"|"+subject)
}

// ErrNotVerified says that a request has a bearer token that no authorizer in
// front of the function has verified.
var ErrNotVerified = errors.New("the token was not verified by the gateway's authorizer")

// GatewayTokens verifies bearer tokens of requests that came through API Gateway:
// its JWT authorizer has verified the token, and its verdict comes with the
// request.
type GatewayTokens struct{}

// Verify returns the subject, "issuer|subject", that the authorizer found in the
// token of the request whose context ctx is, or ErrNotVerified.
func (GatewayTokens) Verify(ctx context.Context, _ string) (string, error) {
	subject, ok := ctx.Value(claimsKey{}).(string)
	if !ok {
		return "", ErrNotVerified
	}
	return subject, nil
}
