package cli_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/sqlite"
	"github.com/evercart/evercart/ports"
)

func TestViewsOfAnotherFeed(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.open()
	file := filepath.Join(s.data, "feed.db")
	feed, err := sqlite.OpenFeed(t.Context(), file, time.Now)
	require.NoError(t, err)
	require.NoError(t, feed.Publish(t.Context(), []ports.Outgoing{{Key: "cart/a", Data: []byte("{}")}}))
	tip, err := feed.Tip(t.Context())
	require.NoError(t, err)
	require.NoError(t, feed.Close())
	views, err := sqlite.OpenViews(t.Context(), filepath.Join(s.data, "views.db"))
	require.NoError(t, err)
	require.NoError(t, views.SaveView(t.Context(), ports.ViewEntry{
		Name: "carts", Live: 1, Generations: []ports.Generation{{Number: 1, Created: time.Now(), Flipped: time.Now()}},
	}))
	require.NoError(t, views.SavePosition(t.Context(), "carts", ports.Bookmark{Position: tip.Position, Arrival: tip.Arrival}))
	require.NoError(t, views.Close())
	require.NoError(t, os.Remove(file))

	assert.Regexp(t, `carts +1 +yes +- +0 `, s.ok("views", "list"))
}
