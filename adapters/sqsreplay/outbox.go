package sqsreplay

import (
	"slices"
	"sync"

	"github.com/evercart/evercart/ports"
)

// outbox holds the messages of one Deliver until they are in the queue. Several
// senders take from it at the same time; no two of them have messages of one group.
type outbox struct {
	target   ports.Target
	messages []message

	mu      sync.Mutex
	changed sync.Cond
	waiting []int           // indexes of the messages that are not in the queue, ascending
	busy    map[string]bool // groups of which a sender has a message
	err     error           // why nothing more is sent
}

func newOutbox(target ports.Target, messages []message) *outbox {
	o := &outbox{target: target, messages: messages, waiting: make([]int, len(messages)), busy: map[string]bool{}}
	o.changed.L = &o.mu
	for i := range messages {
		o.waiting[i] = i
	}
	return o
}

// take returns the indexes of the next call's messages: the first that waits of
// each group that no sender is busy with. It waits until there is one, and returns
// none when all are in the queue or sending has stopped.
func (o *outbox) take() []int {
	o.mu.Lock()
	defer o.mu.Unlock()
	for o.err == nil && len(o.waiting) > 0 {
		if taken := o.free(); len(taken) > 0 {
			return taken
		}
		o.changed.Wait()
	}
	return nil
}

// free takes what can be taken now. The first of each group stands for it: where
// that does not fit, no later one goes before it.
func (o *outbox) free() []int {
	var taken []int
	bytes := 0
	for _, i := range o.waiting {
		m := &o.messages[i]
		if o.busy[m.group] {
			continue
		}
		bytes += m.size(o.target)
		if len(taken) == maxCallMessages || len(taken) > 0 && bytes > maxCallBytes {
			break
		}
		o.busy[m.group] = true
		taken = append(taken, i)
	}
	return taken
}

// done notes that the messages at the indexes of sent, ascending, are in the queue.
func (o *outbox) done(sent []int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.waiting = slices.DeleteFunc(o.waiting, func(i int) bool {
		_, found := slices.BinarySearch(sent, i)
		return found
	})
	o.release(sent)
}

// back gives back messages that are not known to be in the queue.
func (o *outbox) back(unsent []int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.release(unsent)
}

func (o *outbox) release(indexes []int) {
	for _, i := range indexes {
		delete(o.busy, o.messages[i].group)
	}
	o.changed.Broadcast()
}

// stop keeps all senders from taking more. The first cause stays.
func (o *outbox) stop(cause error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err == nil {
		o.err = cause
	}
	o.changed.Broadcast()
}
