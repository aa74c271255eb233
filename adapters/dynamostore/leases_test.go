package dynamostore_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/dynamostore"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

// leaseTable is a table of views, in which several processes may take leases.
type leaseTable struct {
	client *dynamodb.Client
	prefix string
}

func newLeaseTable(t *testing.T) leaseTable {
	t.Helper()
	table := leaseTable{newClient(t), newPrefix()}
	require.NoError(t, dynamostore.CreateViewsTable(t.Context(), table.client, table.prefix))
	return table
}

// process returns the leases as a process sees them whose clock is so far ahead.
func (l leaseTable) process(ahead time.Duration) *dynamostore.Leases {
	return dynamostore.NewLeases(l.client, l.prefix, func() time.Time { return time.Now().Add(ahead) })
}

// expires returns the stored end of a lease.
func (l leaseTable) expires(t *testing.T, name string) string {
	t.Helper()
	table := dynamostore.ViewsTable(l.prefix)
	out, err := l.client.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &table, Key: dynamostore.Item{
		"P": &types.AttributeValueMemberS{Value: "l"}, "S": &types.AttributeValueMemberS{Value: name},
	}})
	require.NoError(t, err)
	end, ok := out.Item["Expires"].(*types.AttributeValueMemberS)
	require.True(t, ok, out.Item)
	return end.Value
}

func TestLeasesConform(t *testing.T) {
	t.Parallel()
	porttest.Run(t, func(t *testing.T) ports.Leases { t.Helper(); return newLeaseTable(t).process(0) }, porttest.Leases())
}

func TestLeases(t *testing.T) {
	t.Parallel()
	t.Run("a holder that no longer renews its lease loses it when its span is over", func(t *testing.T) {
		t.Parallel()
		table := newLeaseTable(t)
		dead, err := table.process(-time.Minute).Lasting(time.Hour).TryLease(t.Context(), "pipeline") // and renews it in 20 minutes
		require.NoError(t, err)
		_, err = table.process(58*time.Minute).TryLease(t.Context(), "pipeline")
		require.ErrorIs(t, err, ports.ErrLeaseTaken)

		heir, err := table.process(time.Hour).TryLease(t.Context(), "pipeline")
		require.NoError(t, err)
		require.NoError(t, dead.Release(), "that leaves the heir's alone")
		_, err = table.process(0).TryLease(t.Context(), "pipeline")
		require.ErrorIs(t, err, ports.ErrLeaseTaken)
		assert.NoError(t, heir.Release())
	})
	t.Run("a holder renews its lease while it lives", func(t *testing.T) {
		t.Parallel()
		table := newLeaseTable(t)
		held, err := table.process(0).Lasting(time.Second).TryLease(t.Context(), "pipeline")
		require.NoError(t, err)
		first := table.expires(t, "pipeline")
		assert.Eventually(t, func() bool { return table.expires(t, "pipeline") > first }, time.Minute, 50*time.Millisecond)
		assert.NoError(t, held.Release())
	})
	t.Run("a holder that finds another in its place renews nothing", func(t *testing.T) {
		t.Parallel()
		table := newLeaseTable(t)
		old, err := table.process(0).Lasting(300*time.Millisecond).TryLease(t.Context(), "pipeline")
		require.NoError(t, err)
		heir, err := table.process(time.Hour).Lasting(24*time.Hour).TryLease(t.Context(), "pipeline")
		require.NoError(t, err)
		end := table.expires(t, "pipeline")
		assert.Eventually(t, old.(interface{ Ended() bool }).Ended, time.Minute, 10*time.Millisecond)
		assert.Equal(t, end, table.expires(t, "pipeline"))
		assert.NoError(t, heir.Release())
		assert.NoError(t, old.Release())
	})
	t.Run("a name that is none is refused before any call", func(t *testing.T) {
		t.Parallel()
		leases := dynamostore.NewLeases(answeredBy(func(string, string) (int, string) { t.Error("called"); return 500, "" }), "p", time.Now)
		for _, name := range []string{"", "A", "1a", "a/b", "a.b", strings.Repeat("a", 33)} {
			_, err := leases.TryLease(t.Context(), name)
			require.Error(t, err, "name %q", name)
			assert.NotErrorIs(t, err, ports.ErrLeaseTaken)
		}
	})
}

func TestALeaseWhoseAnswerWasLost(t *testing.T) {
	t.Parallel()
	var taken atomic.Value // the item of the try whose answer was lost
	calls := answers(func(operation, body string) (int, string) {
		if operation == "PutItem" {
			_, item, _ := strings.Cut(body, `"Item":`)
			item, _, _ = strings.Cut(item, `},"ReturnValues`)
			taken.Store(item)
			return 400, `{"__type": "ConditionalCheckFailedException", "Item": ` + item + `}}`
		}
		return 200, "{}"
	})
	lease, err := dynamostore.NewLeases(answeredBy(calls), "p", time.Now).TryLease(t.Context(), "pipeline")
	require.NoError(t, err, "its own item stands in its way: %s", taken.Load())
	assert.NoError(t, lease.Release())
}

func TestALeaseGivenBackDuringASlowRenewal(t *testing.T) {
	t.Parallel()
	for range 20 { // what is done by chance is not always done
		synctest.Test(t, func(t *testing.T) {
			puts := 0
			slow := answers(func(operation, _ string) (int, string) {
				if operation == "PutItem" {
					if puts++; puts > 1 {
						<-time.After(15 * time.Second) // the next renewal is due by then
					}
				}
				return 200, "{}"
			})
			lease, err := dynamostore.NewLeases(answeredBy(slow), "p", time.Now).TryLease(t.Context(), "pipeline")
			require.NoError(t, err)
			<-time.After(12 * time.Second)
			require.NoError(t, lease.Release())
			assert.Equal(t, 2, puts, "it is not renewed any more")
		})
	}
}

func TestALeaseThatCannotBeHad(t *testing.T) {
	t.Parallel()
	down := answers(func(string, string) (int, string) {
		return 500, `{"__type": "InternalServerError", "message": "down"}`
	})
	_, err := dynamostore.NewLeases(answeredBy(down), "p", time.Now).TryLease(t.Context(), "pipeline")
	require.ErrorIs(t, err, ports.ErrUnavailable)
	require.NotErrorIs(t, err, ports.ErrLeaseTaken)
	assert.ErrorContains(t, err, `lease "pipeline"`)
}
