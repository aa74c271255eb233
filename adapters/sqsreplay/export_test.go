package sqsreplay

import "context"

// Unhurried makes a call pause where it would wait.
func (s *Sink) Unhurried(pause func(ctx context.Context, tries int) error) { s.pause = pause }

// What the tests know of the inside.
var Pause = pause

const (
	MaxTries        = maxTries
	MaxMessageBytes = maxMessageBytes
	MaxCallBytes    = maxCallBytes
)
