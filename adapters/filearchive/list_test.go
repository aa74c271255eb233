package filearchive_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestForeignNames(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a := newArchive(t, dir)
	_, err := a.WriteObject(t.Context(), batch(hour), [][]byte{[]byte("{}")})
	require.NoError(t, err)
	folder := "events/date=2026-05-04/hour=13/"
	for _, file := range []string{
		"events/README", "events/date=2026-05-03", "events/date=2026-05-04/hour=12", "events/date=2026-05-04/notes.txt",
		folder + "0-1-9.ndjson", folder + "0-1-9.ndjson.gz.part", folder + ".0-1-9.ndjson.gz", folder + "0.ndjson.gz", folder + "_SUCCESS",
		"events/date=2026-13-01/hour=00/0-1-9.ndjson.gz", "events/date=yesterday/hour=00/0-1-9.ndjson.gz",
		"events/date=2026-05-04/hour=24/0-1-9.ndjson.gz", "events/date=2026-05-04/hour=1/0-1-9.ndjson.gz",
		"events/2026/0-1-9.ndjson.gz", "other/date=2026-05-04/hour=13/0-1-9.ndjson.gz",
	} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, filepath.Dir(file)), 0o750))
		require.NoError(t, os.WriteFile(filepath.Join(dir, file), nil, 0o600))
	}
	require.NoError(t, os.Mkdir(filepath.Join(dir, folder, "0-2-9.ndjson.gz"), 0o750))

	t.Run("what is no object is passed over", func(t *testing.T) {
		t.Parallel()
		assert.Equal(t, []string{batch(hour).Key()}, keys(t, a))
	})
}
