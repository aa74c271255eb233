package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
)

// The challenges of a 401 (RFC 6750, section 3).
const (
	challengeBearer  = `Bearer`
	challengeInvalid = `Bearer error="invalid_token"`
)

// authenticate sets the caller: the subject of the bearer token, or nobody where
// there is no Authorization. No other header says who asks.
func (a *api) authenticate(c *call) error {
	given := c.Header["Authorization"]
	if len(given) == 0 {
		return nil
	}
	if len(given) > 1 {
		return unauthenticated("Authorization is given more than once", challengeBearer)
	}
	scheme, token, _ := strings.Cut(given[0], " ")
	if token = strings.Trim(token, " "); !strings.EqualFold(scheme, "bearer") || !isToken(token) {
		return unauthenticated("want Authorization: Bearer and a token", challengeBearer)
	}
	if a.Tokens == nil {
		return unauthenticated("no token is accepted: no issuer is configured", challengeInvalid)
	}
	ctx, cancel := context.WithTimeout(c.Request.Context(), a.Timeout)
	defer cancel()
	subject, err := a.Tokens.Verify(ctx, token)
	switch {
	case err != nil && (errors.Is(err, ports.ErrUnavailable) || ctx.Err() != nil):
		return fmt.Errorf("token not verified: %w", errors.Join(ports.ErrUnavailable, err))
	case err != nil:
		a.Log.LogAttrs(ctx, slog.LevelDebug, "token refused", slog.Any("error", err))
		return unauthenticated("the token is not accepted", challengeInvalid)
	case subject == "" || cart.Validate(cart.OpenCart{Owner: subject}) != nil:
		return unauthenticated("the token's subject can own no cart", challengeInvalid)
	}
	c.caller.Subject = subject
	return nil
}

// isToken reports whether s has the form of a bearer token (RFC 6750, b64token).
func isToken(s string) bool {
	body := strings.TrimRight(s, "=")
	for i := range len(body) {
		switch b := body[i]; {
		case b >= 'a' && b <= 'z', b >= 'A' && b <= 'Z', b >= '0' && b <= '9':
		case strings.IndexByte("-._~+/", b) >= 0:
		default:
			return false
		}
	}
	return body != ""
}
