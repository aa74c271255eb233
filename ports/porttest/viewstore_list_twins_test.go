package porttest_test

import (
	"cmp"
	"context"
	"slices"

	"github.com/evercart/evercart/ports"
)

const (
	listedOrder = "checkpoints are listed in the order of their streams' names"
	listedWhole = "checkpoints are listed whole, parked or not, of one target"
	listedPages = "listed checkpoints come in pages"
)

// listsCheckpoints changes what the list of checkpoints answers.
func (d *viewDouble) listsCheckpoints(change func(after string, listed []ports.Checkpoint) []ports.Checkpoint) {
	d.list = func(ctx context.Context, of ports.Target, after string, limit int) ([]ports.Checkpoint, error) {
		listed, err := d.ViewStore.ListCheckpoints(ctx, of, after, limit)
		return change(after, listed), err
	}
}

func checkpointListTwins() []twin[viewDouble] {
	return []twin[viewDouble]{
		{"orders checkpoints by category, then ID", func(d *viewDouble) {
			d.listsCheckpoints(func(_ string, listed []ports.Checkpoint) []ports.Checkpoint {
				slices.SortFunc(listed, func(a, b ports.Checkpoint) int {
					return cmp.Or(cmp.Compare(a.Stream.Category, b.Stream.Category), cmp.Compare(a.Stream.ID, b.Stream.ID))
				})
				return listed
			})
		}, []string{listedOrder}},
		{"lists parked checkpoints only", func(d *viewDouble) { d.list = d.ViewStore.Parked }, []string{listedOrder, listedWhole, listedPages}},
		{"lists all but parked checkpoints", func(d *viewDouble) {
			d.listsCheckpoints(func(_ string, listed []ports.Checkpoint) []ports.Checkpoint {
				return slices.DeleteFunc(listed, func(c ports.Checkpoint) bool { return c.Parked != nil })
			})
		}, []string{listedWhole}},
		{"lists checkpoints without their state", func(d *viewDouble) {
			d.listsCheckpoints(func(_ string, listed []ports.Checkpoint) []ports.Checkpoint {
				for i := range listed {
					listed[i].State = nil
				}
				return listed
			})
		}, []string{listedWhole}},
		{"lists checkpoints of other targets", func(d *viewDouble) {
			d.list = func(ctx context.Context, of ports.Target, after string, limit int) ([]ports.Checkpoint, error) {
				listed, err := d.ViewStore.ListCheckpoints(ctx, of, after, limit)
				of.Generation++
				more, _ := d.ViewStore.ListCheckpoints(ctx, of, after, limit)
				return append(listed, more...), err
			}
		}, []string{listedWhole}},
		{"lists checkpoints from the first, always", func(d *viewDouble) {
			d.list = func(ctx context.Context, of ports.Target, _ string, limit int) ([]ports.Checkpoint, error) {
				return d.ViewStore.ListCheckpoints(ctx, of, "", limit)
			}
		}, []string{listedOrder, listedPages}},
		{"lists all checkpoints at once", func(d *viewDouble) {
			d.list = func(ctx context.Context, of ports.Target, after string, _ int) ([]ports.Checkpoint, error) {
				return d.ViewStore.ListCheckpoints(ctx, of, after, noLimit)
			}
		}, []string{listedPages}},
		{"skips a checkpoint between pages", func(d *viewDouble) {
			d.listsCheckpoints(func(after string, listed []ports.Checkpoint) []ports.Checkpoint {
				if after != "" && len(listed) > 0 {
					return listed[1:]
				}
				return listed
			})
		}, []string{listedOrder, listedPages}},
		{"gives its own listed checkpoints away", func(d *viewDouble) {
			var own []ports.Checkpoint
			d.listsCheckpoints(func(_ string, listed []ports.Checkpoint) []ports.Checkpoint {
				own = listed
				return listed
			})
			d.checkpoints = func(ctx context.Context, of ports.Target, streams []ports.StreamID) ([]ports.Checkpoint, error) {
				if own != nil {
					return own, nil
				}
				return d.ViewStore.Checkpoints(ctx, of, streams)
			}
		}, []string{givesReadsAway}},
	}
}
