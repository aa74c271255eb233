package dynamostore_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/dynamostore"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

// queried is the part of a Query's body that decides what it costs.
type queried struct {
	Limit            *int
	ConsistentRead   bool
	ScanIndexForward *bool
}

// watched returns a store over a stream of 20 commits, of which the one of each
// version named carries a snapshot of the schema, and the Queries that it was asked.
func watched(t *testing.T, every int, snapshots map[int]int) (*dynamostore.EventStore, func() []queried) {
	t.Helper()
	items := make([]json.RawMessage, 0, 20)
	head := ports.NewHead(porttest.Stream(1), 0, ports.Hash{}, porttest.Commit(asOfVersion2(), "c", 1).Events[0].Time)
	for n := 1; n <= 20; n++ {
		commit := porttest.Commit(head, "c", 1)
		if schema := snapshots[n]; schema != 0 {
			commit = porttest.WithSnapshot(commit, schema)
		}
		puts := written(t, func(a answers) (err error) {
			head, err = eventsBy(a).Append(t.Context(), head, commit)
			return err
		})
		items = append([]json.RawMessage{pretty(t, puts[0].Item)}, items...) // the newest first
	}
	var asked []queried
	answer := func(_, body string) (int, string) {
		var q queried
		var from struct{ ExclusiveStartKey map[string]map[string]string }
		assert.NoError(t, json.Unmarshal([]byte(body), &q))
		assert.NoError(t, json.Unmarshal([]byte(body), &from))
		asked = append(asked, q)
		start, limit := 0, len(items)
		if key := from.ExclusiveStartKey["Version"]["N"]; key != "" {
			assert.NoError(t, json.Unmarshal([]byte(key), &start))
			start = 21 - start
		}
		page := map[string]any{}
		if q.Limit != nil && start+*q.Limit < limit {
			limit = start + *q.Limit
		}
		if limit < len(items) || q.Limit != nil { // DynamoDB tells a key at the very end of a page, too
			var last map[string]map[string]any
			assert.NoError(t, json.Unmarshal(items[limit-1], &last))
			page["LastEvaluatedKey"] = map[string]any{"AggregateUuid": last["AggregateUuid"], "Version": last["Version"]}
		}
		page["Items"] = items[start:limit]
		text, err := json.Marshal(page)
		assert.NoError(t, err)
		return 200, string(text)
	}
	store := dynamostore.NewEventStore(answeredBy(answer), dynamostore.EventStoreOptions{Prefix: "shop", SnapshotEvery: every})
	return store, func() []queried { return asked }
}

func TestWhatALoadAsks(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		every, schema int
		snapshots     map[int]int
		limits        []int // of each Query; 0: none
		after         int   // the version of the snapshot
	}{
		"one page, as long as snapshots are apart":                {0, 1, map[int]int{15: 1}, []int{8}, 15},
		"one page of another distance":                            {3, 1, map[int]int{10: 1, 18: 1}, []int{3}, 18},
		"the newest of two usable snapshots":                      {0, 1, map[int]int{16: 1, 19: 1}, []int{8}, 19},
		"a snapshot of another schema is passed over":             {0, 1, map[int]int{14: 1, 19: 2}, []int{8}, 14},
		"on, without a limit, where the first page has none":      {0, 1, map[int]int{5: 1}, []int{8, 0}, 5},
		"on to the start of the stream, where there is none":      {0, 1, nil, []int{8, 0}, 0},
		"no more than the first page, where that has the start":   {20, 1, nil, []int{20}, 0},
		"for everything, where no snapshot is wanted of a reader": {0, 0, map[int]int{19: 1}, []int{8, 0}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store, asked := watched(t, c.every, c.snapshots)
			loaded, err := store.Load(t.Context(), porttest.Stream(1), c.schema)
			require.NoError(t, err)
			var limits []int
			for _, q := range asked() {
				assert.True(t, q.ConsistentRead)
				require.NotNil(t, q.ScanIndexForward)
				assert.False(t, *q.ScanIndexForward)
				if q.Limit == nil {
					limits = append(limits, 0)
				} else {
					limits = append(limits, *q.Limit)
				}
			}
			assert.Equal(t, c.limits, limits)
			assert.Equal(t, ports.Version(20), loaded.Head.Version())
			if c.after == 0 {
				assert.Nil(t, loaded.Snapshot)
			} else {
				require.NotNil(t, loaded.Snapshot)
				assert.Equal(t, ports.Version(c.after), loaded.Snapshot.Version)
			}
			require.Len(t, loaded.Commits, 20-c.after)
			for i := range loaded.Commits {
				assert.Equal(t, ports.Version(c.after+i+1), loaded.Commits[i].First)
			}
		})
	}
}
