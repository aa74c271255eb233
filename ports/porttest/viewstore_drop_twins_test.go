package porttest_test

import (
	"cmp"
	"context"

	"github.com/evercart/evercart/ports"
)

const (
	dropWhole    = "drop deletes all rows and checkpoints of its target"
	dropAlone    = "drop leaves other targets alone"
	dropRepeated = "drop may be called again, and for a target that never was"
)

func dropTwins() []twin[viewDouble] {
	gone := func(d *viewDouble, of ports.Target) bool {
		at, _ := d.ViewStore.Checkpoints(context.Background(), of, []ports.StreamID{{Category: "cart", ID: "view-0001"}})
		return at[0].Revision == 0
	}
	return []twin[viewDouble]{
		{"drops nothing", func(d *viewDouble) {
			d.drop = func(context.Context, ports.Target) error { return nil }
		}, []string{dropWhole, dropRepeated}},
		{"drops checkpoints and leaves rows", func(d *viewDouble) {
			d.drop = func(ctx context.Context, of ports.Target) error {
				rows, _ := d.ViewStore.Query(ctx, of, ports.RowQuery{Partition: "p", Limit: d.RowsPerChange()})
				err := d.ViewStore.Drop(ctx, of)
				d.smuggle(of, rows, nil)
				return err
			}
		}, []string{dropWhole, dropRepeated}},
		{"drops all but parked checkpoints", func(d *viewDouble) {
			d.drop = func(ctx context.Context, of ports.Target) error {
				parked, _ := d.ViewStore.Parked(ctx, of, "", 10)
				err := d.ViewStore.Drop(ctx, of)
				for _, c := range parked {
					c.Revision = 0
					d.ViewStore.Apply(ctx, of, []ports.ViewChange{{Checkpoint: c}})
				}
				return err
			}
		}, []string{dropWhole, dropRepeated}},
		{"drops the generations that begin with the same digit", func(d *viewDouble) {
			d.drop = func(ctx context.Context, of ports.Target) error {
				err := d.ViewStore.Drop(ctx, of)
				of.Generation = 11
				return cmp.Or(err, d.ViewStore.Drop(ctx, of))
			}
		}, []string{dropAlone}},
		{"drops the consumers that begin with the same name", func(d *viewDouble) {
			d.drop = func(ctx context.Context, of ports.Target) error {
				err := d.ViewStore.Drop(ctx, of)
				of.Consumer += "-1"
				return cmp.Or(err, d.ViewStore.Drop(ctx, of))
			}
		}, []string{dropAlone}},
		{"refuses to drop what is not there", func(d *viewDouble) {
			d.drop = func(ctx context.Context, of ports.Target) error {
				if gone(d, of) {
					return errTwin
				}
				return d.ViewStore.Drop(ctx, of)
			}
		}, []string{dropRepeated}},
	}
}
