package kinesisfeed

import "context"

// Unhurried makes p call pause where it would wait.
func (p *Publisher) Unhurried(pause func(ctx context.Context, tries int) error) { p.pause = pause }

// What the tests know of the inside.
var (
	LongestPause = longest
	Pause        = pause
)

const (
	MaxTries       = maxTries
	MaxRecordBytes = maxRecordBytes
	MaxCallRecords = maxCallRecords
	MaxCallBytes   = maxCallBytes
)
