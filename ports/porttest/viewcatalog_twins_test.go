package porttest_test

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

// catalogDouble is a memory catalog whose calls can be replaced one by one.
type catalogDouble struct {
	*memory.ViewCatalog
	view  func(context.Context, string) (ports.ViewEntry, error)
	views func(context.Context) ([]ports.ViewEntry, error)
	save  func(context.Context, ports.ViewEntry) error
}

func newCatalogDouble(breakIt func(*catalogDouble)) ports.ViewCatalog {
	c := memory.NewViewCatalog()
	d := &catalogDouble{ViewCatalog: c, view: c.View, views: c.Views, save: c.SaveView}
	breakIt(d)
	return d
}

func (d *catalogDouble) View(ctx context.Context, name string) (ports.ViewEntry, error) {
	return d.view(ctx, name)
}

func (d *catalogDouble) Views(ctx context.Context) ([]ports.ViewEntry, error) { return d.views(ctx) }

func (d *catalogDouble) SaveView(ctx context.Context, e ports.ViewEntry) error { return d.save(ctx, e) }

// reads changes entries as both reads return them.
func (d *catalogDouble) reads(change func(*ports.ViewEntry)) {
	d.view = func(ctx context.Context, name string) (ports.ViewEntry, error) {
		e, err := d.ViewCatalog.View(ctx, name)
		change(&e)
		return e, err
	}
	d.views = func(ctx context.Context) ([]ports.ViewEntry, error) {
		all, err := d.ViewCatalog.Views(ctx)
		for i := range all {
			change(&all[i])
		}
		return all, err
	}
}

// saves replaces what becomes of an entry; save is what should.
func (d *catalogDouble) saves(become func(e ports.ViewEntry, save func(ports.ViewEntry) error) error) {
	d.save = func(ctx context.Context, e ports.ViewEntry) error {
		return become(e, func(e ports.ViewEntry) error { return d.ViewCatalog.SaveView(ctx, e) })
	}
}

const (
	absentEntry     = "a view without an entry has one of revision 0"
	entryFields     = "every field of an entry is read back as written"
	entryReplaced   = "each save replaces the entry and adds one to its revision"
	entryMoved      = "an entry saved over another revision is refused and changes nothing"
	entryOrder      = "entries come in the order of their names"
	oneSaver        = "of 32 writers of one entry exactly one wins each revision"
	catalogOwns     = "the catalog keeps no reference and gives none away"
	catalogContexts = "a dead context ends every call of a catalog"
)

func TestViewCatalogChecksBite(t *testing.T) {
	t.Parallel()
	bites(t, porttest.ViewCatalog(), newCatalogDouble, slices.Concat(entryTwins(), saveTwins(), catalogCallTwins()))
}

func entryTwins() []twin[catalogDouble] {
	eachGeneration := func(change func(*ports.Generation)) func(*catalogDouble) {
		return func(d *catalogDouble) {
			d.reads(func(e *ports.ViewEntry) {
				for i := range e.Generations {
					change(&e.Generations[i])
				}
			})
		}
	}
	fields := []string{entryFields}
	return []twin[catalogDouble]{
		{"does not name an absent view", func(d *catalogDouble) {
			d.reads(func(e *ports.ViewEntry) {
				if e.Revision == 0 {
					e.Name = ""
				}
			})
		}, []string{absentEntry}},
		{"finds a view by the beginning of its name", func(d *catalogDouble) {
			d.view = func(ctx context.Context, name string) (ports.ViewEntry, error) {
				all, err := d.ViewCatalog.Views(ctx)
				for _, e := range all {
					if strings.HasPrefix(e.Name, name) {
						return e, err
					}
				}
				return ports.ViewEntry{Name: name}, err
			}
		}, []string{absentEntry}},
		{"forgets which generation is live", func(d *catalogDouble) { d.reads(func(e *ports.ViewEntry) { e.Live = 0 }) }, fields},
		{"forgets generations but the live one", func(d *catalogDouble) {
			d.reads(func(e *ports.ViewEntry) {
				e.Generations = slices.DeleteFunc(e.Generations, func(g ports.Generation) bool { return g.Number != e.Live })
			})
		}, fields},
		{"forgets when a generation was created", eachGeneration(func(g *ports.Generation) { g.Created = time.Time{} }), fields},
		{"forgets when a generation was flipped", eachGeneration(func(g *ports.Generation) { g.Flipped = time.Time{} }), fields},
		{"takes never flipped for the beginning of time", eachGeneration(func(g *ports.Generation) {
			if g.Flipped.IsZero() {
				g.Flipped = time.Unix(0, 0).UTC()
			}
		}), fields},
		{"keeps times to the millisecond", eachGeneration(func(g *ports.Generation) { g.Created = g.Created.Truncate(time.Millisecond) }), fields},
		{"reads times in a zone", eachGeneration(func(g *ports.Generation) { g.Created = g.Created.In(time.FixedZone("local", 3600)) }), fields},
		{"numbers generations anew", func(d *catalogDouble) {
			d.reads(func(e *ports.ViewEntry) {
				for i := range e.Generations {
					e.Generations[i].Number = i + 1
				}
			})
		}, fields},
		{"orders generations as text", func(d *catalogDouble) {
			d.reads(func(e *ports.ViewEntry) { slices.Reverse(e.Generations) })
		}, fields},
	}
}

