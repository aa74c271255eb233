package porttest_test

import (
	"context"
	"iter"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

type records = iter.Seq2[[]byte, error]

// scratchDouble is memory scratch whose piles' calls can be replaced one by one.
type scratchDouble struct {
	*memory.Scratch
	newPile func(context.Context, int) (ports.Pile, error)
	add     func(p ports.Pile, part int, record []byte) error
	records func(ctx context.Context, p ports.Pile, part int) records
	close   func(p *pileDouble) error
}

// pileDouble is one pile of a scratchDouble.
type pileDouble struct {
	ports.Pile
	of     *scratchDouble
	closed bool
}

func newScratchDouble(breakIt func(*scratchDouble)) ports.Scratch {
	s := memory.NewScratch()
	d := &scratchDouble{
		Scratch: s, newPile: s.NewPile, add: ports.Pile.Add,
		records: func(ctx context.Context, p ports.Pile, part int) records { return p.Records(ctx, part) },
		close:   func(p *pileDouble) error { return p.Pile.Close() },
	}
	breakIt(d)
	return d
}

func (d *scratchDouble) NewPile(ctx context.Context, parts int) (ports.Pile, error) {
	p, err := d.newPile(ctx, parts)
	if err != nil {
		return nil, err
	}
	return &pileDouble{Pile: p, of: d}, nil
}

func (p *pileDouble) Add(part int, record []byte) error { return p.of.add(p.Pile, part, record) }

func (p *pileDouble) Records(ctx context.Context, part int) records {
	return p.of.records(ctx, p.Pile, part)
}

func (p *pileDouble) Close() error { return p.of.close(p) }

// yields changes the list of records that a part yields.
func (d *scratchDouble) yields(change func(list [][]byte) [][]byte) {
	d.records = func(ctx context.Context, p ports.Pile, part int) records {
		return func(yield func([]byte, error) bool) {
			var list [][]byte
			for record, err := range p.Records(ctx, part) {
				if err != nil {
					yield(nil, err)
					return
				}
				list = append(list, slices.Clone(record))
			}
			for _, record := range change(list) {
				if !yield(record, nil) {
					return
				}
			}
		}
	}
}

const (
	pileOrder     = "each part yields its records in the order of adding"
	pileSizes     = "records of every size up to 1 MiB come back as they were"
	pileLarge     = "a record over 1 MiB is a *TooLargeError, and nothing else is changed"
	pileAgain     = "a reading that stops early holds nothing, and a part can be read again"
	pileAtOnce    = "all parts can be read at once"
	pileOfMany    = "of 32 who add at once none loses a record or its order"
	pileParts     = "256 parts are kept apart"
	pileReference = "a pile keeps no reference to a record that it was given"
	pileNone      = "a pile without parts is refused"
	pileAbsent    = "a part that is not there is refused, and nothing else is changed"
	pileTwice     = "closing a pile again does nothing"
	pilesApart    = "piles have records of their own"
	scratchEnded  = "a dead context ends every call of scratch room"
	pileEndsSoon  = "reading ends soon after its context"
)

func TestScratchChecksBite(t *testing.T) {
	t.Parallel()
	bites(t, porttest.Scratch(), newScratchDouble, slices.Concat(recordTwins(), addTwins(), pileTwins()))
}

func recordTwins() []twin[scratchDouble] {
	return []twin[scratchDouble]{
		{"yields the newest record first", func(d *scratchDouble) { d.yields(reversed[[]byte]) }, []string{pileOrder, pileOfMany}},
		{"loses the last record", func(d *scratchDouble) {
			d.yields(func(list [][]byte) [][]byte { return list[:max(0, len(list)-1)] })
		}, []string{pileOrder, pileSizes, pileParts, pileOfMany}},
		{"yields a record twice", func(d *scratchDouble) {
			d.yields(func(list [][]byte) [][]byte {
				if len(list) > 9 {
					return slices.Insert(list, 9, list[9])
				}
				return list
			})
		}, []string{pileOrder, pileOfMany}},
		{"loses empty records", func(d *scratchDouble) {
			d.yields(func(list [][]byte) [][]byte {
				return slices.DeleteFunc(list, func(record []byte) bool { return len(record) == 0 })
			})
		}, []string{pileSizes}},
		{"cuts records to a length of 16 bits", func(d *scratchDouble) {
			d.yields(func(list [][]byte) [][]byte {
				for i := range list {
					list[i] = list[i][:len(list[i])&0xffff]
				}
				return list
			})
		}, []string{pileSizes}},
		{"goes on when its consumer stopped", func(d *scratchDouble) {
			d.records = func(ctx context.Context, p ports.Pile, part int) records {
				return func(yield func([]byte, error) bool) {
					p.Records(ctx, part)(func(record []byte, err error) bool {
						yield(record, err)
						return true
					})
				}
			}
		}, []string{pileAgain}},
		{"goes on where the reading before stopped", func(d *scratchDouble) {
			var at atomic.Int64
			d.records = func(ctx context.Context, p ports.Pile, part int) records {
				return func(yield func([]byte, error) bool) {
					n := int64(0)
					for record, err := range p.Records(ctx, part) {
						if n++; n > at.Load() {
							at.Add(1)
							if !yield(record, err) {
								return
							}
						}
					}
				}
			}
		}, []string{pileAgain}},
		{"has one place for all who read a part", func(d *scratchDouble) {
			var buffer [8][1 << 10]byte
			var mu sync.Mutex
			d.records = func(ctx context.Context, p ports.Pile, part int) records {
				return func(yield func([]byte, error) bool) {
					if part < 0 || part >= len(buffer) {
						return
					}
					for record, err := range p.Records(ctx, part) {
						mu.Lock()
						n := copy(buffer[part][:], record)
						mu.Unlock()
						<-turn()
						mu.Lock()
						record = slices.Clone(buffer[part][:n])
						mu.Unlock()
						if !yield(record, err) {
							return
						}
					}
				}
			}
		}, []string{pileAtOnce}},
	}
}

func addTwins() []twin[scratchDouble] {
	return []twin[scratchDouble]{
		{"takes records of any size", func(d *scratchDouble) {
			d.add = func(p ports.Pile, part int, record []byte) error {
				return p.Add(part, record[:min(len(record), 1<<20)])
			}
		}, []string{pileLarge}},
		{"keeps the start of a record that it refuses", func(d *scratchDouble) {
			d.add = func(p ports.Pile, part int, record []byte) error {
				err := p.Add(part, record)
				if err != nil && len(record) > 1<<20 {
					_ = p.Add(part, record[:1])
				}
				return err
			}
		}, []string{pileLarge}},
		{"refuses large records with an error of no type", func(d *scratchDouble) {
			d.add = func(p ports.Pile, part int, record []byte) error {
				if len(record) > 1<<20 {
					return errTwin
				}
				return p.Add(part, record)
			}
		}, []string{pileLarge}},
		{"loses records when many add", func(d *scratchDouble) {
			var adding atomic.Int64
			d.add = func(p ports.Pile, part int, record []byte) error {
				defer adding.Add(-1)
				if adding.Add(1) > 1 {
					return nil
				}
				<-turn()
				return p.Add(part, record)
			}
		}, []string{pileOfMany}},
		{"adds later what was added first", func(d *scratchDouble) {
			var mu sync.Mutex
			var held []byte
			d.add = func(p ports.Pile, part int, record []byte) error {
				mu.Lock()
				defer mu.Unlock()
				if held == nil && len(record) > 50 && rand.IntN(3) == 0 {
					held = slices.Clone(record)
					return nil
				}
				err := p.Add(part, record)
				if held != nil {
					err, held = p.Add(part, held), nil
				}
				return err
			}
		}, []string{pileOfMany, pileOrder}},
		{"has 64 parts", func(d *scratchDouble) {
			d.add = func(p ports.Pile, part int, record []byte) error { return p.Add(part&^64, record) }
		}, []string{pileParts}},
		{"keeps the record that it is given", func(d *scratchDouble) {
			var kept [][]byte
			d.add = func(p ports.Pile, part int, record []byte) error {
				kept = append(kept, record)
				return p.Add(part, record)
			}
			d.yields(func([][]byte) [][]byte { return kept })
		}, []string{pileReference}},
	}
}

func pileTwins() []twin[scratchDouble] {
	return []twin[scratchDouble]{
		{"makes a pile without parts", func(d *scratchDouble) {
			d.newPile = func(ctx context.Context, parts int) (ports.Pile, error) { return d.Scratch.NewPile(ctx, max(parts, 1)) }
		}, []string{pileNone}},
		{"puts a record for no part into the first", func(d *scratchDouble) {
			d.add = func(p ports.Pile, part int, record []byte) error {
				if err := p.Add(part, record); err != nil {
					return p.Add(0, record)
				}
				return nil
			}
		}, []string{pileAbsent}},
		{"reads no part as an empty one", func(d *scratchDouble) {
			d.records = func(ctx context.Context, p ports.Pile, part int) records {
				return func(yield func([]byte, error) bool) {
					for record, err := range p.Records(ctx, part) {
						if err != nil || !yield(record, nil) {
							return
						}
					}
				}
			}
		}, []string{pileAbsent, scratchEnded}},
		{"fails when it is closed again", func(d *scratchDouble) {
			d.close = func(p *pileDouble) error {
				if p.closed {
					return errTwin
				}
				p.closed = true
				return p.Pile.Close()
			}
		}, []string{pileTwice}},
		{"has one pile for all", func(d *scratchDouble) {
			p, _ := d.Scratch.NewPile(context.Background(), 1)
			d.newPile = func(context.Context, int) (ports.Pile, error) { return p, nil }
			d.close = func(*pileDouble) error { return nil }
		}, []string{pilesApart}},
		{"frees all piles with the first", func(d *scratchDouble) {
			var all []*pileDouble
			d.newPile = func(ctx context.Context, parts int) (ports.Pile, error) {
				p, err := d.Scratch.NewPile(ctx, parts)
				all = append(all, &pileDouble{Pile: p})
				return p, err
			}
			d.close = func(*pileDouble) error {
				for _, p := range all {
					_ = p.Pile.Close()
				}
				return nil
			}
		}, []string{pilesApart}},
		{"makes a pile under a dead context", func(d *scratchDouble) {
			d.newPile = func(ctx context.Context, parts int) (ports.Pile, error) {
				return d.Scratch.NewPile(context.WithoutCancel(ctx), parts)
			}
		}, []string{scratchEnded}},
		{"reads on when its context ended", func(d *scratchDouble) {
			d.records = func(ctx context.Context, p ports.Pile, part int) records {
				return p.Records(context.WithoutCancel(ctx), part)
			}
		}, []string{scratchEnded, pileEndsSoon}},
		{"ends with its context without an error", func(d *scratchDouble) {
			d.records = func(ctx context.Context, p ports.Pile, part int) records {
				return func(yield func([]byte, error) bool) {
					for record, err := range p.Records(ctx, part) {
						if ctx.Err() != nil || !yield(record, err) {
							return
						}
					}
				}
			}
		}, []string{scratchEnded, pileEndsSoon}},
	}
}

// turn closes when everybody else had a turn.
func turn() <-chan time.Time { return time.After(time.Microsecond) }
