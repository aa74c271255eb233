package bootstrap

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/core/es/estest"
	"github.com/evercart/evercart/ports"
)

func TestAProofCoversEveryCategory(t *testing.T) {
	t.Parallel()
	store, archive := memory.NewEventStore(), memory.NewArchive()
	options := app.CommandOptions{Now: time.Now, NewID: es.NewIDs(time.Now, [32]byte{3}).New}
	_, err := app.NewCommands(cart.Aggregate{}, ports.EventStore(store), options).
		Handle(t.Context(), &app.Request[cart.Command]{ID: "a", Command: cart.OpenCart{}, CommandID: "1"})
	require.NoError(t, err)
	_, err = app.NewCommands(estest.Tally{}, ports.EventStore(store), options).
		Handle(t.Context(), &app.Request[estest.TallyCommand]{ID: "a", Command: estest.Count{N: 1, Times: 2}, CommandID: "1"})
	require.NoError(t, err)
	batch := ports.ArchiveBatch{Shard: "0", First: "1", Last: "1", Arrival: time.Now().UTC()}
	_, err = archive.WriteObject(t.Context(), batch, [][]byte{[]byte(`{"not an event"`)})
	require.NoError(t, err)

	p := app.VerifyPorts{Scanner: store, Archive: archive, Scratch: memory.NewScratch(), Now: func() time.Time { return time.Now().Add(time.Hour) }}
	both := &Verifier{each: []verifier{app.NewVerifier(cart.Aggregate{}, p), app.NewVerifier(estest.Tally{}, p)}}
	report, err := both.Verify(t.Context())
	require.NoError(t, err)
	assert.Equal(t, [3]int64{2, 2, 3}, [3]int64{report.Streams, report.Commits, report.Events})
	assert.EqualValues(t, 1, report.Objects, "one archive, read for each")
	kinds := map[app.FaultKind]int{}
	for _, fault := range report.Faults {
		kinds[fault.Kind]++
	}
	assert.Equal(t, map[app.FaultKind]int{app.FaultUnreadable: 1, app.FaultMissing: 2}, kinds, "the line that cannot be read is told once")
	assert.EqualValues(t, 3, report.Count)
	assert.EqualValues(t, 2, report.Missing)
}

func TestAProofThatCannotBeCarriedOut(t *testing.T) {
	t.Parallel()
	broken := errors.New("the disk is gone")
	both := &Verifier{each: []verifier{fails{nil}, fails{broken}, fails{errors.New("asked after the end")}}}
	_, err := both.Verify(t.Context())
	assert.ErrorIs(t, err, broken)
}

type fails struct{ err error }

func (f fails) Verify(context.Context) (app.VerifyReport, error) { return app.VerifyReport{}, f.err }

func TestAProofCountsWhatEachCategoryCounts(t *testing.T) {
	t.Parallel()
	var one app.VerifyReport
	counts := reflect.ValueOf(&one).Elem()
	for i := range counts.NumField() {
		if counts.Field(i).CanInt() {
			counts.Field(i).SetInt(int64(i) + 1)
		}
	}
	both := &Verifier{each: []verifier{finds{one}, finds{one}}}
	report, err := both.Verify(t.Context())
	require.NoError(t, err)
	sums := reflect.ValueOf(report)
	for i := range sums.NumField() {
		name := sums.Type().Field(i).Name
		if sums.Field(i).CanInt() && name != "Objects" { // of one archive, which each reads
			assert.EqualValues(t, 2*(i+1), sums.Field(i).Int(), name)
		}
	}
}

type finds struct{ report app.VerifyReport }

func (f finds) Verify(context.Context) (app.VerifyReport, error) { return f.report, nil }
