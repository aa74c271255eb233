package envelope_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

func TestCommitTakesEventsInAnyOrderAndTwice(t *testing.T) {
	t.Parallel()
	want := ours()
	p := want.Published(source)
	again := p[0]
	again.Source = "/elsewhere"
	again.Time = again.Time.In(time.FixedZone("CEST", 7200))
	given := []ports.Published{p[1], p[0], again, p[1]}
	before := slices.Clone(given)
	got, err := envelope.Commit(given)
	require.NoError(t, err)
	assert.Equal(t, want, got)
	assert.Equal(t, before, given, "the events given are as they were")
}

func TestCommitHasNoSnapshot(t *testing.T) {
	t.Parallel()
	c := ours()
	c.Snapshot, c.SnapshotSchema = []byte("state"), 1
	got, err := envelope.Commit(c.Published(source))
	require.NoError(t, err)
	assert.Equal(t, ours(), got)
}

func TestCommitRefusesEventsThatDoNotFit(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(p []ports.Published) []ports.Published
		want   string
	}{
		"no events":           {func([]ports.Published) []ports.Published { return nil }, "no events"},
		"the first is absent": {func(p []ports.Published) []ports.Published { return p[1:] }, "the event at version 7 is missing"},
		"the last is absent":  {func(p []ports.Published) []ports.Published { return p[:1] }, "the event at version 8 is missing"},
		"one between is absent": {func(p []ports.Published) []ports.Published {
			for i := range p {
				p[i].CommitLast = 9
			}
			p[1].Version = 9
			return p
		}, "the event at version 8 is missing"},
		"another stream": {func(p []ports.Published) []ports.Published {
			p[1].Stream.ID = "other"
			return p
		}, "an event is of stream cart/other"},
		"another first version": {func(p []ports.Published) []ports.Published {
			p[1].CommitFirst = 8
			return p
		}, "of a commit of versions 8 to 8, not 7 to 8"},
		"another last version": {func(p []ports.Published) []ports.Published {
			p[1].CommitLast = 9
			return p
		}, "of a commit of versions 7 to 9, not 7 to 8"},
		"another hash": {func(p []ports.Published) []ports.Published {
			p[1].CommitHash[0]++
			return p
		}, "the event at version 8 has another hash"},
		"another fingerprint": {func(p []ports.Published) []ports.Published {
			p[1].Fingerprint[0]++
			return p
		}, "the event at version 8 has another fingerprint"},
		"another command ID": {func(p []ports.Published) []ports.Published {
			p[1].CommandID = "key-2"
			return p
		}, "the event at version 8 has another command ID"},
		"two events at one version": {func(p []ports.Published) []ports.Published {
			fork := p[1]
			fork.ID = "other"
			return append(p, fork)
		}, "two events at version 8: 0198b0f4-7a11-7000-8000-000000000002 and other"},
		"one event with two payloads": {func(p []ports.Published) []ports.Published {
			fork := p[0]
			fork.Data = `{"item":"coffee"}`
			return append(p, fork)
		}, "two events at version 7"},
		"one event at two times": {func(p []ports.Published) []ports.Published {
			fork := p[0]
			fork.Time = fork.Time.Add(time.Second)
			return append(p, fork)
		}, "two events at version 7"},
		"a version outside of the commit": {func(p []ports.Published) []ports.Published {
			p[1].Version = 9
			return p
		}, "the event at version 9 is outside of versions 7 to 8"},
		"a commit that does not validate": {func(p []ports.Published) []ports.Published {
			p[0].Schema = 0
			return p
		}, "schema 0, want 1 or more"},
		"several events without a hash": {func(p []ports.Published) []ports.Published {
			p[0].CommitHash, p[1].CommitHash = ports.Hash{}, ports.Hash{}
			return p
		}, "without a hash it must be one event"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			whole := ours()
			got, err := envelope.Commit(c.change(whole.Published(source)))
			assert.ErrorContains(t, err, c.want)
			assert.Zero(t, got)
		})
	}
}
