package httpapi

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

// Operator is what the operator's page and its routes are made of. All of it is
// required but Token, Rebuild, Program, Flags, Stopping and StreamFor.
type Operator struct {
	// Page answers GET / and GET /explorer/{file}.
	Page http.Handler
	// Token lets its bearer in. Where it is empty, whoever asks this machine by its
	// own name is let in: the caller must see to it that the server listens on a
	// loopback address only.
	Token   string
	History Timelines
	Look    func(ctx context.Context) (app.PipelineState, error)
	Follow  func(ctx context.Context, told func([]app.Happened) error) error
	Replays ReplaySwitch
	// Rebuild begins to build a new generation of a view, or goes on with one that was
	// begun, and returns the replay that fills it; whoever runs the pipeline carries it
	// out. nil: nobody here would, and there is no such route. A view that there is not
	// is an *app.UnknownViewError, one that cannot be built now an *app.NotReadyError.
	Rebuild func(ctx context.Context, view string) (ports.ReplayJob, error)
	// Flip lets queries read a generation of a view that was live before; 0: the one
	// that was live last. It returns the one that they read then, with the errors of
	// Rebuild.
	Flip func(ctx context.Context, view string, generation int) (int, error)
	// Program is how people call evercart where the server runs, as one types it. It is
	// required where there are Flags.
	Program string
	// Flags are those with which the commands of evercart work on the same store, as one
	// types them; empty: no other process can.
	Flags string
	// Stopping is closed when the server is to end: streams end then. nil: never.
	Stopping <-chan struct{}
	// StreamFor is how long a stream goes before the page must ask for another; 0: ten
	// minutes.
	StreamFor time.Duration
}

// Timelines answers with histories, as *app.Queries does and says.
type Timelines interface {
	Timeline(ctx context.Context, caller es.Caller, id string, after ports.Version, limit int) ([]app.Proven, ports.Version, error)
}

// ReplaySwitch pauses and resumes replays.
type ReplaySwitch interface {
	// Pause lets a running replay stop where it is. A replay that is not there is
	// ports.ErrNoJob, one in another state an *app.ReplayStateError.
	Pause(ctx context.Context, id string) (ports.ReplayJob, error)
	// Resume lets a paused or failed replay go on, with the errors of Pause.
	Resume(ctx context.Context, id string) (ports.ReplayJob, error)
}

// authenticate makes the caller the operator, or says who is not.
func (o *Operator) authenticate(c *call) error {
	if err := o.checkSite(c.Request, false); err != nil {
		return err
	}
	if o.Token != "" {
		given := c.Header["Authorization"]
		if len(given) != 1 {
			return unauthenticated("want Authorization: Bearer and the operator's token", challengeBearer)
		}
		scheme, token, _ := strings.Cut(given[0], " ")
		if !strings.EqualFold(scheme, "bearer") || !equalSecrets(strings.Trim(token, " "), o.Token) {
			return unauthenticated("this is not the operator's token", challengeInvalid)
		}
	}
	c.caller = es.Caller{Operator: true}
	return nil
}

// equalSecrets compares in a time that tells neither of them.
func equalSecrets(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// checkSite refuses what a browser sends on behalf of another site; visit is true
// for the page itself, to which a link of another site may lead. Without a token it
// also refuses whoever does not call this machine by its own name, as a site does
// that lets its name point here, and what a proxy passes on.
func (o *Operator) checkSite(r *http.Request, visit bool) error {
	if site := r.Header.Get("Sec-Fetch-Site"); !visit && site != "" && site != "same-origin" && site != "none" {
		return forbidden("another site may not ask for this")
	}
	if given := r.Header["Origin"]; len(given) > 0 {
		origin, err := url.Parse(given[0])
		if err != nil || len(given) > 1 || origin.Host == "" || !strings.EqualFold(origin.Host, r.Host) {
			return forbidden("another site may not ask for this")
		}
	}
	if o.Token != "" {
		return nil
	}
	if !isLoopback(r.Host) {
		return forbidden("without an operator's token this answers only to localhost, 127.0.0.1 and [::1]")
	}
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "Via"} {
		if slices.ContainsFunc(r.Header.Values(name), func(v string) bool { return v != "" }) {
			return forbidden("without an operator's token this does not answer through a proxy")
		}
	}
	return nil
}

func forbidden(detail string) *problem { return &problem{code: codeForbidden, detail: detail} }

// isLoopback reports whether a Host, with or without a port, is this machine's own
// name for itself.
func isLoopback(host string) bool {
	name := host
	if n, _, err := net.SplitHostPort(host); err == nil {
		name = n
	}
	if strings.EqualFold(name, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(strings.Trim(name, "[]"))
	return err == nil && ip.IsLoopback()
}
