package memory

import (
	"context"
	"crypto/rand"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/evercart/evercart/ports"
)

// log is a list that only grows. Followers read it from any position on and wait
// at its end. Its items are never changed, so readers share them without a lock.
type log[T any] struct {
	name string // random, first part of every position; tells this log's positions from another's

	mu    sync.Mutex
	items []T
	grown chan struct{} // closed and forgotten when items come; nil while nobody waits
}

// positionDigits is the length of a position's number, so that positions of one
// log sort as text.
const positionDigits = 16

func newLog[T any]() log[T] { return log[T]{name: rand.Text()[:16]} }

// append adds items and wakes everybody who waits.
func (l *log[T]) append(items ...T) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.items = append(l.items, items...)
	if l.grown != nil {
		close(l.grown)
		l.grown = nil
	}
}

// after returns at most limit items after position, at least one, and the number
// of items before them. It waits for the first. The caller must not change them.
func (l *log[T]) after(ctx context.Context, position ports.Position, limit int) ([]T, int, error) {
	from, err := l.number(position)
	if err != nil {
		return nil, 0, err
	}
	for {
		if err := ctx.Err(); err != nil {
			return nil, 0, err
		}
		all, grown := l.wait(from)
		switch {
		case from > len(all):
			return nil, 0, fmt.Errorf("%w: %d items, position %d", ports.ErrForeignPosition, len(all), from)
		case from < len(all):
			to := from + min(max(limit, 1), len(all)-from)
			return all[from:to], from, nil
		}
		select {
		case <-grown:
		case <-ctx.Done():
		}
	}
}

// wait returns all items and, if there are no more than have, a channel that
// closes when more come.
func (l *log[T]) wait(have int) ([]T, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.items) > have {
		return l.items, nil
	}
	if l.grown == nil {
		l.grown = make(chan struct{})
	}
	return l.items, l.grown
}

// all returns the items that there are now. The caller must not change them.
func (l *log[T]) all() []T {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.items
}

// position returns the place after the first n items.
func (l *log[T]) position(n int) ports.Position {
	return ports.Position(fmt.Sprintf("%s%0*x", l.name, positionDigits, n))
}

// number reads what position wrote; the zero Position is 0.
func (l *log[T]) number(p ports.Position) (int, error) {
	if p == "" {
		return 0, nil
	}
	digits, ok := strings.CutPrefix(string(p), l.name)
	n, err := strconv.ParseInt(digits, 16, 0)
	if !ok || err != nil || len(digits) != positionDigits || n < 0 {
		return 0, fmt.Errorf("%w: %q", ports.ErrForeignPosition, p)
	}
	return int(n), nil
}
