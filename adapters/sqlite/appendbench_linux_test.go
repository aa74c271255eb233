package sqlite

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
)

// The budgets are ratios to the same queue appending the same bytes to a bare
// file with one fdatasync a batch. The two take turns within one run, and the
// ratio is the median of the pairs, so that a stall of the disk spoils one pair.
const (
	pairs    = 15
	sliceFor = 100 * time.Millisecond // then the other side has its turn
)

func BenchmarkAppend1Writer(b *testing.B)   { benchmarkAppend(b, 1, 0.55) }
func BenchmarkAppend8Writers(b *testing.B)  { benchmarkAppend(b, 8, 0) }
func BenchmarkAppend64Writers(b *testing.B) { benchmarkAppend(b, 64, 0.30) }

// benchmarkAppend reports how many commits a second so many writers store, one
// commit each at a time, and the ratio to the reference. budget 0 means none.
func benchmarkAppend(b *testing.B, writers int, budget float64) {
	store := openStore(b)
	ref := openReference(b)
	var ours, reference, ratios []float64
	streams := 0
	for b.Loop() {
		for range pairs {
			streams += writers
			o := slice(b, writers, func(w int) func() error { return storeAppender(b.Context(), store, streams+w) })
			r := slice(b, writers, func(w int) func() error { return ref.appender(b.Context(), streams+w) })
			ours, reference, ratios = append(ours, o), append(reference, r), append(ratios, o/r)
		}
	}
	b.ReportMetric(median(ours), "commits/s")
	b.ReportMetric(median(reference), "ref-commits/s")
	b.ReportMetric(median(ratios), "x-ref")
	if budget > 0 {
		b.ReportMetric(budget, "at-least")
	}
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// slice lets writers work for one slice, each calling its own function again and
// again, and returns how many calls a second there were.
func slice(b *testing.B, writers int, writer func(w int) func() error) float64 {
	counts := make([]int, writers)
	var all sync.WaitGroup
	begin := time.Now()
	for w := range writers {
		step := writer(w)
		all.Go(func() {
			for time.Since(begin) < sliceFor {
				if err := step(); err != nil {
					b.Error(err)
					return
				}
				counts[w]++
			}
		})
	}
	all.Wait()
	elapsed := time.Since(begin)
	total := 0
	for _, n := range counts {
		total += n
	}
	return float64(total) / elapsed.Seconds()
}

// cartLength is how many commits a cart has before its writer opens the next one.
const cartLength = 20

// storeAppender returns a function that appends one commit to a stream of its
// own, and begins another stream now and then.
func storeAppender(ctx context.Context, store *EventStore, seed int) func() error {
	var head ports.Head
	return func() (err error) {
		if head.Version() == 0 || head.Version() >= cartLength {
			head = ports.NewHead(benchStream(seed), 0, ports.Hash{}, time.Time{})
		}
		head, err = store.Append(ctx, head, benchCommit(head))
		return err
	}
}

// reference is the bare file behind the same queue.
type reference struct {
	queue *appendQueue
	file  *os.File
	bytes []byte // of the batch in hand
}

func openReference(b *testing.B) *reference {
	file, err := os.Create(filepath.Join(b.TempDir(), "bare"))
	require.NoError(b, err)
	r := &reference{file: file}
	r.queue = newAppendQueue(r.store)
	b.Cleanup(func() {
		r.queue.close()
		require.NoError(b, file.Close())
	})
	return r
}

func (r *reference) store(b *batch) {
	r.bytes = r.bytes[:0]
	for more := b.members; len(more) > 0; more = b.grow() {
		for _, p := range more {
			r.bytes = append(r.bytes, p.row.events...)
		}
	}
	_, err := r.file.Write(r.bytes)
	if err == nil {
		err = syscall.Fdatasync(int(r.file.Fd()))
	}
	for _, p := range b.members {
		p.answer(err)
	}
}

func (r *reference) appender(ctx context.Context, seed int) func() error {
	head := ports.NewHead(benchStream(seed), 0, ports.Hash{}, time.Time{})
	commit := benchCommit(head)
	row, err := rowOf(&commit)
	return func() error {
		if err != nil {
			return err
		}
		return r.queue.do(&pendingAppend{ctx: ctx, row: row, answered: make(chan error, 1)})
	}
}

// benchStream returns a cart's stream whose ID begins with the time, as UUIDv7 does.
func benchStream(seed int) ports.StreamID {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(time.Now().UnixMilli())<<16|0x7000)
	binary.BigEndian.PutUint64(b[8:], uint64(seed)*0x9e3779b97f4a7c15|1<<63)
	return ports.StreamID{Category: "cart", ID: fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])}
}

// benchCommit returns a commit of one event, some 350 bytes in the stored form.
func benchCommit(head ports.Head) ports.Commit {
	v := head.Version() + 1
	e := ports.Event{
		ID: "01890a5d-ac96-774b-bcce-b302099a8057", Stream: head.Stream(), Version: v,
		Type: "ItemAdded", Schema: 2, Time: time.Date(2026, 1, 2, 3, 4, 5, 678901000, time.UTC),
		Data: fmt.Sprintf(`{"item":"Darjeeling first flush %02d","quantity":2,"unit_price":{"amount":1299,"currency":"EUR"}}`, v%100),
		Metadata: ports.Metadata{
			CommandID: "01890a5d-ac96-774b-bcce-b302099a8058", CorrelationID: "01890a5d-ac96-774b-bcce-b302099a8059",
			Actor: "https://id.example|auth0-7c9e6679",
		},
	}
	c := ports.Commit{Stream: head.Stream(), First: v, Last: v, CommandID: e.CommandID, Events: []ports.Event{e}}
	c.Hash[0], c.Fingerprint[0] = byte(v), byte(v)
	return c
}
