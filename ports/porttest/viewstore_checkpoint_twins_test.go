package porttest_test

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/evercart/evercart/ports"
)

const (
	absentCheckpoint   = "a stream without a checkpoint has one of revision 0"
	checkpointOrder    = "hundreds of checkpoints come in the order asked"
	checkpointFields   = "every field of a checkpoint is read back as written"
	checkpointTimes    = "the times of a checkpoint are kept in UTC to the microsecond"
	checkpointReplaced = "each write replaces the checkpoint and adds one to its revision"
	checkpointsApart   = "streams and targets have checkpoints of their own"
)

// forgetting returns a twin that does not keep what forget takes away.
func forgetting(what string, forget func(*ports.Checkpoint)) twin[viewDouble] {
	return twin[viewDouble]{"forgets " + what, func(d *viewDouble) { d.eachCheckpoint(forget) }, []string{checkpointFields}}
}

func ifParked(forget func(*ports.Parked)) func(*ports.Checkpoint) {
	return func(c *ports.Checkpoint) {
		if c.Parked != nil {
			forget(c.Parked)
		}
	}
}

func checkpointTwins() []twin[viewDouble] {
	return append([]twin[viewDouble]{
		{"makes up a revision for what it does not have", func(d *viewDouble) {
			d.eachCheckpoint(func(c *ports.Checkpoint) { c.Revision = max(1, c.Revision) })
		}, []string{absentCheckpoint}},
		{"does not name the stream of an absent checkpoint", func(d *viewDouble) {
			d.eachCheckpoint(func(c *ports.Checkpoint) {
				if c.Revision == 0 {
					c.Stream = ports.StreamID{}
				}
			})
		}, []string{absentCheckpoint}},
		{"leaves absent checkpoints out", func(d *viewDouble) {
			d.checkpoints = func(ctx context.Context, of ports.Target, streams []ports.StreamID) ([]ports.Checkpoint, error) {
				found, err := d.ViewStore.Checkpoints(ctx, of, streams)
				return slices.DeleteFunc(found, func(c ports.Checkpoint) bool { return c.Revision == 0 }), err
			}
		}, []string{absentCheckpoint, checkpointOrder}},
		{"orders checkpoints by stream", func(d *viewDouble) {
			d.checkpoints = func(ctx context.Context, of ports.Target, streams []ports.StreamID) ([]ports.Checkpoint, error) {
				found, err := d.ViewStore.Checkpoints(ctx, of, streams)
				slices.SortFunc(found, func(a, b ports.Checkpoint) int { return strings.Compare(a.Stream.ID, b.Stream.ID) })
				return found, err
			}
		}, []string{checkpointOrder}},
		{"returns a checkpoint asked for twice once", func(d *viewDouble) {
			d.checkpoints = func(ctx context.Context, of ports.Target, streams []ports.StreamID) ([]ports.Checkpoint, error) {
				var once []ports.StreamID
				for _, s := range streams {
					if !slices.Contains(once, s) {
						once = append(once, s)
					}
				}
				return d.ViewStore.Checkpoints(ctx, of, once)
			}
		}, []string{checkpointOrder}},
		{"reads times in the local zone", func(d *viewDouble) {
			d.eachCheckpoint(func(c *ports.Checkpoint) {
				if !c.FailingSince.IsZero() {
					c.FailingSince = c.FailingSince.In(time.FixedZone("local", 3600))
				}
			})
		}, []string{checkpointTimes, checkpointFields}},
		{"keeps times to the millisecond", func(d *viewDouble) {
			d.eachCheckpoint(ifParked(func(p *ports.Parked) { p.Since = p.Since.Truncate(time.Millisecond) }))
		}, []string{checkpointTimes, checkpointFields}},
		{"rounds times up", func(d *viewDouble) {
			d.eachChange(func(_ ports.Target, c ports.ViewChange, store func(ports.ViewChange) error) error {
				c.Checkpoint.FailingSince = c.Checkpoint.FailingSince.Round(time.Microsecond)
				return store(c)
			})
		}, []string{checkpointTimes}},
		{"does not count writes", func(d *viewDouble) {
			d.eachCheckpoint(func(c *ports.Checkpoint) { c.Revision = min(1, c.Revision) })
		}, []string{checkpointReplaced}},
		{"never forgets that a stream was parked", func(d *viewDouble) {
			var parked *ports.Parked
			d.eachCheckpoint(func(c *ports.Checkpoint) {
				if c.Parked == nil {
					c.Parked = parked
				}
				parked = c.Parked
			})
		}, []string{checkpointReplaced}},
		{"folds the case of stream IDs", func(d *viewDouble) {
			d.eachChange(func(_ ports.Target, c ports.ViewChange, store func(ports.ViewChange) error) error {
				c.Checkpoint.Stream.ID = strings.ToLower(c.Checkpoint.Stream.ID)
				return store(c)
			})
		}, []string{checkpointsApart}},
		{"ignores the generation", ignoreGeneration, []string{checkpointsApart, rowTargetsApart, dropAlone}},
	},
		forgetting("the version", func(c *ports.Checkpoint) { c.Version = 0 }),
		forgetting("the event ID", func(c *ports.Checkpoint) { c.EventID = "" }),
		forgetting("the part", func(c *ports.Checkpoint) { c.Part = 0 }),
		forgetting("the state", func(c *ports.Checkpoint) { c.State = nil }),
		forgetting("large states", func(c *ports.Checkpoint) { c.State = c.State[:min(len(c.State), 1<<12)] }),
		forgetting("the failures", func(c *ports.Checkpoint) { c.Failures = 0 }),
		forgetting("since when a stream fails", func(c *ports.Checkpoint) { c.FailingSince = time.Time{} }),
		forgetting("that a stream is parked", func(c *ports.Checkpoint) { c.Parked = nil }),
		forgetting("the reason", ifParked(func(p *ports.Parked) { p.Reason = "" })),
		forgetting("that parking is transient", ifParked(func(p *ports.Parked) { p.Transient = false })),
		forgetting("when a stream is tried again", ifParked(func(p *ports.Parked) { p.RetryAt = time.Time{} })),
		forgetting("the version that is parked", ifParked(func(p *ports.Parked) { p.Version = 0 })),
		forgetting("the event that is parked", ifParked(func(p *ports.Parked) { p.EventID = "" })),
		forgetting("large counts of held records", ifParked(func(p *ports.Parked) { p.Held &= 1<<31 - 1 })),
	)
}

func ignoreGeneration(d *viewDouble) {
	first := func(t ports.Target) ports.Target { t.Generation = 1; return t }
	d.checkpoints = func(ctx context.Context, of ports.Target, streams []ports.StreamID) ([]ports.Checkpoint, error) {
		return d.ViewStore.Checkpoints(ctx, first(of), streams)
	}
	d.apply = func(ctx context.Context, to ports.Target, changes []ports.ViewChange) []error {
		return d.ViewStore.Apply(ctx, first(to), changes)
	}
	d.query = func(ctx context.Context, of ports.Target, q ports.RowQuery) ([]ports.Row, error) {
		return d.ViewStore.Query(ctx, first(of), q)
	}
}
