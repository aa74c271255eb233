package estest

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

// Tally is a tiny aggregate for tests and examples: a sum that can only grow, up
// to 1000. It shows all that an aggregate must bring. The zero value is ready.
type Tally struct{}

var _ es.Aggregate[TallyState, TallyCommand, TallyEvent] = Tally{}

// TallyState is the sum, and how many events led to it.
type TallyState struct {
	Sum    int
	Events int
	At     time.Time // of the last event
}

// TallyCommand is Count or Check.
type TallyCommand interface{ isTallyCommand() }

// Count adds N to the sum, by one Counted event for each time; N of 0 records
// nothing.
type Count struct {
	N     int
	Times int // how many events; 0 means 1
}

// Check refuses if the sum is not N, and records nothing.
type Check struct{ N int }

func (Count) isTallyCommand() {}
func (Check) isTallyCommand() {}

// TallyEvent is Counted.
type TallyEvent interface{ isTallyEvent() }

// Counted says that N was added.
type Counted struct{ N int }

func (Counted) isTallyEvent() {}

// The refusals of a Tally.
var (
	ErrTallyFull  = &es.Refusal{Code: "tally_full", Message: "the tally is full"}
	ErrTallyOther = &es.Refusal{Code: "tally_other", Message: "the sum is another one"}
	ErrNoTally    = &es.Refusal{Code: "tally_not_found", Message: "there is no such tally"}
)

// Category returns "tally".
func (Tally) Category() string { return "tally" }

// Initial returns an empty sum.
func (Tally) Initial() TallyState { return TallyState{} }

// Decide counts, or checks.
func (Tally) Decide(s TallyState, c TallyCommand) ([]TallyEvent, error) {
	switch c := c.(type) {
	case Count:
		times := max(c.Times, 1)
		if c.N < 0 || s.Sum+c.N*times > 10_000 {
			return nil, ErrTallyFull
		}
		if c.N == 0 {
			return nil, nil
		}
		events := make([]TallyEvent, times)
		for i := range events {
			events[i] = Counted{N: c.N}
		}
		return events, nil
	case Check:
		if s.Sum != c.N {
			return nil, ErrTallyOther.With(fmt.Sprintf("the sum is %d, not %d", s.Sum, c.N))
		}
	}
	return nil, nil
}

// Evolve adds.
func (Tally) Evolve(s TallyState, e TallyEvent, at time.Time) TallyState {
	if e, ok := e.(Counted); ok {
		s.Sum += e.N
		s.Events++
		s.At = at
	}
	return s
}

// Clone returns s, which has no memory to share.
func (Tally) Clone(s TallyState) TallyState { return s }

// Encode writes {"n":N} under the name Counted.
func (Tally) Encode(e TallyEvent) (eventType string, schema int, data string) {
	n := 0
	if e, ok := e.(Counted); ok {
		n = e.N
	}
	return "Counted", 1, `{"n":` + strconv.Itoa(n) + `}`
}

// Decode reads what Encode wrote.
func (Tally) Decode(e *ports.Event) (TallyEvent, error) {
	if e.Type != "Counted" || e.Schema != 1 {
		return nil, &ports.FormatError{What: "event " + e.ID, Got: fmt.Sprintf("type %s, schema %d", e.Type, e.Schema), Want: "type Counted, schema 1"}
	}
	var data struct {
		N int `json:"n"`
	}
	if err := json.Unmarshal([]byte(e.Data), &data); err != nil {
		return nil, &ports.CorruptError{What: "event " + e.ID, Err: err}
	}
	return Counted{N: data.N}, nil
}

// Apply decodes, then evolves.
func (t Tally) Apply(s TallyState, e *ports.Event) (TallyState, error) {
	event, err := t.Decode(e)
	if err != nil {
		return s, err
	}
	return t.Evolve(s, event, e.Time), nil
}

// SnapshotSchema returns 1.
func (Tally) SnapshotSchema() int { return 1 }

// AppendSnapshot writes the state as JSON.
func (Tally) AppendSnapshot(dst []byte, s TallyState) []byte {
	return fmt.Appendf(dst, `{"Sum":%d,"Events":%d,"At":%q}`, s.Sum, s.Events, s.At.UTC().Format(time.RFC3339Nano))
}

// ReadSnapshot reads what AppendSnapshot wrote.
func (Tally) ReadSnapshot(data string) (TallyState, error) {
	var s TallyState
	err := json.Unmarshal([]byte(data), &s)
	return s, err
}

// CommandName returns Count or Check.
func (Tally) CommandName(c TallyCommand) string {
	if _, ok := c.(Count); ok {
		return "Count"
	}
	return "Check"
}

// AppendCanonical writes the command's name and numbers.
func (t Tally) AppendCanonical(dst []byte, c TallyCommand) []byte {
	dst = es.AppendCanonicalField(dst, t.CommandName(c))
	switch c := c.(type) {
	case Count:
		dst = es.AppendCanonicalNumber(dst, int64(c.N))
		dst = es.AppendCanonicalNumber(dst, int64(c.Times))
	case Check:
		dst = es.AppendCanonicalNumber(dst, int64(c.N))
	}
	return dst
}

// Admits lets everybody in but the subject "stranger".
func (Tally) Admits(_ TallyState, caller es.Caller) bool { return caller.Subject != "stranger" }

// NotFound returns ErrNoTally.
func (Tally) NotFound() *es.Refusal { return ErrNoTally }

// TallyView is the view "sums": a row a tally in the partition "all", by ID; and
// Wide more rows in the partition of the tally, to have effects of any size.
type TallyView struct{ Wide int }

var _ es.View[TallyState] = TallyView{}

// Name returns "sums".
func (TallyView) Name() string { return "sums" }

// Rows returns the tally's rows. Each value is the sum in decimal.
func (v TallyView) Rows(stream ports.StreamID, _ ports.Version, s TallyState) []ports.Row {
	value := []byte(strconv.Itoa(s.Sum))
	rows := []ports.Row{{RowKey: ports.RowKey{Partition: "all", Sort: stream.ID}, Value: value}}
	for i := range v.Wide {
		rows = append(rows, ports.Row{
			RowKey: ports.RowKey{Partition: "wide/" + stream.ID, Sort: fmt.Sprintf("%d/%05d", s.Sum%2, i)}, Value: value,
		})
	}
	return rows
}
