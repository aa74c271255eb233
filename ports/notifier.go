package ports

import (
	"context"
	"time"
)

// Notifier tells the outside world of an event: by a webhook, a topic, or the
// log. It is called at least once for an event; the event's ID is the
// deduplication key that it passes on.
type Notifier interface {
	// Notify returns when the receiver has taken the notification over. A fault that
	// may pass (a timeout, an answer that says "later") matches ErrUnavailable; any
	// other error says that the receiver will never take this one.
	Notify(ctx context.Context, n Notification) error
}

// Notification is one event as it is told to the outside world.
type Notification struct {
	ID      string    // the event's ID
	Type    string    // the CloudEvents type: "evercart.cart.CartClosed.v2"
	Time    time.Time // of the event
	Subject string    // "category/ID"
	Wire    []byte    // the event in its wire form
}

// Effects remembers for each handler with outward effects from when on events
// have them. An older event, or one without a time, has none: a new handler does
// not mail old customers.
type Effects interface {
	// EffectsFrom returns the handler's instant; false where none was set yet.
	EffectsFrom(ctx context.Context, handler string) (time.Time, bool, error)
	// SetEffectsFrom sets the handler's instant (UTC, whole microseconds). With
	// onlyNew it leaves one that is set as it is.
	SetEffectsFrom(ctx context.Context, handler string, at time.Time, onlyNew bool) error
}
