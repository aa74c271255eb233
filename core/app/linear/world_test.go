package linear_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"

	"github.com/google/uuid"

	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
)

// opener opens a store as a process does that starts. All that it opens are one
// store.
type opener func(ctx context.Context) (ports.EventStore, func() error, error)

const (
	processes     = 3
	clients       = 12
	hotCarts      = 4
	wishesPerCart = 250 // so that a cart records more commands than it remembers
	lifeOfProcess = 400 // wishes between two restarts
)

// world is clients that share a few carts, and the processes that they ask.
type world struct {
	open opener
	history
	seed  uint64
	left  atomic.Int64 // wishes
	asked atomic.Int64

	mu      sync.Mutex
	serving [processes]*process
	starts  uint64
	carts   [hotCarts]hotCart
	ids     []string // of all carts that there were
	fault   error
}

type hotCart struct {
	id     string
	wishes int
	known  int // the newest version that anybody was told
}

// run lets the clients ask at least n times, and returns the history.
func run(ctx context.Context, open opener, seed uint64, n int) (*history, error) {
	w := &world{open: open, seed: seed}
	w.left.Store(int64(n))
	for i := range w.serving {
		if err := w.restart(ctx, i); err != nil {
			return nil, err
		}
	}
	var all sync.WaitGroup
	for i := range clients {
		all.Go(func() { (&client{world: w, id: i, dice: rand.New(rand.NewPCG(seed, uint64(i)))}).shop(ctx) })
	}
	all.Wait()
	for _, p := range w.serving {
		p.network.settle()
		p.kill()
		if err := p.release(); err != nil {
			w.fail(err)
		}
	}
	if w.fault == nil {
		w.fault = w.readBack(ctx)
	}
	return &w.history, w.fault
}

// readBack counts what the store holds in the end.
func (w *world) readBack(ctx context.Context) error {
	store, release, err := w.open(ctx)
	if err != nil {
		return err
	}
	w.stored = map[string]int{}
	for _, id := range w.ids {
		for e, err := range store.Read(ctx, ports.StreamID{Category: cart.Category, ID: id}, 1, math.MaxInt64) {
			if err != nil {
				return err
			}
			w.stored[e.CommandID]++
		}
	}
	return release()
}

// restart ends the process at a place, with all that is in flight, and starts
// another.
func (w *world) restart(ctx context.Context, place int) error {
	store, release, err := w.open(ctx)
	if err != nil {
		return err
	}
	w.mu.Lock()
	w.starts++
	old := w.serving[place]
	w.serving[place] = newProcess(ctx, store, release, w.seed<<16+w.starts)
	w.mu.Unlock()
	if old == nil {
		return nil
	}
	old.kill()
	old.network.settle()
	return old.release()
}

func (w *world) process(place int) *process {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.serving[place]
}

func (w *world) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fault == nil {
		w.fault = err
	}
	w.left.Store(0)
}

// cart returns a cart that is in use, or a new one in the place of one that is used
// up.
func (w *world) cart(dice *rand.Rand) (id string, place, known int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	place = dice.IntN(hotCarts)
	c := &w.carts[place]
	if c.wishes == 0 {
		*c = hotCart{id: uuid.NewString(), wishes: wishesPerCart}
		w.ids = append(w.ids, c.id)
	}
	c.wishes--
	return c.id, place, c.known
}

func (w *world) learn(place int, id string, version int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if c := &w.carts[place]; c.id == id {
		c.known = max(c.known, version)
	}
}

// client asks one thing after another.
type client struct {
	*world
	id   int
	dice *rand.Rand
	n    int
}

func (c *client) shop(ctx context.Context) {
	for c.left.Load() > 0 {
		id, place, known := c.cart(c.dice)
		w := c.wish(id, known)
		if w.verb != read && c.dice.IntN(20) == 0 {
			c.hedge(w) // a client that is in a hurry asks two processes at once
		}
		for tries := 0; tries < 8; tries++ {
			t := c.ask(ctx, c.id, w)
			c.learn(place, id, t.version)
			// Most ask again until they hear, some give up, some ask though they heard.
			if t.unknown == (c.dice.IntN(12) == 0) {
				break
			}
		}
		if w.verb != read && c.dice.IntN(30) == 0 {
			w.verb, w.item, w.n, w.ifMatch = add, "salt", 3, -1 // the same key for something else
			c.ask(ctx, c.id, w)
		}
	}
}

// hedge sends a wish through each process at once, beside this client.
func (c *client) hedge(w wish) {
	var all sync.WaitGroup
	for i := range 2 {
		p := c.process(i)
		all.Go(func() { c.note(p, clients+2*c.id+i, w) })
	}
	all.Wait()
}

func (c *client) ask(ctx context.Context, id int, w wish) told {
	if n := c.asked.Add(1); n%lifeOfProcess == 0 {
		if err := c.restart(ctx, int(n/lifeOfProcess)%processes); err != nil {
			c.fail(err)
		}
	}
	return c.note(c.process(c.dice.IntN(processes)), id, w)
}

// note asks a process and notes the answer.
func (w *world) note(p *process, id int, asked wish) told {
	began := w.begin()
	t, err := p.ask(asked)
	w.end(id, began, asked, t)
	w.left.Add(-1)
	if err != nil {
		w.fail(fmt.Errorf("%+v: %w", asked, err))
	}
	return t
}

// wish thinks of something to ask, which will be a no-op or refused now and then.
func (c *client) wish(id string, known int) wish {
	c.n++
	w := wish{
		cart: id, key: fmt.Sprintf("%d-%d-%d", c.seed, c.id, c.n), ifMatch: -1,
		item: []string{"tea", "milk", "soap", "mug"}[c.dice.IntN(4)], n: 1 + c.dice.IntN(3),
	}
	if c.dice.IntN(10) == 0 {
		w.ifMatch = known
	}
	switch roll := c.dice.IntN(100); {
	case known == 0 || roll < 2:
		w.verb, w.item, w.n = open, "", 0
	case known > 20 && c.dice.IntN(80) == 0:
		w.verb, w.item, w.n = closed, "", 0
	case roll < 23:
		w = wish{cart: id, verb: read, ifMatch: -1}
	case roll < 48:
		w.verb = add
	case roll < 80:
		w.verb = set
	default:
		w.verb, w.n = remove, 0
	}
	return w
}
