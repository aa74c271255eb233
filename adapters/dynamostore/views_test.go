package dynamostore_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/dynamostore"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

func newViews(t *testing.T, options ...func(*dynamodb.Options)) *dynamostore.Views {
	t.Helper()
	client, prefix := newClient(t, options...), newPrefix()
	require.NoError(t, dynamostore.CreateViewsTable(t.Context(), client, prefix))
	return dynamostore.NewViews(client, prefix)
}

func TestViewsConform(t *testing.T) {
	t.Parallel()
	t.Run("ViewStore", func(t *testing.T) {
		t.Parallel()
		porttest.Run(t, func(t *testing.T) ports.ViewStore { t.Helper(); return newViews(t) }, porttest.ViewStore())
	})
	t.Run("ViewCatalog", func(t *testing.T) {
		t.Parallel()
		porttest.Run(t, func(t *testing.T) ports.ViewCatalog { t.Helper(); return newViews(t) }, porttest.ViewCatalog())
	})
	t.Run("Positions", func(t *testing.T) {
		t.Parallel()
		porttest.Run(t, func(t *testing.T) ports.Positions { t.Helper(); return newViews(t) }, porttest.Positions())
	})
	t.Run("Quarantine", func(t *testing.T) {
		t.Parallel()
		porttest.Run(t, func(t *testing.T) ports.Quarantine { t.Helper(); return newViews(t) }, porttest.Quarantine())
	})
	t.Run("ReplayJobs", func(t *testing.T) {
		t.Parallel()
		porttest.Run(t, func(t *testing.T) ports.ReplayJobs { t.Helper(); return newViews(t) }, porttest.ReplayJobs())
	})
	t.Run("Effects", func(t *testing.T) {
		t.Parallel()
		porttest.Run(t, func(t *testing.T) ports.Effects { t.Helper(); return newViews(t) }, porttest.Effects())
	})
}

func TestEqualWritesOfTwoWriters(t *testing.T) {
	t.Parallel()
	for name, rows := range map[string][]ports.Row{
		"without rows": nil, "with rows": {{RowKey: ports.RowKey{Partition: "p"}, Value: []byte("v")}},
	} {
		t.Run(name+" are told apart: one of them moved the checkpoint", func(t *testing.T) {
			t.Parallel()
			views := newViews(t)
			change := ports.ViewChange{Checkpoint: ports.Checkpoint{Stream: porttest.Stream(1), Failures: 1}, Put: rows}
			require.NoError(t, views.Apply(t.Context(), goldenTarget, []ports.ViewChange{change})[0])
			assert.ErrorIs(t, views.Apply(t.Context(), goldenTarget, []ports.ViewChange{change})[0], ports.ErrCheckpointMoved)
		})
	}
}
