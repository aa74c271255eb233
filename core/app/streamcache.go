package app

import (
	"container/list"
	"sync"

	"github.com/evercart/evercart/core/es"
)

// streamCache keeps the streams that this process used last, at most max of
// them. A cached stream may be behind its store: it serves to try an append
// first, never to say no. It is safe for concurrent use.
type streamCache[S any] struct {
	max int // 0: keep none

	mu     sync.Mutex
	byID   map[string]*list.Element
	recent *list.List // of *cachedStream[S], the latest used in front
}

type cachedStream[S any] struct {
	id     string
	stream es.Stream[S]
}

func newStreamCache[S any](most int) *streamCache[S] {
	return &streamCache[S]{max: most, byID: map[string]*list.Element{}, recent: list.New()}
}

func (c *streamCache[S]) get(id string) (es.Stream[S], bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.byID[id]
	if !ok {
		return es.Stream[S]{}, false
	}
	c.recent.MoveToFront(e)
	return e.Value.(*cachedStream[S]).stream, true
}

func (c *streamCache[S]) put(id string, stream es.Stream[S]) {
	if c.max <= 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.byID[id]; ok {
		e.Value.(*cachedStream[S]).stream = stream
		c.recent.MoveToFront(e)
		return
	}
	if c.recent.Len() >= c.max {
		// The least used one makes room, and its memory serves the new one.
		e := c.recent.Back()
		old := e.Value.(*cachedStream[S])
		delete(c.byID, old.id)
		old.id, old.stream = id, stream
		c.byID[id] = e
		c.recent.MoveToFront(e)
		return
	}
	c.byID[id] = c.recent.PushFront(&cachedStream[S]{id: id, stream: stream})
}

func (c *streamCache[S]) forget(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.byID[id]; ok {
		delete(c.byID, id)
		c.recent.Remove(e)
	}
}
