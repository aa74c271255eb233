package porttest_test

import (
	"cmp"
	"context"
	"slices"

	"github.com/evercart/evercart/ports"
)

const (
	parkedOrder  = "parked checkpoints come in the order of their streams' names"
	parkedWhole  = "parked checkpoints are listed whole, and no others"
	parkedPages  = "parked checkpoints come in pages"
	unparkedGone = "an unparked stream is listed no more"

	noLimit = 1 << 20
)

// lists changes what the list of parked checkpoints answers.
func (d *viewDouble) lists(change func(after string, limit int, parked []ports.Checkpoint) []ports.Checkpoint) {
	d.parked = func(ctx context.Context, of ports.Target, after string, limit int) ([]ports.Checkpoint, error) {
		parked, err := d.ViewStore.Parked(ctx, of, after, limit)
		return change(after, limit, parked), err
	}
}

func parkedTwins() []twin[viewDouble] {
	return []twin[viewDouble]{
		{"orders parked streams by category, then ID", func(d *viewDouble) {
			d.lists(func(_ string, _ int, parked []ports.Checkpoint) []ports.Checkpoint {
				slices.SortFunc(parked, func(a, b ports.Checkpoint) int {
					return cmp.Or(cmp.Compare(a.Stream.Category, b.Stream.Category), cmp.Compare(a.Stream.ID, b.Stream.ID))
				})
				return parked
			})
		}, []string{parkedOrder}},
		{"lists parked streams without their state", func(d *viewDouble) {
			d.lists(func(_ string, _ int, parked []ports.Checkpoint) []ports.Checkpoint {
				for i := range parked {
					parked[i].State = nil
				}
				return parked
			})
		}, []string{parkedWhole}},
		{"lists no parked streams", func(d *viewDouble) {
			d.lists(func(string, int, []ports.Checkpoint) []ports.Checkpoint { return nil })
		}, []string{parkedOrder, parkedWhole, parkedPages, unparkedGone}},
		{"lists parked streams of other targets", func(d *viewDouble) {
			d.parked = func(ctx context.Context, of ports.Target, after string, limit int) ([]ports.Checkpoint, error) {
				parked, err := d.ViewStore.Parked(ctx, of, after, limit)
				of.Generation++
				more, _ := d.ViewStore.Parked(ctx, of, after, limit)
				return append(parked, more...), err
			}
		}, []string{parkedWhole}},
		{"lists parked streams from the first, always", func(d *viewDouble) {
			d.parked = func(ctx context.Context, of ports.Target, _ string, limit int) ([]ports.Checkpoint, error) {
				return d.ViewStore.Parked(ctx, of, "", limit)
			}
		}, []string{parkedOrder, parkedPages}},
		{"lists all parked streams at once", func(d *viewDouble) {
			d.parked = func(ctx context.Context, of ports.Target, after string, _ int) ([]ports.Checkpoint, error) {
				return d.ViewStore.Parked(ctx, of, after, noLimit)
			}
		}, []string{parkedPages}},
		{"skips a parked stream between pages", func(d *viewDouble) {
			d.lists(func(after string, _ int, parked []ports.Checkpoint) []ports.Checkpoint {
				if after != "" && len(parked) > 0 {
					return parked[1:]
				}
				return parked
			})
		}, []string{parkedOrder, parkedPages}},
		{"lists for good what was parked once", func(d *viewDouble) {
			var ever []ports.Checkpoint
			d.eachChange(func(_ ports.Target, c ports.ViewChange, store func(ports.ViewChange) error) error {
				if c.Checkpoint.Parked != nil {
					c.Checkpoint.Revision++
					ever = append(ever, c.Checkpoint)
					c.Checkpoint.Revision--
				}
				return store(c)
			})
			d.lists(func(string, int, []ports.Checkpoint) []ports.Checkpoint { return ever })
		}, []string{unparkedGone}},
	}
}
