package porttest_test

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

// quarantineDouble is a memory quarantine whose calls can be replaced one by one.
type quarantineDouble struct {
	*memory.Quarantine
	put    func(context.Context, ports.Quarantined) error
	list   func(context.Context, string, int) ([]ports.Quarantined, error)
	remove func(context.Context, string) error
}

func newQuarantineDouble(breakIt func(*quarantineDouble)) ports.Quarantine {
	q := memory.NewQuarantine()
	d := &quarantineDouble{Quarantine: q, put: q.PutQuarantined, list: q.ListQuarantined, remove: q.RemoveQuarantined}
	breakIt(d)
	return d
}

func (d *quarantineDouble) PutQuarantined(ctx context.Context, item ports.Quarantined) error {
	return d.put(ctx, item)
}

func (d *quarantineDouble) ListQuarantined(ctx context.Context, after string, limit int) ([]ports.Quarantined, error) {
	return d.list(ctx, after, limit)
}

func (d *quarantineDouble) RemoveQuarantined(ctx context.Context, id string) error {
	return d.remove(ctx, id)
}

// answers changes items as they are listed.
func (d *quarantineDouble) answers(change func([]ports.Quarantined) []ports.Quarantined) {
	d.list = func(ctx context.Context, after string, limit int) ([]ports.Quarantined, error) {
		items, err := d.Quarantine.ListQuarantined(ctx, after, limit)
		return change(items), err
	}
}

const (
	itemFields       = "every field of an item is read back as written"
	itemAgain        = "an item put again is left as it is"
	itemByMany       = "32 consumers that put the same item make one"
	itemOrder        = "items come in the order of their IDs"
	itemPages        = "items come in pages"
	itemRemoved      = "a removed item is gone, alone, and may be put again"
	absentRemoved    = "removing an item that is not there is no error"
	quarantineOwns   = "the quarantine keeps no reference and gives none away"
	quarantineEnds   = "a dead context ends every call of a quarantine"
	quarantineManyID = 1 << 20
)

func TestQuarantineChecksBite(t *testing.T) {
	t.Parallel()
	bites(t, porttest.Quarantine(), newQuarantineDouble, slices.Concat(itemTwins(), listTwins(), quarantineCallTwins()))
}

func itemTwins() []twin[quarantineDouble] {
	each := func(change func(*ports.Quarantined)) func(*quarantineDouble) {
		return func(d *quarantineDouble) {
			d.answers(func(items []ports.Quarantined) []ports.Quarantined {
				for i := range items {
					change(&items[i])
				}
				return items
			})
		}
	}
	fields := []string{itemFields}
	return []twin[quarantineDouble]{
		{"forgets the shard", each(func(q *ports.Quarantined) { q.Shard = "" }), fields},
		{"forgets the reason", each(func(q *ports.Quarantined) { q.Reason = "" }), fields},
		{"cuts the payload", each(func(q *ports.Quarantined) { q.Payload = q.Payload[:min(len(q.Payload), 1<<18)] }), fields},
		{"keeps the payload as text", each(func(q *ports.Quarantined) {
			q.Payload = []byte(strings.ToValidUTF8(string(q.Payload), "?"))
		}), fields},
		{"keeps times to the second", each(func(q *ports.Quarantined) { q.At = q.At.Truncate(time.Second) }), fields},
		{"reads times in a zone", each(func(q *ports.Quarantined) { q.At = q.At.In(time.FixedZone("local", 3600)) }), fields},
		{"replaces an item put again", func(d *quarantineDouble) {
			d.put = func(ctx context.Context, item ports.Quarantined) error {
				return cmp.Or(d.Quarantine.RemoveQuarantined(ctx, item.ID()), d.Quarantine.PutQuarantined(ctx, item))
			}
		}, []string{itemAgain}},
		{"refuses an item put again", func(d *quarantineDouble) {
			d.put = func(ctx context.Context, item ports.Quarantined) error {
				items, _ := d.Quarantine.ListQuarantined(ctx, "", quarantineManyID)
				if slices.ContainsFunc(items, func(q ports.Quarantined) bool { return q.ID() == item.ID() }) {
					return errTwin
				}
				return d.Quarantine.PutQuarantined(ctx, item)
			}
		}, []string{itemAgain, itemByMany}},
		{"makes two items of one put twice", func(d *quarantineDouble) {
			d.put = func(ctx context.Context, item ports.Quarantined) error {
				items, _ := d.Quarantine.ListQuarantined(ctx, "", quarantineManyID)
				if slices.ContainsFunc(items, func(q ports.Quarantined) bool { return q.ID() == item.ID() }) {
					item.Position += "-2"
				}
				return d.Quarantine.PutQuarantined(ctx, item)
			}
		}, []string{itemAgain, itemByMany}},
	}
}

