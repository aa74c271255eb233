package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/sqlite"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

// openViews opens the views in the file at path until the test ends.
func openViews(t testing.TB, path string) *sqlite.Views {
	t.Helper()
	v, err := sqlite.OpenViews(t.Context(), path)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, v.Close()) })
	return v
}

// newViews opens views in a file of their own.
func newViews(t testing.TB) *sqlite.Views {
	t.Helper()
	return openViews(t, filepath.Join(t.TempDir(), "views.db"))
}

func TestViewsConformance(t *testing.T) {
	t.Parallel()
	t.Run("view store", func(t *testing.T) {
		t.Parallel()
		porttest.Run(t, func(t *testing.T) ports.ViewStore { return newViews(t) }, porttest.ViewStore())
	})
	t.Run("view catalog", func(t *testing.T) {
		t.Parallel()
		porttest.Run(t, func(t *testing.T) ports.ViewCatalog { return newViews(t) }, porttest.ViewCatalog())
	})
	t.Run("quarantine", func(t *testing.T) {
		t.Parallel()
		porttest.Run(t, func(t *testing.T) ports.Quarantine { return newViews(t) }, porttest.Quarantine())
	})
	t.Run("replay jobs", func(t *testing.T) {
		t.Parallel()
		porttest.Run(t, func(t *testing.T) ports.ReplayJobs { return newViews(t) }, porttest.ReplayJobs())
	})
	t.Run("effects", func(t *testing.T) {
		t.Parallel()
		porttest.Run(t, func(t *testing.T) ports.Effects { return newViews(t) }, porttest.Effects())
	})
}
