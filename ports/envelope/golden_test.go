package envelope_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// The golden files hold bytes as stores and archives hold them. A file is never
// changed: a new form is a new file, and the old one stays readable.

func TestGoldenFiles(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]ports.Commit{"ours": ours(), "older": older()} {
		t.Run("the stored form of "+name+" is written and read as ever", func(t *testing.T) {
			t.Parallel()
			want := golden(t, name+".stored.json")
			got, err := envelope.AppendStored(nil, &c)
			require.NoError(t, err)
			assert.Equal(t, want, string(got))

			item := bare(c)
			events, err := envelope.ParseStored(nil, want, &item)
			require.NoError(t, err)
			assert.Equal(t, c.Events, events)
		})
		t.Run("the wire form of "+name+" is written and read as ever", func(t *testing.T) {
			t.Parallel()
			lines := strings.Split(golden(t, name+".wire.ndjson"), "\n")
			published := c.Published(source)
			require.Len(t, lines, len(published))
			for i := range published {
				got, err := envelope.AppendWire(nil, &published[i])
				require.NoError(t, err)
				assert.Equal(t, lines[i], string(got))

				p, err := envelope.ParseWire(lines[i])
				require.NoError(t, err)
				assert.Equal(t, published[i], p)
			}
		})
	}
}

// golden returns a file of testdata/golden without its last line feed.
func golden(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "golden", name))
	require.NoError(t, err)
	return strings.TrimSuffix(string(b), "\n")
}
