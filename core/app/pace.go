package app

import (
	"context"
	"time"
)

// pace holds work to a rate. The zero rate is as fast as it goes. It belongs to
// one goroutine.
type pace struct {
	rate int // units a second
	now  func() time.Time
	next time.Time // when the next unit is due
}

// wait waits until n more units are due, or the context ends. After a pause it
// does not make up for lost time.
func (p *pace) wait(ctx context.Context, n int) error {
	if p.rate <= 0 {
		return ctx.Err()
	}
	now := p.now()
	if p.next.Before(now) {
		p.next = now
	}
	sleep(ctx, p.next.Sub(now))
	p.next = p.next.Add(time.Duration(n) * time.Second / time.Duration(p.rate))
	return ctx.Err()
}
