package app

import (
	"context"
	"sync"
)

// streamLocks lets the commands on one stream in one process run one after
// another, so that only other processes cost a conflict. The zero value is ready.
type streamLocks struct {
	mu    sync.Mutex
	locks map[string]*streamLock
}

type streamLock struct {
	turn    chan struct{} // holds one token while nobody has the lock
	holders int           // those who have or want it; guarded by streamLocks.mu
}

// lock waits for the stream's turn, or for the context's end. Exactly one call of
// unlock must follow a nil error.
func (l *streamLocks) lock(ctx context.Context, id string) error {
	l.mu.Lock()
	if l.locks == nil {
		l.locks = map[string]*streamLock{}
	}
	s := l.locks[id]
	if s == nil {
		s = &streamLock{turn: make(chan struct{}, 1)}
		s.turn <- struct{}{}
		l.locks[id] = s
	}
	s.holders++
	l.mu.Unlock()

	select {
	case <-s.turn:
		return nil
	case <-ctx.Done():
		l.leave(id, s)
		return ctx.Err()
	}
}

func (l *streamLocks) unlock(id string) {
	l.mu.Lock()
	s := l.locks[id]
	l.mu.Unlock()
	s.turn <- struct{}{}
	l.leave(id, s)
}

func (l *streamLocks) leave(id string, s *streamLock) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if s.holders--; s.holders == 0 {
		delete(l.locks, id)
	}
}
