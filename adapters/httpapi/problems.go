package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// problem is a no of the edge, or of the core as the edge tells it (RFC 9457).
type problem struct {
	code   string
	detail string // for people; says nothing of the inside
	// challenge is the WWW-Authenticate of a 401 and allow the Allow of a 405.
	challenge, allow string
}

func (p *problem) Error() string { return p.code + ": " + p.detail }

func malformed(detail string) *problem { return &problem{code: codeMalformed, detail: detail} }

func unauthenticated(detail, challenge string) *problem {
	return &problem{code: codeNoCredentials, detail: detail, challenge: challenge}
}

// problemOf tells err as a problem. A fault is logged here, once.
func (a *api) problemOf(r *http.Request, label string, err error) *problem {
	var own *problem
	var refusal *es.Refusal
	var again *app.TryAgainError
	var state *app.ReplayStateError
	var noView *app.UnknownViewError
	var notReady *app.NotReadyError
	switch {
	case errors.As(err, &own):
		return own
	case errors.As(err, &refusal):
		return &problem{code: refusal.Code, detail: refusal.Message}
	case errors.Is(err, ports.ErrNoJob):
		return &problem{code: codeNoReplay, detail: ports.ErrNoJob.Error()}
	case errors.As(err, &state):
		return &problem{code: codeReplayState, detail: state.Error()}
	case errors.As(err, &noView):
		return &problem{code: codeNoView, detail: noView.Error()}
	case errors.As(err, &notReady):
		return &problem{code: codeNotReady, detail: notReady.Error()}
	case errors.As(err, &again), errors.Is(err, ports.ErrUnavailable),
		errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		a.Log.LogAttrs(r.Context(), slog.LevelWarn, "request not carried out", slog.String("route", label), slog.Any("error", err))
		return &problem{code: codeTryAgain, detail: "the store did not answer in time; trying again with the same Idempotency-Key is safe"}
	default:
		a.Log.LogAttrs(r.Context(), slog.LevelError, "request failed", slog.String("route", label), slog.Any("error", err))
		return internalProblem()
	}
}

func internalProblem() *problem {
	return &problem{code: codeInternal, detail: "something went wrong on this side"}
}

// reply returns p as it goes over the wire.
func (p *problem) reply() reply {
	status := statusOfCode(p.code)
	b := append(make([]byte, 0, 256), `{"type":"about:blank","title":`...)
	b = envelope.AppendString(b, http.StatusText(status))
	b = append(b, `,"status":`...)
	b = strconv.AppendInt(b, int64(status), 10)
	b = append(b, `,"detail":`...)
	b = envelope.AppendString(b, p.detail)
	b = append(b, `,"code":`...)
	b = envelope.AppendString(b, p.code)
	b = append(b, '}')
	out := reply{status: status, mediaType: "application/problem+json", body: append(b, '\n'), challenge: p.challenge, allow: p.allow}
	if status == http.StatusServiceUnavailable {
		out.retryAfter = "1"
	}
	return out
}
