package simulation_test

import (
	"context"
	"errors"
	"iter"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/stretchr/testify/assert"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/ports"
)

// mutant is our own code with one fault in it, at a seam. The zero mutant has none.
// Faults where no seam is stand in sourceMutants.
type mutant struct {
	latest    bool                                       // mappings begin at the newest record
	request   func(operation string, in map[string]any)  // changes what DynamoDB is asked
	answer    func(operation string, out map[string]any) // changes what it answers, and may make a success of it
	store     func(ports.EventStore) ports.EventStore
	views     func(ports.ViewStore) ports.ViewStore
	publisher func(a *account, p ports.Publisher) ports.Publisher
	consumer  func(app.Consumer) app.Consumer
	notifier  func(*account) (ports.Notifier, ports.ViewStore)
	unpark    func(a *account, target ports.Target) func(context.Context) error
}

// mutants are the faults at seams, and within how many seeds each must be caught.
func mutants() map[string]struct {
	mutant
	within uint64
} {
	type caught = struct {
		mutant
		within uint64
	}
	return map[string]caught{
		"a mapping begins at the newest record":               {mutant{latest: true}, 10},
		"a commit is stored whatever stands in its place":     {mutant{request: anyCommit}, 10},
		"a checkpoint is written whatever stands there":       {mutant{request: anyCheckpoint}, 150},
		"rows are written without their checkpoint's success": {mutant{views: func(v ports.ViewStore) ports.ViewStore { return halving{v} }}, 10},
		"a cancelled transaction counts as carried out":       {mutant{answer: neverCancelled}, 20},
		"the rest of what a query found is forgotten":         {mutant{answer: firstPage}, 10},
		"what a batch leaves for later is forgotten":          {mutant{answer: forgetRest}, 10},
		"single items are read from a copy":                   {mutant{request: fromCopy}, 50},
		"a gap is not repaired":                               {mutant{store: func(s ports.EventStore) ports.EventStore { return forgetful{s} }}, 10},
		"the publisher sends all of a stream at once": {mutant{publisher: func(a *account, _ ports.Publisher) ports.Publisher {
			return &hasty{a}
		}}, 20},
		"the publisher reports what is left as sent": {mutant{publisher: func(_ *account, p ports.Publisher) ports.Publisher {
			return boastful{p}
		}}, 50},
		"the publisher reports the last of what is left only": {mutant{publisher: func(_ *account, p ports.Publisher) ports.Publisher {
			return sloppy{p}
		}}, 250},
		"a consumer acknowledges what failed":                    {mutant{consumer: func(c app.Consumer) app.Consumer { return careless{c} }}, 10},
		"a consumer reports the last failure only":               {mutant{consumer: func(c app.Consumer) app.Consumer { return lastOnly{c} }}, 20},
		"the checkpoint is written before the effect":            {mutant{notifier: checkpointFirst}, 20},
		"an unparked stream forgets the events held back for it": {mutant{unpark: forgetHeld}, 100},
	}
}

func TestMutantsAtSeamsAreCaught(t *testing.T) {
	t.Parallel()
	most := number(t, "EVERCART_TEST_SEEDS", 20) // for each; make prove runs them all
	for name, m := range mutants() {
		if m.within > most {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range m.within {
				if r := run(t, seed, m.mutant, nil); r.fault != nil {
					t.Logf("caught by seed %d, within %d: %.200s", seed, m.within, r.fault)
					return
				}
			}
			assert.Fail(t, "nothing is wrong with any of the seeds")
		})
	}
}

// halving writes checkpoints first, and rows in a call of their own.
type halving struct{ ports.ViewStore }

func (h halving) Apply(ctx context.Context, to ports.Target, changes []ports.ViewChange) []error {
	bare := make([]ports.ViewChange, len(changes))
	for i := range changes {
		bare[i].Checkpoint = changes[i].Checkpoint
	}
	errs := h.ViewStore.Apply(ctx, to, bare)
	for i := range changes {
		if errs[i] == nil && len(changes[i].Put)+len(changes[i].Delete) > 0 {
			next := changes[i]
			next.Checkpoint.Revision++
			errs[i] = h.ViewStore.Apply(ctx, to, []ports.ViewChange{next})[0]
		}
	}
	return errs
}

