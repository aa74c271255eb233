package simulation_test

import (
	"crypto/md5" //nolint:gosec // Kinesis routes by it
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"
)

// feed is a stream in shards: the table's stream, or the one of Kinesis.
type feed struct {
	w         *world
	name      string
	retention time.Duration
	shards    []*shard
	readers   []*mapping
	positions int
}

// shard keeps the order of its records. It takes the keys whose hash lies from low
// to high, until it is closed; its children are read after it.
type shard struct {
	id        string
	parents   []*shard
	low, high uint64
	closed    bool
	records   []*record
}

// record is one record as a function sees it.
type record struct {
	position string
	arrived  time.Time
	json     json.RawMessage
}

func newFeed(w *world, name string, retention time.Duration, shards int) *feed {
	f := &feed{w: w, name: name, retention: retention}
	width := ^uint64(0)/uint64(shards) + 1
	for i := range uint64(shards) {
		high := ^uint64(0)
		if i+1 < uint64(shards) {
			high = (i+1)*width - 1
		}
		f.open(i*width, high)
	}
	return f
}

func (f *feed) open(low, high uint64, parents ...*shard) {
	s := &shard{id: fmt.Sprintf("shardId-%012d", len(f.shards)), low: low, high: high, parents: parents}
	f.shards = append(f.shards, s)
	for _, m := range f.readers {
		m.follow(s)
	}
}

// position returns the next sequence number: 56 digits, ascending over all shards.
func (f *feed) position() string {
	f.positions += 1 + f.w.pick(50)
	return fmt.Sprintf("4966%052d", f.positions)
}

// shardOf returns the open shard of a key.
func (f *feed) shardOf(key string) *shard {
	sum := md5.Sum([]byte(key)) //nolint:gosec // see above
	hash := binary.BigEndian.Uint64(sum[:8])
	for _, s := range f.shards {
		if !s.closed && s.low <= hash && hash <= s.high {
			return s
		}
	}
	return nil // never: the open shards take all hashes
}

// add puts a record at the end of a shard.
func (f *feed) add(s *shard, position string, as func(shard, position string, arrived time.Time) any) {
	now := time.Now().UTC()
	text, err := json.Marshal(as(s.id, position, now))
	if err != nil {
		panic(err) // what as makes has no cycles and no channels
	}
	s.records = append(s.records, &record{position: position, arrived: now, json: text})
	for _, m := range f.readers {
		m.wake(m.states[s])
	}
}

// reshard splits a shard, or merges two that lie side by side.
func (f *feed) reshard() {
	var open []*shard
	for _, s := range f.shards {
		if !s.closed {
			open = append(open, s)
		}
	}
	s := open[f.w.pick(len(open))]
	for _, other := range open {
		if s.high < other.low && s.high+1 == other.low && f.w.chance(0.5) {
			f.plan("merge")
			s.closed, other.closed = true, true
			f.open(s.low, other.high, s, other)
			f.closed(s, other)
			return
		}
	}
	if s.high-s.low < 2 {
		return
	}
	f.plan("split")
	s.closed = true
	middle := s.low + (s.high-s.low)/2
	f.open(s.low, middle, s)
	f.open(middle+1, s.high, s)
	f.closed(s)
}

func (f *feed) plan(what string) {
	f.w.plan.count(f.name + ": " + what)
	f.w.note("%s: %s", f.name, what)
}

// closed lets readers notice that shards have ended.
func (f *feed) closed(shards ...*shard) {
	for _, m := range f.readers {
		for _, s := range shards {
			m.wake(m.states[s])
		}
	}
}
