package dynamostore_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/dynamostore"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

// instant is n seconds into a day, with microseconds.
func instant(n int) time.Time { return time.Date(2026, 1, 2, 3, 4, n, 5_000, time.UTC) }

// form is one kind of item of the table of views.
type form struct {
	put  func(t *testing.T, v *dynamostore.Views) error
	read func(t *testing.T, v *dynamostore.Views) (any, error)
	want any // what read returns of the item that put stored
}

var goldenTarget = ports.Target{Consumer: "carts", Generation: 2}

func checkpointForm(c ports.Checkpoint) form {
	stored := c
	stored.Revision++
	return form{
		put: func(t *testing.T, v *dynamostore.Views) error {
			t.Helper()
			return v.Apply(t.Context(), goldenTarget, []ports.ViewChange{{Checkpoint: c}})[0]
		},
		read: func(t *testing.T, v *dynamostore.Views) (any, error) {
			t.Helper()
			return v.Checkpoints(t.Context(), goldenTarget, []ports.StreamID{c.Stream})
		},
		want: []ports.Checkpoint{stored},
	}
}

func goldenForms() map[string]form {
	entry := ports.ViewEntry{Name: "carts", Revision: 6, Live: 2, Generations: []ports.Generation{
		{Number: 2, Created: instant(1), Flipped: instant(2)}, {Number: 3, Created: instant(3)},
	}}
	storedEntry := entry
	storedEntry.Revision++
	bookmark := ports.Bookmark{Position: "49590338271490256608559692538361571095921575989136588898", Arrival: instant(4)}
	quarantined := ports.Quarantined{
		Consumer: "carts", Shard: "shardId-000000000001", Position: "0042", Reason: "not JSON", Payload: []byte("{\xff"), At: instant(5),
	}
	job := ports.ReplayJob{
		ID: "20260102t030405-ab12", Revision: 3, Target: ports.Target{Consumer: "carts", Generation: 3},
		Filter: ports.ReplayFilter{From: instant(6), To: instant(7), Stream: "cart/a", Category: "cart", Types: []string{"CartClosed", "ItemAdded"}},
		Rate:   500, State: ports.ReplayFailed, Reason: "no such bucket", CursorKey: "events/date=2026-01-02/hour=03/x.ndjson.gz", CursorLine: 17,
		Objects: 1, Bytes: 2, ObjectsDone: 3, BytesDone: 4, Read: 5, Duplicates: 6, Filtered: 7, Sent: 8, Unreadable: 9,
		Started: instant(8), Updated: instant(9), Finished: instant(10),
	}
	storedJob := job
	storedJob.Revision++
	return map[string]form{
		"checkpoint": checkpointForm(ports.Checkpoint{
			Stream: porttest.Stream(1), Revision: 4, Version: 7, EventID: "e-7", Part: 2, State: []byte("\x00state"), Failures: 1, FailingSince: instant(11),
		}),
		"checkpoint-parked": checkpointForm(ports.Checkpoint{Stream: porttest.Stream(2), Version: 1, EventID: "e-1", Parked: &ports.Parked{
			Reason: "unknown type", Transient: true, Since: instant(12), RetryAt: instant(13), Version: 2, EventID: "e-2", Held: 3,
		}}),
		"catalog": {
			put:  func(t *testing.T, v *dynamostore.Views) error { t.Helper(); return v.SaveView(t.Context(), entry) },
			read: func(t *testing.T, v *dynamostore.Views) (any, error) { t.Helper(); return v.View(t.Context(), "carts") },
			want: storedEntry,
		},
		"bookmark": {
			put: func(t *testing.T, v *dynamostore.Views) error {
				t.Helper()
				return v.SavePosition(t.Context(), "archive", bookmark)
			},
			read: func(t *testing.T, v *dynamostore.Views) (any, error) {
				t.Helper()
				return v.Position(t.Context(), "archive")
			},
			want: bookmark,
		},
		"quarantined": {
			put: func(t *testing.T, v *dynamostore.Views) error {
				t.Helper()
				return v.PutQuarantined(t.Context(), quarantined)
			},
			read: func(t *testing.T, v *dynamostore.Views) (any, error) {
				t.Helper()
				return v.ListQuarantined(t.Context(), "", 10)
			},
			want: []ports.Quarantined{quarantined},
		},
		"replay": {
			put: func(t *testing.T, v *dynamostore.Views) error {
				t.Helper()
				_, err := v.SaveReplayJob(t.Context(), job)
				return err
			},
			read: func(t *testing.T, v *dynamostore.Views) (any, error) {
				t.Helper()
				return v.ReplayJob(t.Context(), job.ID)
			},
			want: storedJob,
		},
		"effects": {
			put: func(t *testing.T, v *dynamostore.Views) error {
				t.Helper()
				return v.SetEffectsFrom(t.Context(), "notify", instant(14), true)
			},
			read: func(t *testing.T, v *dynamostore.Views) (any, error) {
				t.Helper()
				at, _, err := v.EffectsFrom(t.Context(), "notify")
				return at, err
			},
			want: instant(14),
		},
	}
}

