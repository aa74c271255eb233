package httpapi

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// FuzzSeenTokens reads arbitrary tokens of what a caller has seen: those that are
// taken are written, and read again as the same.
func FuzzSeenTokens(f *testing.F) {
	const id = "0190a000-0000-7000-8000-00000000ca01"
	for _, header := range []string{
		id + ".1", strings.ToUpper(id) + ".9223372036854775807", id + ".1," + id + ".2", id, id + ".", id + ".0", id + ".+1", id + ".-1", ",", "", id + ".1,",
	} {
		f.Add(header)
	}
	f.Fuzz(func(t *testing.T, header string) {
		seen, err := parseTokens([]string{header})
		if err != nil {
			require.Empty(t, seen)
			return
		}
		tokens := make([]string, len(seen))
		for i, s := range seen {
			require.Positive(t, int64(s.Version))
			tokens[i] = tokenOf(s.ID, s.Version)
		}
		again, err := parseTokens([]string{strings.Join(tokens, ", ")})
		require.NoError(t, err)
		assert.Equal(t, seen, again)
	})
}
