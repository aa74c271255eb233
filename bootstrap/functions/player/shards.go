package player

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
)

// source is a stream that has shards.
type source interface {
	// name is what events call the service: "aws:kinesis".
	name() string
	// infoName is what failure records call a batch's context: "KinesisBatchInfo".
	infoName() string
	// arn is the stream's.
	arn() string
	// shards returns those that there are.
	shards(ctx context.Context) ([]shard, error)
	// iterator returns one that stands behind the record with that sequence number;
	// where that is empty, before the oldest (TRIM_HORIZON).
	iterator(ctx context.Context, shard, after string) (string, error)
	// read returns what comes next, perhaps nothing, and the iterator behind it; an
	// empty one where the shard is closed and all of it was read.
	read(ctx context.Context, iterator string) (records []record, next string, err error)
}

// shard is one of a stream's, with those that it was split or merged from.
type shard struct {
	id      string
	parents []string
}

// follow hands a stream to its function until ctx ends: each shard in its order,
// and a shard that others were split or merged into before those ("Using AWS Lambda
// with Amazon DynamoDB": parent before child; Kinesis API Reference, "Shard").
func (m *mapping) follow(ctx context.Context, log *slog.Logger, poll time.Duration) {
	begun, done := map[string]bool{}, &finished{shards: map[string]bool{}}
	var running sync.WaitGroup
	defer running.Wait()
	for ctx.Err() == nil {
		there, err := m.source.shards(ctx)
		if err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "shards cannot be listed just now", "stream", m.source.arn(), "error", err)
		}
		for _, s := range due(there, begun, done) {
			begun[s.id] = true
			running.Go(func() { m.drain(ctx, log, s.id, poll, done) })
		}
		if wait(ctx, poll) != nil {
			return
		}
	}
}

// due returns the shards that can be begun: not yet begun, and none of their
// parents is there and not done.
func due(there []shard, begun map[string]bool, done *finished) (ready []shard) {
	listed := map[string]bool{}
	for _, s := range there {
		listed[s.id] = true
	}
	for _, s := range there {
		waits := begun[s.id]
		for _, parent := range s.parents {
			waits = waits || listed[parent] && !done.has(parent)
		}
		if !waits {
			ready = append(ready, s)
		}
	}
	return ready
}

// finished are the shards of which everything was handled.
type finished struct {
	mu     sync.Mutex
	shards map[string]bool
}

func (f *finished) has(id string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.shards[id]
}

func (f *finished) add(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.shards[id] = true
}

// drain hands over one shard, batch by batch, until it is closed and done or ctx
// ends. After a fault it goes on behind the last batch that was handled.
func (m *mapping) drain(ctx context.Context, log *slog.Logger, id string, poll time.Duration, done *finished) {
	after := ""
	for {
		err := m.batches(ctx, id, &after, poll)
		if err == nil {
			done.add(id)
			return
		}
		if ctx.Err() != nil || errors.Is(err, errStopped) {
			return
		}
		log.WarnContext(ctx, "a shard cannot be read just now", "stream", m.source.arn(), "shard", id, "error", err)
		if wait(ctx, poll) != nil {
			return
		}
	}
}

// maxPayload is the most bytes of a batch ("Lambda quotas": 6 MB an invocation).
const maxPayload = 6 << 20

// batches hands over a shard from behind *after on. A batch goes when it is full or
// its window is over; all before *after was handled.
func (m *mapping) batches(ctx context.Context, id string, after *string, poll time.Duration) error {
	iterator, err := m.source.iterator(ctx, id, *after)
	var waiting []record
	var since time.Time // when the first of those waiting was read
	for err == nil {
		var records []record
		if iterator != "" {
			if records, iterator, err = m.source.read(ctx, iterator); err != nil {
				break
			}
		}
		if len(waiting) == 0 {
			since = time.Now()
		}
		waiting = append(waiting, records...)
		over := iterator == "" || time.Since(since) >= m.tempo.Window
		for err == nil && len(waiting) > 0 {
			n, full := firstBatch(waiting, or(m.tempo.Batch, 100))
			if !full && !over {
				break
			}
			if err = m.handle(ctx, id, waiting[:n:n]); err == nil {
				*after, waiting = waiting[n-1].sequence, waiting[n:]
				since = time.Now()
			}
		}
		if err == nil && iterator == "" && len(waiting) == 0 {
			return nil
		}
		if err == nil && len(records) == 0 {
			err = wait(ctx, poll)
		}
	}
	return err
}

// firstBatch returns how many of records go into the next batch, and whether it is
// full.
func firstBatch(records []record, most int) (n int, full bool) {
	size := len(`{"Records":[]}`)
	for n = range records {
		if size += len(records[n].body) + 1; n > 0 && size > maxPayload {
			return n, true
		}
		if n+1 == most {
			return n + 1, true
		}
	}
	return len(records), false
}
