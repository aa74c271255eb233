package functions

import "github.com/evercart/evercart/core/app"

// TrackOptions are those of every consumer with checkpoints.
func (b *Base) TrackOptions() app.TrackOptions {
	return app.TrackOptions{
		Now: b.Now, Log: b.Log, Meter: b.Meter,
		ParkAfter: b.Config.ParkAfter, TransientAfter: b.Config.TransientAfter, RetryEvery: b.Config.RetryEvery,
	}
}
