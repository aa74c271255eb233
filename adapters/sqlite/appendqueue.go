package sqlite

import (
	"context"
	"runtime"
	"sync"
)

// queueLength is how many appends may wait before the next one blocks.
const queueLength = 1024

// maxBatch and maxBatchBytes bound one transaction, in appends and in bytes of
// events and snapshots.
const (
	maxBatch      = 512
	maxBatchBytes = 8 << 20
)

// pendingAppend is one commit on its way to the disk, in its stored form. It
// owns its memory: the caller may be gone before the writer comes to it.
type pendingAppend struct {
	ctx      context.Context
	row      newRow
	outcome  error      // the writer's own, until it answers
	answered chan error // holds the one answer
}

// answer ends p with nil or an error.
func (p *pendingAppend) answer(err error) { p.answered <- err }

// batch is what one transaction stores. It begins with one append and takes more
// until it is committed: those whom the last batch answered come back while the first
// are being inserted, and their next appends need not wait for another sync.
type batch struct {
	waiting <-chan *pendingAppend // those to come
	members []*pendingAppend
	bytes   int // of all members
}

// grow adds what waits, up to the bounds of one transaction, and returns what it
// added. It waits for nobody, but lets those run first who are on their way.
func (b *batch) grow() []*pendingAppend {
	runtime.Gosched()
	had := len(b.members)
	for len(b.members) < maxBatch && b.bytes < maxBatchBytes {
		select {
		case p, open := <-b.waiting:
			if !open {
				return b.members[had:]
			}
			b.add(p)
		default:
			return b.members[had:]
		}
	}
	return b.members[had:]
}

func (b *batch) add(p *pendingAppend) {
	b.members = append(b.members, p)
	b.bytes += p.row.size()
}

// appendQueue is group commit: while one batch is being stored the next one
// gathers.
type appendQueue struct {
	entry   sync.RWMutex // held for reading while entering, for writing while closing
	closed  bool
	waiting chan *pendingAppend
	drained chan struct{}
}

// newAppendQueue starts the one goroutine that calls store, which lets the batch grow
// as long as each look finds more, answers every member and keeps none. It ends with
// close.
func newAppendQueue(store func(*batch)) *appendQueue {
	q := &appendQueue{waiting: make(chan *pendingAppend, queueLength), drained: make(chan struct{})}
	go q.run(store)
	return q
}

// do enters p and waits for its answer or for the end of its context; in the
// second case p may be stored all the same, and still belongs to the writer.
func (q *appendQueue) do(p *pendingAppend) error {
	if err := q.enter(p); err != nil {
		return err
	}
	select {
	case err := <-p.answered:
		return err
	case <-p.ctx.Done():
	}
	select {
	case err := <-p.answered: // at the same moment
		return err
	default:
		return p.ctx.Err()
	}
}

func (q *appendQueue) enter(p *pendingAppend) error {
	q.entry.RLock()
	defer q.entry.RUnlock()
	if q.closed {
		return errClosed
	}
	select {
	case q.waiting <- p:
		return nil
	case <-p.ctx.Done():
		return p.ctx.Err()
	}
}

// close lets nobody in any more and returns when all that wait are answered. It
// reports whether it was the first call.
func (q *appendQueue) close() bool {
	q.entry.Lock()
	first := !q.closed
	q.closed = true
	if first {
		close(q.waiting)
	}
	q.entry.Unlock()
	<-q.drained
	return first
}

func (q *appendQueue) run(store func(*batch)) {
	defer close(q.drained)
	b := &batch{waiting: q.waiting, members: make([]*pendingAppend, 0, maxBatch)}
	for p := range q.waiting {
		b.add(p)
		store(b)
		clear(b.members)
		b.members, b.bytes = b.members[:0], 0
	}
}
