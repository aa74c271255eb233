// Package lognotify tells the outside world of events by the log: a
// ports.Notifier that writes one line for each.
package lognotify

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/evercart/evercart/ports"
)

// Notifier is a ports.Notifier over a log. It is safe for concurrent use as far as
// its handler is, which those of slog are.
type Notifier struct {
	handler slog.Handler
	now     func() time.Time
}

var _ ports.Notifier = (*Notifier)(nil)

// New returns a notifier that writes to handler, whichever levels handler would
// leave out, and takes the time of its lines from now.
func New(handler slog.Handler, now func() time.Time) *Notifier {
	return &Notifier{handler: handler, now: now}
}

// Notify implements ports.Notifier. The line says the event's ID, type, subject
// and time, and not what the event holds, which may be about a person. A log that
// cannot be written may be later.
func (n *Notifier) Notify(ctx context.Context, note ports.Notification) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("lognotify: tell of event %q: %w", note.ID, err)
	}
	line := slog.NewRecord(n.now(), slog.LevelInfo, "notification", 0)
	line.AddAttrs(
		slog.String("event", note.ID), slog.String("type", note.Type),
		slog.String("subject", note.Subject), slog.Time("time_of_event", note.Time),
	)
	if err := n.handler.Handle(ctx, line); err != nil {
		return fmt.Errorf("lognotify: tell of event %q: %w: %w", note.ID, ports.ErrUnavailable, err)
	}
	return nil
}
