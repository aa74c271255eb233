package player

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/evercart/evercart/adapters/lambdafn/runtimetest"
)

// record is one record of a shard.
type record struct {
	sequence string
	arrival  time.Time
	body     json.RawMessage // as Lambda hands it over
}

// mapping is an event source mapping of a stream, with ReportBatchItemFailures and
// BisectBatchOnFunctionError. One batch of a shard is under way at a time: its
// parallelization factor is 1.
type mapping struct {
	source  source
	invoke  func(ctx context.Context, payload []byte) ([]byte, error)
	discard func(ctx context.Context, given *discarded) error // takes what is given up
	tempo   Tempo
}

// piece is a part of a batch, with how often it was tried again.
type piece struct {
	records []record
	retries int
	invokes int
}

// handle has the function handle one batch, and returns when each of its records is
// handled or given up ("How Lambda processes records from stream and queue-based
// event sources", "Configuring error handling controls for Kinesis event sources").
//
//   - A function that fails has its batch halved, and both parts tried, the first
//     one first; that counts as no retry. A batch of one is tried again.
//   - One that reports failures has the records from the lowest on tried again.
//   - After the retries that the mapping allows, or when they are too old, records
//     are given up.
func (m *mapping) handle(ctx context.Context, shard string, batch []record) error {
	pieces := []*piece{{records: batch}}
	for failed := 0; len(pieces) > 0; {
		p := pieces[0]
		if err := m.giveUpOld(ctx, shard, p); err != nil {
			return err
		}
		if len(p.records) == 0 {
			pieces = pieces[1:]
			continue
		}
		answer, err := m.invoke(ctx, payloadOf(p.records))
		if ctx.Err() != nil {
			return ctx.Err()
		}
		p.invokes++
		if err == nil {
			p.records = p.records[firstFailed(answer, p.records):]
			if len(p.records) == 0 {
				pieces, failed = pieces[1:], 0
				continue
			}
		} else if half := len(p.records) / 2; half > 0 {
			pieces = append([]*piece{{records: p.records[:half], retries: p.retries}, {records: p.records[half:], retries: p.retries}}, pieces[1:]...)
			continue
		}
		if p.retries++; m.tempo.Retries > 0 && p.retries > m.tempo.Retries {
			if err := m.giveUp(ctx, shard, p, "RetryAttemptsExhausted", err); err != nil {
				return err
			}
			pieces, failed = pieces[1:], 0
			continue
		}
		if err := wait(ctx, or(m.tempo.Backoff, time.Second)<<min(failed, 5)); err != nil {
			return err
		}
		failed++
	}
	return nil
}

// giveUpOld gives up the records that are older than the mapping allows.
func (m *mapping) giveUpOld(ctx context.Context, shard string, p *piece) error {
	oldest := time.Now().Add(-or(m.tempo.MaxAge, 20*time.Hour))
	old := 0
	for old < len(p.records) && p.records[old].arrival.Before(oldest) {
		old++
	}
	if old == 0 {
		return nil
	}
	rest := p.records[old:]
	p.records = p.records[:old]
	err := m.giveUp(ctx, shard, p, "RecordAgeExceeded", nil)
	p.records = rest
	return err
}

func (m *mapping) giveUp(ctx context.Context, shard string, p *piece, condition string, failure error) error {
	_, crashed := errors.AsType[*runtimetest.FunctionError](failure)
	return m.discard(ctx, &discarded{
		source: m.source, shard: shard, records: p.records, condition: condition, invokes: p.invokes, crashed: crashed, at: time.Now(),
	})
}

// payloadOf returns the event that hands over records.
func payloadOf(records []record) []byte {
	payload := []byte(`{"Records":[`)
	for i := range records {
		if i > 0 {
			payload = append(payload, ',')
		}
		payload = append(payload, records[i].body...)
	}
	return append(payload, `]}`...)
}

// wait waits, or returns the context's error.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
