package ports_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
)

// FuzzNames reads arbitrary texts as keys of the archive and as names of streams:
// what is taken is written again as it was.
func FuzzNames(f *testing.F) {
	f.Add("events/date=2026-01-31/hour=12/shardId-000000000006-1-2.ndjson.gz")
	f.Add("events/date=2026-02-30/hour=24/0-1-2.ndjson.gz")
	f.Add("events/date=2026-01-31/hour=12/../../x-1-2.ndjson.gz")
	f.Add("events/date=0000-01-31/hour=12/0-1-2.ndjson.gz") // a year that no key has
	f.Add("events/date=0001-01-01/hour=00/0-1-2.ndjson.gz")
	f.Add("cart/0190a5e0-7a2b-7c3d-8e4f-000000000001")
	f.Add("/")
	f.Fuzz(func(t *testing.T, name string) {
		if b, err := ports.ParseArchiveKey(name); err == nil {
			assert.Equal(t, name, b.Key())
			assert.NoError(t, b.Validate())
		}
		if s, err := ports.ParseStreamID(name); err == nil {
			require.Equal(t, name, s.String())
			assert.NoError(t, s.Validate())
		}
	})
}
