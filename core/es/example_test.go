package es_test

import (
	"context"
	"fmt"
	"time"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/core/es/estest"
	"github.com/evercart/evercart/ports"
)

// A command is decided on the state of a rehydrated stream. Record makes the commit
// that the store appends, and foresees the state after it.
func Example() {
	tally := estest.Tally{}
	stream := ports.StreamID{Category: tally.Category(), ID: "apples"}
	store := memory.NewEventStore()
	loaded, err := store.Load(context.Background(), stream, tally.SnapshotSchema())
	if err != nil {
		fmt.Println(err)
		return
	}
	st, err := es.Rehydrate(tally, &loaded)
	if err != nil {
		fmt.Println(err)
		return
	}
	events, err := tally.Decide(st.State, estest.Count{N: 3, Times: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	commit, after := es.Record(tally, &st, events, &es.Intent{
		Metadata: ports.Metadata{CommandID: "monday"},
		Now:      time.Date(2026, time.January, 5, 12, 0, 0, 0, time.UTC),
		NewID:    func() string { return "e" },
	})
	for _, e := range commit.Events {
		fmt.Println(e.Stream, e.Version, e.Type, e.Data)
	}
	if _, err := store.Append(context.Background(), st.Head, commit); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("sum", st.State.Sum, "became", after.State.Sum)
	// Output:
	// tally/apples 1 Counted {"n":3}
	// tally/apples 2 Counted {"n":3}
	// sum 0 became 6
}

// A refusal with words of its own matches the one that was declared.
func ExampleRefusal_With() {
	errFull := &es.Refusal{Code: "lift_full", Message: "the lift is full"}
	err := errFull.With("the lift takes 8, and 8 are in it")
	fmt.Println(err, err.Is(errFull))
	// Output:
	// the lift takes 8, and 8 are in it true
}

// The same command has the same fingerprint, another one has not.
func ExampleFingerprint() {
	tally := estest.Tally{}
	first := es.Fingerprint(tally, estest.TallyCommand(estest.Count{N: 1}))
	retry := es.Fingerprint(tally, estest.TallyCommand(estest.Count{N: 1}))
	other := es.Fingerprint(tally, estest.TallyCommand(estest.Count{N: 2}))
	fmt.Println(first == retry, first == other)
	// Output:
	// true false
}

// IDs ascend, within one millisecond, too.
func ExampleIDs() {
	noon := time.Date(2026, time.January, 5, 12, 0, 0, 0, time.UTC)
	ids := es.NewIDs(func() time.Time { return noon }, [32]byte{1})
	first, second := ids.New(), ids.New()
	fmt.Println(first[:15], first < second)
	// Output:
	// 019b8e07-4600-7 true
}
