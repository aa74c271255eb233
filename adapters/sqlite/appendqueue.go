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
	answered chan error // holds the one answer
}

// answer ends p with nil or an error.
func (p *pendingAppend) answer(err error) { p.answered <- err }

// appendQueue is group commit: while one batch is being stored the next one
// gathers.
type appendQueue struct {
	entry   sync.RWMutex // held for reading while entering, for writing while closing
	closed  bool
	waiting chan *pendingAppend
	drained chan struct{}
}

// newAppendQueue starts the one goroutine that calls store, which answers every
// member of the batch and keeps none. It ends with close.
func newAppendQueue(store func(batch []*pendingAppend)) *appendQueue {
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

func (q *appendQueue) run(store func(batch []*pendingAppend)) {
	defer close(q.drained)
	batch := make([]*pendingAppend, 0, maxBatch)
	for p := range q.waiting {
		// Those whom the last batch answered come back first: their next appends
		// join this batch instead of waiting for it, as long as each look finds more.
		batch = append(batch[:0], p)
		for had := 0; had < len(batch); {
			had = len(batch)
			runtime.Gosched()
			batch = q.gather(batch)
		}
		store(batch)
		clear(batch)
	}
}

// gather adds what waits to batch, without waiting, up to the bounds of one
// transaction.
func (q *appendQueue) gather(batch []*pendingAppend) []*pendingAppend {
	bytes := 0
	for _, p := range batch {
		bytes += p.row.size()
	}
	for len(batch) < maxBatch && bytes < maxBatchBytes {
		select {
		case p, open := <-q.waiting:
			if !open {
				return batch
			}
			batch = append(batch, p)
			bytes += p.row.size()
		default:
			return batch
		}
	}
	return batch
}
