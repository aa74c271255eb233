package simulation_test

import (
	"encoding/json"
	"time"
)

// mapping is an event source mapping of Lambda: it reads each shard of a feed from
// its oldest record on, parents before their children, and hands batches to a
// function, one batch of a shard at a time.
type mapping struct {
	w        *world
	feed     *feed
	function *function
	batch    int           // the most records
	window   time.Duration // how long it gathers them
	retries  int           // less than 0: no bound
	maxAge   time.Duration
	stopped  bool
	states   map[*shard]*reading
}

// reading is how far a mapping is in one shard.
type reading struct {
	shard   *shard
	next    int         // the first record not taken yet
	pending [][]*record // batches taken, and pieces of them, that are not done with
	tries   int         // failures in a row
	busy    bool        // an invocation runs
	due     bool        // a look is in the agenda
	ended   bool        // the shard is closed and read
}

// follow begins to read a shard. A mapping that begins does so at the oldest record.
func (m *mapping) follow(s *shard) {
	r := &reading{shard: s}
	if m.w.mutant.latest && len(s.parents) == 0 {
		r.next = len(s.records)
	}
	m.states[s] = r
	m.wake(r)
}

// create makes the mapping begin with the shards that there are.
func (m *mapping) create() {
	m.states = map[*shard]*reading{}
	m.feed.readers = append(m.feed.readers, m)
	for _, s := range m.feed.shards {
		m.follow(s)
	}
}

// wake has the mapping look at a shard within its window.
func (m *mapping) wake(r *reading) { m.wakeIn(r, m.w.between(time.Millisecond, m.window)) }

func (m *mapping) wakeIn(r *reading, after time.Duration) {
	if r.due || r.busy || r.ended {
		return
	}
	r.due = true
	m.w.at(after, func() { r.due = false; m.look(r) })
}

// resume lets a stopped mapping go on.
func (m *mapping) resume() {
	m.stopped = false
	for _, s := range m.feed.shards {
		m.wake(m.states[s])
	}
}

func (m *mapping) look(r *reading) {
	if m.stopped || r.busy || r.ended {
		return
	}
	for _, parent := range r.shard.parents {
		if !m.states[parent].ended {
			return // its end wakes the children
		}
	}
	m.trim(r)
	if len(r.pending) == 0 {
		if r.next == len(r.shard.records) {
			m.atEnd(r)
			return
		}
		n := min(len(r.shard.records)-r.next, 1+m.w.pick(m.batch))
		r.pending = append(r.pending, r.shard.records[r.next:r.next+n])
		r.next += n
	}
	m.hand(r, r.pending[len(r.pending)-1])
}

// trim forgets what is older than the feed keeps.
func (m *mapping) trim(r *reading) {
	for r.next < len(r.shard.records) && time.Since(r.shard.records[r.next].arrived) > m.feed.retention {
		r.next++
		m.w.plan.count(m.feed.name + ": trimmed before " + m.function.name)
	}
}

func (m *mapping) atEnd(r *reading) {
	if !r.shard.closed {
		return
	}
	r.ended = true
	for _, s := range m.feed.shards {
		for _, parent := range s.parents {
			if parent == r.shard {
				m.wake(m.states[s])
			}
		}
	}
}

// hand gives a batch to the function, now and then twice at the same time.
func (m *mapping) hand(r *reading, batch []*record) {
	r.busy = true
	payload := payloadOf(batch)
	if m.w.plan.hits(m.w, m.w.plan.overlap, "mapping: batch twice at once") {
		m.function.invoke(payload, func([]byte, error) {})
	}
	m.function.invoke(payload, func(answer []byte, err error) {
		r.busy = false
		m.judge(r, batch, answer, err)
		if r.tries > 0 {
			m.wakeIn(r, m.w.between(time.Millisecond, min(time.Second<<min(r.tries, 8), 2*time.Minute)))
			return
		}
		m.wake(r)
	})
}

func payloadOf(batch []*record) []byte {
	records := make([]json.RawMessage, len(batch))
	for i, r := range batch {
		records[i] = r.json
	}
	payload, err := json.Marshal(map[string]any{"Records": records})
	if err != nil {
		panic(err) // the records are JSON
	}
	return payload
}

// judge says what is done with after an invocation, and what comes again.
func (m *mapping) judge(r *reading, batch []*record, answer []byte, err error) {
	done := len(batch)
	if err != nil {
		done = 0
	} else if failed, some := firstFailed(answer, batch); some {
		done = failed
	}
	if done == len(batch) {
		r.tries = 0
		if !m.w.plan.hits(m.w, m.w.plan.duplicate, "mapping: batch once more") {
			r.pending = r.pending[:len(r.pending)-1]
		}
		return
	}
	if done > 0 {
		r.tries = 0 // Lambda counts tries of what is left
	}
	rest := batch[done:]
	r.pending = r.pending[:len(r.pending)-1]
	r.tries++
	switch {
	case time.Since(rest[0].arrived) > m.maxAge || m.retries >= 0 && r.tries > m.retries:
		r.tries = 0
		m.w.plan.count("mapping: batch given up by " + m.function.name)
		m.w.account.failures.put(m.function, payloadOf(rest))
	case len(rest) > 1 && done == 0:
		r.pending = append(r.pending, rest[len(rest)/2:], rest[:len(rest)/2]) // bisected
	default:
		r.pending = append(r.pending, rest)
	}
}

// firstFailed returns the place of the lowest record that must come again.
func firstFailed(answer []byte, batch []*record) (int, bool) {
	var a struct {
		BatchItemFailures []struct {
			ItemIdentifier string `json:"itemIdentifier"`
		} `json:"batchItemFailures"`
	}
	if err := json.Unmarshal(answer, &a); err != nil {
		return 0, true
	}
	lowest, some := len(batch), len(a.BatchItemFailures) > 0
	for _, f := range a.BatchItemFailures {
		at := 0 // one that names nothing fails the batch
		for i, r := range batch {
			if r.position == f.ItemIdentifier {
				at = i
			}
		}
		lowest = min(lowest, at)
	}
	return lowest, some
}

// idle reports whether the mapping has read all.
func (m *mapping) idle() bool {
	for _, s := range m.feed.shards {
		r := m.states[s]
		if r == nil || r.busy || len(r.pending) > 0 || r.next < len(s.records) || s.closed && !r.ended {
			return false
		}
	}
	return true
}
