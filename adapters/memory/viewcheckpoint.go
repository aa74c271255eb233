package memory

import (
	"slices"
	"time"

	"github.com/evercart/evercart/ports"
)

// cloneCheckpoint returns c without shared memory, its times as stored ones are.
func cloneCheckpoint(c ports.Checkpoint) ports.Checkpoint {
	c.State = slices.Clone(c.State)
	c.FailingSince = storedTime(c.FailingSince)
	if c.Parked != nil {
		p := *c.Parked
		p.Since, p.RetryAt = storedTime(p.Since), storedTime(p.RetryAt)
		c.Parked = &p
	}
	return c
}

// storedTime is t as every adapter keeps times: UTC, whole microseconds.
func storedTime(t time.Time) time.Time { return t.Truncate(time.Microsecond).UTC() }
