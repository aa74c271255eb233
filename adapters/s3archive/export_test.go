package s3archive

import "context"

// Unhurried makes a call pause where it would wait.
func (a *Archive) Unhurried(pause func(ctx context.Context, tries int) error) { a.pause = pause }

// MaxTries is for the tests to count to.
const MaxTries = maxTries
