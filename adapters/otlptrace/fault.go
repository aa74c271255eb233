package otlptrace

import (
	"context"
	"errors"

	"github.com/evercart/evercart/ports"
)

// classOf returns what kind of fault err is. Its text stays in the log, for it may
// name a cart.
func classOf(err error) string {
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return "not in time"
	case errors.Is(err, ports.ErrUnavailable):
		return "unavailable"
	default:
		return "fault"
	}
}
