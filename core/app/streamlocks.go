package app

import (
	"context"
	"sync"
)

// streamLocks lets the commands on one stream in one process run one after
// another, so that only other processes cost a conflict. The zero value is ready.
type streamLocks struct {
	mu    sync.Mutex
	locks map[string]*streamLock // those that somebody has
	spare []*streamLock          // to be used again; as many as there ever were at once
}

// streamLock belongs to one command, and waiting ones get it one by one.
type streamLock struct {
	turn    chan struct{} // holds a token from when it is given up until the next one takes it
	holders int           // those who have or want it; guarded by streamLocks.mu
}

// lock waits for the stream's turn, or for the context's end. Exactly one call of
// unlock must follow a nil error.
func (l *streamLocks) lock(ctx context.Context, id string) (*streamLock, error) {
	s, first := l.enter(id)
	if first {
		return s, nil
	}
	select {
	case <-s.turn:
		return s, nil
	case <-ctx.Done():
		l.leave(id, s)
		return nil, ctx.Err()
	}
}

// unlock gives up what lock returned for id.
func (l *streamLocks) unlock(id string, s *streamLock) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s.turn <- struct{}{}
	l.drop(id, s)
}

// enter counts the caller among those who want the lock, and reports whether it
// is the only one: then it has it.
func (l *streamLocks) enter(id string) (s *streamLock, first bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if s = l.locks[id]; s != nil {
		s.holders++
		return s, false
	}
	if n := len(l.spare); n > 0 {
		s, l.spare = l.spare[n-1], l.spare[:n-1]
	} else {
		s = &streamLock{turn: make(chan struct{}, 1)}
	}
	if l.locks == nil {
		l.locks = map[string]*streamLock{}
	}
	s.holders = 1
	l.locks[id] = s
	return s, true
}

// leave is for one who waited in vain.
func (l *streamLocks) leave(id string, s *streamLock) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.drop(id, s)
}

// drop counts one holder less, and clears the lock away after the last one, when
// nobody is there to take the token.
func (l *streamLocks) drop(id string, s *streamLock) {
	if s.holders--; s.holders > 0 {
		return
	}
	<-s.turn
	delete(l.locks, id)
	l.spare = append(l.spare, s)
}