func TestItemsOfTheTableOfViews(t *testing.T) {
	t.Parallel()
	for name, form := range goldenForms() {
		t.Run(name+" is written and read for good", func(t *testing.T) {
			t.Parallel()
			puts := written(t, func(a answers) error { return form.put(t, viewsBy(a)) })
			require.Len(t, puts, 1)
			fresh := pretty(t, puts[0].items(t)[0])
			kept := golden(t, name, fresh)
			assert.Equal(t, string(kept), string(fresh))
			got, err := form.read(t, viewsBy(stored(kept)))
			require.NoError(t, err)
			assert.Equal(t, form.want, got)
		})
	}
	t.Run("a row is written with its checkpoint, in one transaction, and read for good", func(t *testing.T) {
		t.Parallel()
		row := ports.Row{RowKey: ports.RowKey{Partition: "owner#1", Sort: "2026-01-02"}, Value: []byte("\x01value")}
		puts := written(t, func(a answers) error {
			return viewsBy(a).Apply(t.Context(), goldenTarget, []ports.ViewChange{{
				Checkpoint: ports.Checkpoint{Stream: porttest.Stream(1), Revision: 1}, Put: []ports.Row{row},
			}})[0]
		})
		require.Len(t, puts, 1)
		items := puts[0].items(t)
		require.Len(t, items, 2)
		assert.Equal(t, "Revision = :revision", puts[0].TransactItems[0].Put.ConditionExpression)
		assert.Empty(t, puts[0].TransactItems[1].Put.ConditionExpression)
		fresh := pretty(t, items[1])
		kept := golden(t, "row", fresh)
		assert.Equal(t, string(kept), string(fresh))
		got, err := viewsBy(stored(kept)).Rows(t.Context(), goldenTarget, []ports.RowKey{row.RowKey})
		require.NoError(t, err)
		assert.Equal(t, []ports.Row{row}, got)
	})
	t.Run("a time that is none is corrupt, and named", func(t *testing.T) {
		t.Parallel()
		for name, form := range goldenForms() {
			spoiled := strings.NewReplacer(`"S": "2026-01-02`, `"S": "2026-13-02`, `\"2026-01-02`, `\"2026-13-02`).Replace(string(golden(t, name, nil)))
			_, err := form.read(t, viewsBy(stored([]byte(spoiled))))
			var corrupt *ports.CorruptError
			if assert.ErrorAs(t, err, &corrupt, name) {
				assert.NotEmpty(t, corrupt.What)
			}
		}
	})
	t.Run("an attribute of another kind is corrupt, and named", func(t *testing.T) {
		t.Parallel()
		for name, form := range goldenForms() {
			for attribute, item := range spoiled(t, golden(t, name, nil)) {
				if attribute == "P" || attribute == "Q" || attribute == "S" {
					continue // keys, whose kind DynamoDB keeps
				}
				_, err := form.read(t, viewsBy(stored(item)))
				var corrupt *ports.CorruptError
				if assert.ErrorAs(t, err, &corrupt, "%s, %s", name, attribute) {
					assert.ErrorContains(t, err, attribute)
				}
			}
		}
	})
}
