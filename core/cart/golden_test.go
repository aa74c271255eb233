package cart_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write golden files that are not there yet; those that are never change")

// golden returns the content of a file under testdata. Stored forms outlive code,
// so -update adds files and changes none.
func golden(t *testing.T, name string, fresh []byte) []byte {
	t.Helper()
	path := filepath.Join("testdata", name)
	content, err := os.ReadFile(path)
	if os.IsNotExist(err) && *update {
		content = fresh
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		err = os.WriteFile(path, content, 0o644)
	}
	require.NoError(t, err, "to add a form that is new: go test ./core/cart -update")
	return content
}