// forgetful finds no event again.
type forgetful struct{ ports.EventStore }

func (forgetful) Read(context.Context, ports.StreamID, ports.Version, ports.Version) iter.Seq2[ports.Published, error] {
	return func(func(ports.Published, error) bool) {}
}

// hasty sends all records in one call, and again what failed.
type hasty struct{ a *account }

func (h *hasty) Publish(ctx context.Context, records []ports.Outgoing) error {
	name, left := prefix+"-all-events", make([]int, len(records))
	for i := range left {
		left[i] = i
	}
	var err error
	for tries := 0; tries < 10 && len(left) > 0 && ctx.Err() == nil; tries++ {
		entries := make([]types.PutRecordsRequestEntry, len(left))
		for i, at := range left {
			entries[i] = types.PutRecordsRequestEntry{Data: records[at].Data, PartitionKey: &records[at].Key}
		}
		var answer *kinesis.PutRecordsOutput
		if answer, err = h.a.stream.PutRecords(ctx, &kinesis.PutRecordsInput{StreamName: &name, Records: entries}); err != nil {
			continue
		}
		var again []int
		for i := range answer.Records {
			if answer.Records[i].ErrorCode != nil {
				again = append(again, left[i])
			}
		}
		left = again
	}
	if len(left) > 0 {
		return &ports.UnpublishedError{Indexes: left, Err: errors.Join(errSimulated, err)}
	}
	return nil
}

// boastful says that all is sent.
type boastful struct{ ports.Publisher }

func (b boastful) Publish(ctx context.Context, records []ports.Outgoing) error {
	_ = b.Publisher.Publish(ctx, records)
	return nil
}

// sloppy names the last of what is left only.
type sloppy struct{ ports.Publisher }

func (s sloppy) Publish(ctx context.Context, records []ports.Outgoing) error {
	err := s.Publisher.Publish(ctx, records)
	if left, ok := errors.AsType[*ports.UnpublishedError](err); ok {
		left.Indexes = left.Indexes[len(left.Indexes)-1:]
	}
	return err
}

// careless acknowledges everything.
type careless struct{ app.Consumer }

func (c careless) Handle(ctx context.Context, records []ports.Record) []app.Failure {
	c.Consumer.Handle(ctx, records)
	return nil
}

// lastOnly names the last failure only.
type lastOnly struct{ app.Consumer }

func (c lastOnly) Handle(ctx context.Context, records []ports.Record) []app.Failure {
	failures := c.Consumer.Handle(ctx, records)
	return failures[max(0, len(failures)-1):]
}

// tellLater has the outside world told when the checkpoint is written.
type tellLater struct {
	ports.ViewStore
	receiver ports.Notifier
	waiting  []ports.Notification
}

func checkpointFirst(a *account) (ports.Notifier, ports.ViewStore) {
	t := &tellLater{ViewStore: a.views, receiver: a.receiver}
	return t, t
}

func (t *tellLater) Notify(_ context.Context, n ports.Notification) error {
	t.waiting = append(t.waiting, n)
	return nil
}

func (t *tellLater) Apply(ctx context.Context, to ports.Target, changes []ports.ViewChange) []error {
	errs := t.ViewStore.Apply(ctx, to, changes)
	if errs[0] == nil {
		for _, n := range t.waiting {
			_ = t.receiver.Notify(ctx, n)
		}
	}
	t.waiting = nil
	return errs
}

// forgetHeld takes the mark off parked streams, and does not look into the store.
func forgetHeld(a *account, target ports.Target) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		parked, err := a.views.Parked(ctx, target, "", 100)
		for _, cp := range parked {
			cp.Parked = nil
			err = errors.Join(err, a.views.Apply(ctx, target, []ports.ViewChange{{Checkpoint: cp}})[0])
		}
		return err
	}
}
