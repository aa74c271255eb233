package bootstrap

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/core/cart"
)

// TestTheArchivesPage runs the SQL that docs/read-the-archive.md shows, as it stands
// there, where a reader would run it.
func TestTheArchivesPage(t *testing.T) {
	t.Parallel()
	python := os.Getenv("EVERCART_TEST_DUCKDB")
	if python == "" {
		t.Skip("no DuckDB: EVERCART_TEST_DUCKDB names no Python that has it")
	}
	page, err := os.ReadFile("../docs/read-the-archive.md")
	require.NoError(t, err)
	shown := regexp.MustCompile("(?s)\n```sql\n(.*?)\n```\n").FindSubmatch(page)
	require.NotNil(t, shown, "the page shows no SQL")

	a := newArchived(t)
	a.at(1)
	a.send("0190a000-0000-7000-8000-000000000001", cart.OpenCart{}, cart.AddItem{Item: "tea", Quantity: 1}, cart.AddItem{Item: "jam", Quantity: 1})
	a.write()
	here := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(here, "data"), 0o700))
	require.NoError(t, os.Symlink(a.folder, filepath.Join(here, "data", "archive")))
	cmd := exec.CommandContext(t.Context(), python, "-c", "import duckdb, sys\nfor row in duckdb.execute(sys.stdin.read()).fetchall(): print(*row)")
	cmd.Dir, cmd.Stdin = here, strings.NewReader(string(shown[1]))
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	assert.Equal(t, "2026-10-01 evercart.cart.CartOpened.v2 1\n2026-10-01 evercart.cart.ItemAdded.v2 2\n", string(out))
}
