package app

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

func TestSights(t *testing.T) {
	t.Parallel()
	t.Run("come back from a pile as they were", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(t *rapid.T) {
			want := sight{
				stream:  rapid.StringMatching(`[a-z]{1,9}/[A-Za-z0-9._:-]{1,128}`).Draw(t, "stream"),
				version: ports.Version(rapid.Int64Range(0, 1<<62).Draw(t, "version")),
				kind:    rapid.SampledFrom([]sightKind{inStore, inBlind, inArchive, underway}).Draw(t, "kind"),
				young:   rapid.Bool().Draw(t, "young"),
				digest:  [16]byte(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "digest")),
				commit:  [8]byte(rapid.SliceOfN(rapid.Byte(), 8, 8).Draw(t, "commit")),
				at:      place{object: rapid.Uint64().Draw(t, "object"), line: rapid.Uint64().Draw(t, "line")},
				id:      rapid.String().Draw(t, "id"),
			}
			got, err := readSight(want.append(nil))
			require.NoError(t, err)
			assert.Equal(t, want, got)
		})
	})
	t.Run("that are none are an error", func(t *testing.T) {
		t.Parallel()
		s := sight{stream: "tally/a", version: 300, at: place{object: 300, line: 300}}
		whole := s.append(nil)
		for n := range len(whole) {
			_, err := readSight(whole[:n])
			assert.ErrorIs(t, err, errSight, n)
		}
	})
	t.Run("of a published event have the digest of the stored one", func(t *testing.T) {
		t.Parallel()
		c := ports.Commit{Stream: ports.StreamID{Category: "tally", ID: "a"}, First: 4, Last: 5, Fingerprint: ports.Fingerprint{7}, Events: []ports.Event{
			{ID: "a", Version: 4, Data: "{}"}, {ID: "b", Version: 5, Data: `{"n":1}`},
		}}
		for i, p := range c.Published("/anywhere") {
			assert.Equal(t, es.EventDigest(&c, i), es.PublishedDigest(&p))
		}
	})
	t.Run("of one stream are in one part, and of many in all", func(t *testing.T) {
		t.Parallel()
		counts := make([]int, 16)
		for i := range 16_000 {
			id := ports.StreamID{Category: "cart", ID: string(rune('a'+i%26)) + string(rune('a'+i/26%26)) + string(rune('a'+i/676))}.String()
			counts[partOf(id, 16)]++
		}
		for part, n := range counts {
			assert.InDelta(t, 1000, n, 300, "part %d", part)
		}
	})
}
