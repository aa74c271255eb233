package main_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
)

// pool is the items that carts hold. Some are easily mangled on their way.
var pool = []string{
	"tea", "oat milk", "Käse", "a+b", "50% off", `"so-called" cheese`, "<b>&amp;</b>", "日本茶", "mug", "soap", "c/d?e#f", "salt",
}

// errStopped says that a wish is not carried out because its writer is to stop.
var errStopped = errors.New("the writer is to stop")

// write sends wishes, half of them to carts of its own, until enough is closed.
func (c *crowd) write(ctx context.Context, enough <-chan struct{}, r *rand.Rand) error {
	for {
		var err error
		if r.IntN(2) == 0 {
			err = c.shop(ctx, enough, r)
		} else {
			err = c.meddle(ctx, r)
		}
		if errors.Is(err, errStopped) {
			return nil
		}
		if err != nil {
			return err
		}
		select {
		case <-enough:
			return nil
		default:
		}
	}
}

// shop opens a cart, fills it, changes its mind, and closes it.
func (c *crowd) shop(ctx context.Context, enough <-chan struct{}, r *rand.Rand) error {
	id, err := c.open(ctx)
	if err != nil {
		return err
	}
	items := slices.Clone(pool)
	r.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
	items = items[:1+r.IntN(5)]
	var wishes []wish
	for _, item := range items {
		wishes = append(wishes, addItem(id, item, 1+r.IntN(9)))
	}
	wishes = append(wishes, setItem(id, items[0], 10+r.IntN(9)))
	if len(items) > 2 {
		wishes = append(wishes, removeItem(id, items[1]))
	}
	if r.IntN(8) > 0 { // some stay open
		wishes = append(wishes, closeCart(id))
	}
	for _, w := range wishes {
		o, err := c.carry(ctx, id, w)
		if err != nil {
			return err
		}
		if !o.done() {
			return fmt.Errorf("%s %s of a cart that nobody else knows: %s", w.method, w.path, o.answer)
		}
		select {
		case <-enough:
			return errStopped
		default:
		}
	}
	return nil
}

// meddle does something to a shared cart, or puts another into its place.
func (c *crowd) meddle(ctx context.Context, r *rand.Rand) error {
	place := r.IntN(len(c.shared))
	c.mu.Lock()
	id := c.shared[place]
	c.mu.Unlock()
	item := pool[r.IntN(len(pool))]
	var w wish
	switch n := r.IntN(40); {
	case n == 0:
		w = closeCart(id)
	case n < 20:
		w = addItem(id, item, 1+r.IntN(3))
	case n < 30:
		w = setItem(id, item, 1+r.IntN(3))
	default:
		w = removeItem(id, item)
	}
	o, err := c.carry(ctx, id, w)
	if err != nil || o.code() != "cart_closed" {
		return err
	}
	another, err := c.open(ctx)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.shared[place] == id {
		c.shared[place] = another
	}
	return nil
}