func listTwins() []twin[quarantineDouble] {
	return []twin[quarantineDouble]{
		{"orders items by consumer, shard and position", func(d *quarantineDouble) {
			d.answers(func(items []ports.Quarantined) []ports.Quarantined {
				slices.SortFunc(items, func(a, b ports.Quarantined) int {
					return cmp.Or(cmp.Compare(a.Consumer, b.Consumer), cmp.Compare(a.Shard, b.Shard), cmp.Compare(a.Position, b.Position))
				})
				return items
			})
		}, []string{itemOrder}},
		{"lists from the first item, always", func(d *quarantineDouble) {
			d.list = func(ctx context.Context, _ string, limit int) ([]ports.Quarantined, error) {
				return d.Quarantine.ListQuarantined(ctx, "", limit)
			}
		}, []string{itemOrder, itemPages}},
		{"lists all items at once", func(d *quarantineDouble) {
			d.list = func(ctx context.Context, after string, _ int) ([]ports.Quarantined, error) {
				return d.Quarantine.ListQuarantined(ctx, after, quarantineManyID)
			}
		}, []string{itemPages}},
		{"skips an item between pages", func(d *quarantineDouble) {
			d.list = func(ctx context.Context, after string, limit int) ([]ports.Quarantined, error) {
				items, err := d.Quarantine.ListQuarantined(ctx, after, limit)
				if after != "" && len(items) > 0 {
					items = items[1:]
				}
				return items, err
			}
		}, []string{itemOrder, itemPages}},
	}
}

func quarantineCallTwins() []twin[quarantineDouble] {
	return []twin[quarantineDouble]{
		{"removes nothing", func(d *quarantineDouble) {
			d.remove = func(context.Context, string) error { return nil }
		}, []string{itemRemoved}},
		{"removes the item before, too", func(d *quarantineDouble) {
			d.remove = func(ctx context.Context, id string) error {
				items, _ := d.Quarantine.ListQuarantined(ctx, "", 1)
				for _, item := range items {
					_ = d.Quarantine.RemoveQuarantined(ctx, item.ID())
				}
				return d.Quarantine.RemoveQuarantined(ctx, id)
			}
		}, []string{itemRemoved, absentRemoved}},
		{"never takes a removed item again", func(d *quarantineDouble) {
			removed := map[string]bool{}
			d.remove = func(ctx context.Context, id string) error {
				removed[id] = true
				return d.Quarantine.RemoveQuarantined(ctx, id)
			}
			d.put = func(ctx context.Context, item ports.Quarantined) error {
				if removed[item.ID()] {
					return nil
				}
				return d.Quarantine.PutQuarantined(ctx, item)
			}
		}, []string{itemRemoved}},
		{"refuses to remove what is not there", func(d *quarantineDouble) {
			d.remove = func(ctx context.Context, id string) error {
				items, _ := d.Quarantine.ListQuarantined(ctx, "", quarantineManyID)
				if !slices.ContainsFunc(items, func(q ports.Quarantined) bool { return q.ID() == id }) {
					return errTwin
				}
				return d.Quarantine.RemoveQuarantined(ctx, id)
			}
		}, []string{absentRemoved}},
		{"keeps the payload that it is given", func(d *quarantineDouble) {
			var kept []byte
			d.put = func(ctx context.Context, item ports.Quarantined) error {
				kept = item.Payload
				return d.Quarantine.PutQuarantined(ctx, item)
			}
			d.answers(func(items []ports.Quarantined) []ports.Quarantined {
				items[0].Payload = slices.Clone(kept)
				return items
			})
		}, []string{quarantineOwns}},
		{"gives its own payload away", func(d *quarantineDouble) {
			var own []byte
			d.answers(func(items []ports.Quarantined) []ports.Quarantined {
				if own == nil {
					own = items[0].Payload
				}
				items[0].Payload = own
				return items
			})
		}, []string{quarantineOwns}},
		{"ignores the context of put", func(d *quarantineDouble) {
			d.put = func(ctx context.Context, item ports.Quarantined) error {
				return d.Quarantine.PutQuarantined(context.WithoutCancel(ctx), item)
			}
		}, []string{quarantineEnds}},
		{"ignores the context of list", func(d *quarantineDouble) {
			d.list = func(ctx context.Context, after string, limit int) ([]ports.Quarantined, error) {
				return d.Quarantine.ListQuarantined(context.WithoutCancel(ctx), after, limit)
			}
		}, []string{quarantineEnds}},
		{"ignores the context of remove", func(d *quarantineDouble) {
			d.remove = func(ctx context.Context, id string) error {
				return d.Quarantine.RemoveQuarantined(context.WithoutCancel(ctx), id)
			}
		}, []string{quarantineEnds}},
	}
}
