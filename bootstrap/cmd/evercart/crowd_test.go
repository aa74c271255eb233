package main_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// place is where the server is found; it moves when the server is restarted. It
// is safe for concurrent use.
type place struct {
	mu    sync.Mutex
	url   string
	moved chan struct{} // closed when url changes
}

func newPlace(url string) *place { return &place{url: url, moved: make(chan struct{})} }

func (p *place) now() (url string, moved <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.url, p.moved
}

func (p *place) move(url string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.url = url
	close(p.moved)
	p.moved = make(chan struct{})
}

// outcome is a wish and how it was answered in the end.
type outcome struct {
	wish
	*answer
	cartID string
	// known is the newest version of the cart that anybody had been told of when
	// the wish was sent first. So the answer is one over that version or a later one.
	known int
}

// done says that the wish was carried out.
func (o *outcome) done() bool { return o.status == http.StatusOK || o.status == http.StatusCreated }

// crowd is writers that share some carts, have some to themselves, and ask again,
// with the same key, until they are answered.
type crowd struct {
	place    *place
	answered atomic.Int64           // wishes
	asked    atomic.Int64           // again, for want of an answer
	refused  atomic.Pointer[answer] // the last that said to try again

	mu       sync.Mutex
	shared   []string       // carts, by index
	versions map[string]int // the newest version of each cart that was answered
	outcomes []outcome

	faults chan error // what ended a writer
}

// carry sends one wish until it is answered.
func (c *crowd) carry(ctx context.Context, cartID string, w wish) (*outcome, error) {
	c.mu.Lock()
	o := outcome{wish: w, cartID: cartID, known: c.versions[cartID]}
	c.mu.Unlock()
	for {
		url, moved := c.place.now()
		got, err := send(ctx, url, w)
		if err == nil && got.status != http.StatusServiceUnavailable {
			o.answer = got
			return &o, c.note(&o)
		}
		c.asked.Add(1)
		if err == nil {
			c.refused.Store(got)
			continue
		}
		select {
		case <-moved:
		case <-time.After(time.Second): // the server is not gone, but the connection was
		case <-ctx.Done():
			return nil, err
		}
	}
}

func (c *crowd) note(o *outcome) error {
	version := 0
	if o.done() {
		after, err := o.cart()
		if err != nil {
			return fmt.Errorf("%s %s is answered by no cart: %w: %s", o.method, o.path, err, o.answer)
		}
		if o.cartID == "" {
			o.cartID = after.ID
		}
		version = after.Version
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.versions[o.cartID] = max(c.versions[o.cartID], version)
	c.outcomes = append(c.outcomes, *o)
	c.answered.Add(1)
	return nil
}

// open opens a cart and returns its ID.
func (c *crowd) open(ctx context.Context) (string, error) {
	o, err := c.carry(ctx, "", openCart())
	if err != nil {
		return "", err
	}
	if !o.done() {
		return "", fmt.Errorf("a cart is not opened: %s", o.answer)
	}
	return o.cartID, nil
}
