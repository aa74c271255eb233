package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/evercart/evercart/core/app/carts"
	"github.com/evercart/evercart/ports"
)

// DefaultTimeout and MaxTimeout bound one request's work. The longest ends below
// the 30 s after which gateways give up.
const (
	DefaultTimeout = 5 * time.Second
	MaxTimeout     = 25 * time.Second
)

// Config is what the API is made of. Where Commands, Queries or Views is nil, the
// API has no routes that would need it.
type Config struct {
	Commands Commands
	Queries  Queries
	Views    carts.Views
	// Tokens says whose a bearer token is; nil: no issuer is configured, and every
	// token is refused.
	Tokens TokenVerifier
	// NewCartID makes the ID of a cart that is opened without an idempotency key: a
	// UUID that nobody can guess. nil: random UUIDv7.
	NewCartID func() string
	// NewCommandID makes the command ID where the caller gave none. nil: UUIDv7.
	NewCommandID func() string
	// Ready returns nil while requests can be served; nil: always.
	Ready func(ctx context.Context) error
	// Metrics answers GET /metrics; nil: there is no such route.
	Metrics http.Handler
	// Operator is the operator's page, and what it asks; nil: there are no such
	// routes.
	Operator *Operator
	// Trace begins the trace of a request for a route of carts or of the operator. It
	// returns the request to go on with, whose traceparent recorded events then carry, and
	// what ends the trace with the status that was answered (0: none was). nil: requests
	// are not traced.
	Trace func(r *http.Request, route string) (within *http.Request, end func(status int))
	Meter ports.Meter  // nil: none
	Log   *slog.Logger // takes each fault once; nil: none
	// Timeout bounds what a request does after its body is read; 0: DefaultTimeout,
	// and never more than MaxTimeout. What takes longer is answered with try_again.
	Timeout time.Duration
	Now     func() time.Time // nil: time.Now
	// MaxRequests is how many requests about carts are worked on at once, and how many
	// may wait beside them until a view has reached their token; 0: any number. What is
	// beyond is answered try_again, with Retry-After.
	MaxRequests int
}

// TokenVerifier says whose a bearer token is. It is safe for concurrent use.
type TokenVerifier interface {
	// Verify returns the subject, "issuer|subject", of a token that is genuine, meant
	// for this API and not expired. An error that matches ports.ErrUnavailable says
	// that this cannot be known now; every other one, that the token is not to be
	// trusted. ctx is the request's: where something in front of the handler has
	// verified the token, the verdict may come with it.
	Verify(ctx context.Context, token string) (subject string, err error)
}

// api is the handler. It is never changed once made.
type api struct {
	Config
	routes  []route
	crowd   crowd
	waiting crowd // those who bring a token
	streams crowd // those who look on
}

// New returns the handler of the whole API. It never redirects, and it answers
// every path and method.
func New(c Config) http.Handler {
	newID := func() string { return uuid.Must(uuid.NewV7()).String() }
	if c.NewCartID == nil {
		c.NewCartID = newID
	}
	if c.NewCommandID == nil {
		c.NewCommandID = newID
	}
	if c.Ready == nil {
		c.Ready = func(context.Context) error { return nil }
	}
	if c.Meter == nil {
		c.Meter = ports.NoMeter{}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Timeout <= 0 {
		c.Timeout = DefaultTimeout
	}
	c.Timeout = min(c.Timeout, MaxTimeout)
	if c.Now == nil {
		c.Now = time.Now
	}
	return &api{Config: c, routes: routesOf(&c), crowd: newCrowd(c.MaxRequests), waiting: newCrowd(c.MaxRequests), streams: newCrowd(maxStreams)}
}
