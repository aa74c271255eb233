package porttest_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

// viewDouble is a memory view store whose calls can be replaced one by one.
type viewDouble struct {
	*memory.ViewStore
	checkpoints func(context.Context, ports.Target, []ports.StreamID) ([]ports.Checkpoint, error)
	apply       func(context.Context, ports.Target, []ports.ViewChange) []error
	query       func(context.Context, ports.Target, ports.RowQuery) ([]ports.Row, error)
	rows        func(context.Context, ports.Target, []ports.RowKey) ([]ports.Row, error)
	parked      func(context.Context, ports.Target, string, int) ([]ports.Checkpoint, error)
	list        func(context.Context, ports.Target, string, int) ([]ports.Checkpoint, error)
	drop        func(context.Context, ports.Target) error
}

func newViewDouble(breakIt func(*viewDouble)) ports.ViewStore {
	s := memory.NewViewStore()
	d := &viewDouble{
		ViewStore: s, checkpoints: s.Checkpoints, apply: s.Apply,
		query: s.Query, rows: s.Rows, parked: s.Parked, list: s.ListCheckpoints, drop: s.Drop,
	}
	breakIt(d)
	return d
}

func (d *viewDouble) Checkpoints(ctx context.Context, of ports.Target, streams []ports.StreamID) ([]ports.Checkpoint, error) {
	return d.checkpoints(ctx, of, streams)
}

func (d *viewDouble) Apply(ctx context.Context, to ports.Target, changes []ports.ViewChange) []error {
	return d.apply(ctx, to, changes)
}

func (d *viewDouble) Query(ctx context.Context, of ports.Target, q ports.RowQuery) ([]ports.Row, error) {
	return d.query(ctx, of, q)
}

func (d *viewDouble) Rows(ctx context.Context, of ports.Target, keys []ports.RowKey) ([]ports.Row, error) {
	return d.rows(ctx, of, keys)
}

func (d *viewDouble) Parked(ctx context.Context, of ports.Target, after string, limit int) ([]ports.Checkpoint, error) {
	return d.parked(ctx, of, after, limit)
}

func (d *viewDouble) ListCheckpoints(ctx context.Context, of ports.Target, after string, limit int) ([]ports.Checkpoint, error) {
	return d.list(ctx, of, after, limit)
}

func (d *viewDouble) Drop(ctx context.Context, of ports.Target) error { return d.drop(ctx, of) }

// eachChange replaces what becomes of one change; store is what should.
func (d *viewDouble) eachChange(become func(to ports.Target, c ports.ViewChange, store func(ports.ViewChange) error) error) {
	d.apply = func(ctx context.Context, to ports.Target, changes []ports.ViewChange) []error {
		errs := make([]error, len(changes))
		for i, c := range changes {
			errs[i] = become(to, c, func(c ports.ViewChange) error {
				return d.ViewStore.Apply(ctx, to, []ports.ViewChange{c})[0]
			})
		}
		return errs
	}
}

// smuggle changes rows behind the back of every checkpoint that checks look at.
func (d *viewDouble) smuggle(to ports.Target, put []ports.Row, remove []ports.RowKey) {
	ctx, stream := context.Background(), ports.StreamID{Category: "smuggled", ID: "rows"}
	at, _ := d.ViewStore.Checkpoints(ctx, to, []ports.StreamID{stream})
	d.ViewStore.Apply(ctx, to, []ports.ViewChange{{Checkpoint: at[0], Put: put, Delete: remove}})
}

// eachCheckpoint changes checkpoints as reads return them.
func (d *viewDouble) eachCheckpoint(change func(*ports.Checkpoint)) {
	d.checkpoints = func(ctx context.Context, of ports.Target, streams []ports.StreamID) ([]ports.Checkpoint, error) {
		found, err := d.ViewStore.Checkpoints(ctx, of, streams)
		for i := range found {
			change(&found[i])
		}
		return found, err
	}
}

// eachQuery changes what is asked before the store sees it.
func (d *viewDouble) eachQuery(change func(*ports.RowQuery)) {
	d.query = func(ctx context.Context, of ports.Target, q ports.RowQuery) ([]ports.Row, error) {
		change(&q)
		return d.ViewStore.Query(ctx, of, q)
	}
}

// answers changes the rows that a query answers.
func (d *viewDouble) answers(change func(q ports.RowQuery, rows []ports.Row) []ports.Row) {
	d.query = func(ctx context.Context, of ports.Target, q ports.RowQuery) ([]ports.Row, error) {
		rows, err := d.ViewStore.Query(ctx, of, q)
		return change(q, rows), err
	}
}

// fetches changes the rows that are fetched by key.
func (d *viewDouble) fetches(change func(keys []ports.RowKey, rows []ports.Row) []ports.Row) {
	d.rows = func(ctx context.Context, of ports.Target, keys []ports.RowKey) ([]ports.Row, error) {
		rows, err := d.ViewStore.Rows(ctx, of, keys)
		return change(keys, rows), err
	}
}

var errTwin = errors.New("the twin's own fault")

func TestViewStoreChecksBite(t *testing.T) {
	t.Parallel()
	bites(t, porttest.ViewStore(), newViewDouble, slices.Concat(
		checkpointTwins(), applyTwins(), rowTwins(), queryTwins(), parkedTwins(), checkpointListTwins(), dropTwins()))
}
