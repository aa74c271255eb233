package kinesisfeed_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/evercart/evercart/adapters/kinesisfeed"
	"github.com/evercart/evercart/ports"
)

// inOrder returns an error unless log keeps what ports.Publisher promises of batch
// and the outcome err: each record comes after all earlier ones of its key, and
// what err does not name is there.
func inOrder(log []entry, batch []ports.Outgoing, err error) error {
	places := map[string][]int{} // of each key: its records
	at := map[string]int{}       // by data: the record's place in batch
	for i, o := range batch {
		places[o.Key] = append(places[o.Key], i)
		at[string(o.Data)] = i
	}
	next := map[string]int{} // of each key: how many are on the stream
	for _, e := range log {
		i, ok := at[string(e.Data)]
		if !ok || batch[i].Key != e.PartitionKey {
			return fmt.Errorf("%s of %s was never published", e.Data, e.PartitionKey)
		}
		switch place := slices.Index(places[e.PartitionKey], i); {
		case place > next[e.PartitionKey]:
			return fmt.Errorf("%s came before an earlier one of its key", e.Data)
		case place == next[e.PartitionKey]:
			next[e.PartitionKey]++
		}
	}
	var named []int
	var u *ports.UnpublishedError
	if errors.As(err, &u) {
		named = u.Indexes
	}
	if err != nil && len(named) == 0 || !slices.IsSorted(named) {
		return fmt.Errorf("%w names %v", err, named)
	}
	for key, indexes := range places {
		for n, i := range indexes {
			if n >= next[key] && !slices.Contains(named, i) {
				return fmt.Errorf("%s is neither on the stream nor named", batch[i].Data)
			}
		}
	}
	return nil
}

func drawTrouble(t *rapid.T, most int) trouble {
	switch rapid.IntRange(0, 9).Draw(t, "trouble") {
	case 0:
		return trouble{code: throttled, status: http.StatusBadRequest}
	case 1:
		return trouble{code: "InternalFailureException", status: http.StatusInternalServerError}
	case 2:
		return trouble{code: "none", lost: true}
	case 3:
		return trouble{lost: true}
	case 4:
		return trouble{garbled: true}
	case 5:
		return trouble{code: "AccessDeniedException", status: http.StatusBadRequest}
	case 6:
		return trouble{}
	}
	failed := rapid.MapOfN(rapid.IntRange(0, most), rapid.SampledFrom([]string{throttled, internal}), 1, most).Draw(t, "failed records")
	return trouble{records: failed, lost: rapid.IntRange(0, 3).Draw(t, "lost") == 0}
}

func TestPublishKeepsOrderWhateverFails(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		keys := rapid.IntRange(1, 6).Draw(r, "keys")
		count := map[string]int{}
		var batch []ports.Outgoing
		for range rapid.IntRange(0, 40).Draw(r, "records") {
			key := fmt.Sprintf("cart/%d", rapid.IntRange(1, keys).Draw(r, "key"))
			o := event(key, count[key])
			if rapid.IntRange(0, 60).Draw(r, "size") == 0 {
				o.Data = slices.Concat(o.Data, make([]byte, kinesisfeed.MaxRecordBytes))
			}
			batch = append(batch, o)
			count[key]++
		}
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		ends := rapid.IntRange(0, 60).Draw(r, "call at which time is over")
		f := &fakeStream{troubles: func(call int) trouble {
			now := drawTrouble(r, keys)
			if call == ends {
				now.before = cancel
			}
			return now
		}}
		err := f.publisher(t).Publish(ctx, batch)
		if fault := inOrder(f.log, batch, err); fault != nil {
			r.Fatal(fault)
		}
		for _, call := range f.calls {
			seen := map[string]bool{}
			for _, e := range call {
				if seen[e.PartitionKey] {
					r.Fatalf("a call has two records of %s", e.PartitionKey)
				}
				seen[e.PartitionKey] = true
			}
		}
	})
}
