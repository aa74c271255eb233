package sqlite

import "sync"

// wake tells all who wait in this process that something was written. Its zero
// value is ready.
type wake struct {
	mu   sync.Mutex
	next chan struct{}
}

// wait returns a channel that the next ring closes. Take it before looking for
// what one waits for: then no ring in between is missed.
func (w *wake) wait() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.next == nil {
		w.next = make(chan struct{})
	}
	return w.next
}

// ring wakes all who wait.
func (w *wake) ring() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.next != nil {
		close(w.next)
		w.next = nil
	}
}