func saveTwins() []twin[catalogDouble] {
	return []twin[catalogDouble]{
		{"does not count saves", func(d *catalogDouble) {
			d.reads(func(e *ports.ViewEntry) { e.Revision = min(1, e.Revision) })
		}, []string{entryReplaced}},
		{"adds generations to those stored", func(d *catalogDouble) {
			d.saves(func(e ports.ViewEntry, save func(ports.ViewEntry) error) error {
				stored, _ := d.ViewCatalog.View(context.Background(), e.Name)
				e.Generations = slices.Concat(stored.Generations, e.Generations)
				return save(e)
			})
		}, []string{entryReplaced}},
		{"overwrites an entry whatever its revision", func(d *catalogDouble) {
			d.saves(func(e ports.ViewEntry, save func(ports.ViewEntry) error) error {
				stored, _ := d.ViewCatalog.View(context.Background(), e.Name)
				e.Revision = stored.Revision
				return save(e)
			})
		}, []string{entryMoved, oneSaver}},
		{"calls a moved entry another fault", func(d *catalogDouble) {
			d.saves(func(e ports.ViewEntry, save func(ports.ViewEntry) error) error {
				if save(e) != nil {
					return errTwin
				}
				return nil
			})
		}, []string{entryMoved, oneSaver}},
		{"changes the entry that it refuses to change", func(d *catalogDouble) {
			d.saves(func(e ports.ViewEntry, save func(ports.ViewEntry) error) error {
				err := save(e)
				if err != nil {
					e.Revision = 2
					_ = save(e)
				}
				return err
			})
		}, []string{entryMoved}},
		{"tells a second saver that it won", func(d *catalogDouble) {
			var told atomic.Bool
			d.saves(func(e ports.ViewEntry, save func(ports.ViewEntry) error) error {
				err := save(e)
				if err != nil && told.CompareAndSwap(false, true) {
					return nil
				}
				return err
			})
		}, []string{oneSaver}},
	}
}

func catalogCallTwins() []twin[catalogDouble] {
	return []twin[catalogDouble]{
		{"orders entries by when they were saved", func(d *catalogDouble) {
			var saved []ports.ViewEntry
			d.saves(func(e ports.ViewEntry, save func(ports.ViewEntry) error) error {
				saved = append(saved, e)
				return save(e)
			})
			d.views = func(context.Context) ([]ports.ViewEntry, error) { return saved, nil }
		}, []string{entryOrder}},
		{"orders entries by the numbers in their names", func(d *catalogDouble) {
			d.views = func(ctx context.Context) ([]ports.ViewEntry, error) {
				all, err := d.ViewCatalog.Views(ctx)
				slices.SortStableFunc(all, func(a, b ports.ViewEntry) int { return len(a.Name) - len(b.Name) })
				return all, err
			}
		}, []string{entryOrder}},
		{"keeps the generations that it is given", func(d *catalogDouble) {
			var kept []ports.Generation
			d.saves(func(e ports.ViewEntry, save func(ports.ViewEntry) error) error {
				kept = e.Generations
				return save(e)
			})
			d.reads(func(e *ports.ViewEntry) { e.Generations = slices.Clone(kept) })
		}, []string{catalogOwns}},
		{"gives its own generations away", func(d *catalogDouble) {
			var kept []ports.Generation
			d.saves(func(e ports.ViewEntry, save func(ports.ViewEntry) error) error {
				kept = slices.Clone(e.Generations)
				return save(e)
			})
			d.reads(func(e *ports.ViewEntry) { e.Generations = kept })
		}, []string{catalogOwns}},
		{"ignores the context of view", func(d *catalogDouble) {
			d.view = func(ctx context.Context, name string) (ports.ViewEntry, error) {
				return d.ViewCatalog.View(context.WithoutCancel(ctx), name)
			}
		}, []string{catalogContexts}},
		{"ignores the context of views", func(d *catalogDouble) {
			d.views = func(ctx context.Context) ([]ports.ViewEntry, error) {
				return d.ViewCatalog.Views(context.WithoutCancel(ctx))
			}
		}, []string{catalogContexts}},
		{"ignores the context of save", func(d *catalogDouble) {
			d.save = func(ctx context.Context, e ports.ViewEntry) error {
				return d.ViewCatalog.SaveView(context.WithoutCancel(ctx), e)
			}
		}, []string{catalogContexts}},
	}
}
