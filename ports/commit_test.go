package ports_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
)

var cart = ports.StreamID{Category: "cart", ID: "1"}

// added is a valid commit of versions 3 and 4.
func added() ports.Commit {
	meta := ports.Metadata{CommandID: "key-1"}
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	return ports.Commit{
		Stream: cart, First: 3, Last: 4, CommandID: "key-1", Fingerprint: ports.Fingerprint{1}, Hash: ports.Hash{2},
		Events: []ports.Event{
			{ID: "a", Stream: cart, Version: 3, Type: "ItemAdded", Schema: 2, Time: at, Data: `{}`, Metadata: meta},
			{ID: "b", Stream: cart, Version: 4, Type: "CartClosed", Schema: 2, Time: at.Add(time.Second), Data: `{}`, Metadata: meta},
		},
		Snapshot: []byte("state"), SnapshotSchema: 1,
	}
}

// addedLongAgo is a valid commit in the older form.
func addedLongAgo() ports.Commit {
	return ports.Commit{Stream: cart, First: 2, Last: 2, Events: []ports.Event{
		{ID: "a", Stream: cart, Version: 2, Type: "ItemAdded", Schema: 1, Data: `{}`},
	}}
}

func TestCommitsOfBothFormsAreValid(t *testing.T) {
	t.Parallel()
	c, old := added(), addedLongAgo()
	require.NoError(t, c.Validate())
	require.NoError(t, old.Validate())
	assert.False(t, c.Older())
	assert.True(t, old.Older())
}

func TestValidateNamesTheBrokenRule(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(c *ports.Commit)
		want   string
	}{
		"no stream":                   {func(c *ports.Commit) { c.Stream = ports.StreamID{} }, "stream category"},
		"no events":                   {func(c *ports.Commit) { c.Events = nil }, "commit of cart/1: no events"},
		"version 0":                   {func(c *ports.Commit) { c.First, c.Last = 0, 1 }, "first version 0"},
		"too few versions":            {func(c *ports.Commit) { c.Last = 3 }, "versions 3 to 3 for 2 events"},
		"too many versions":           {func(c *ports.Commit) { c.Last = 5 }, "versions 3 to 5 for 2 events"},
		"a snapshot without a schema": {func(c *ports.Commit) { c.SnapshotSchema = 0 }, "a snapshot and its schema"},
		"a schema without a snapshot": {func(c *ports.Commit) { c.Snapshot = nil }, "a snapshot and its schema"},
		"an event of another stream":  {func(c *ports.Commit) { c.Events[1].Stream.ID = "2" }, "event 2: it is of stream cart/2"},
		"a hole":                      {func(c *ports.Commit) { c.Events[1].Version = 5 }, "event 2: version 5, want 4"},
		"an event without an ID":      {func(c *ports.Commit) { c.Events[0].ID = "" }, "event 1: no ID"},
		"an event without a type":     {func(c *ports.Commit) { c.Events[0].Type = "" }, `event 1: type ""`},
		"a type in lower case":        {func(c *ports.Commit) { c.Events[0].Type = "itemAdded" }, `event 1: type "itemAdded"`},
		"a type with a dot":           {func(c *ports.Commit) { c.Events[0].Type = "Item.Added" }, `event 1: type "Item.Added"`},
		"schema 0":                    {func(c *ports.Commit) { c.Events[0].Schema = 0 }, "event 1: schema 0"},
		"an event of another command": {func(c *ports.Commit) { c.Events[1].CommandID = "key-2" }, `event 2: command ID "key-2", but the commit's is "key-1"`},
		"several events, no hash":     {func(c *ports.Commit) { c.Hash = ports.Hash{} }, "without a hash it must be one event"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			commit := added()
			c.change(&commit)
			assert.ErrorContains(t, commit.Validate(), c.want)
		})
	}
}

func TestTheOlderFormHasNeitherCommandNorSnapshot(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(c *ports.Commit){
		"command":     func(c *ports.Commit) { c.CommandID, c.Events[0].CommandID = "key-1", "key-1" },
		"fingerprint": func(c *ports.Commit) { c.Fingerprint[0] = 1 },
		"snapshot":    func(c *ports.Commit) { c.Snapshot, c.SnapshotSchema = []byte("state"), 1 },
	} {
		c := addedLongAgo()
		change(&c)
		assert.ErrorContains(t, c.Validate(), "without a hash it must be one event without a command or snapshot", name)
	}
}

func TestACloneSharesNothing(t *testing.T) {
	t.Parallel()
	c := added()
	d := c.Clone()
	assert.Equal(t, c, d)
	d.Events[0].ID = "changed"
	d.Snapshot[0] = 'x'
	assert.Equal(t, added(), c)

	old := addedLongAgo()
	assert.Equal(t, addedLongAgo(), old.Clone(), "no snapshot stays no snapshot")
}

func TestPublishedEventsSayWhatTheirCommitSays(t *testing.T) {
	t.Parallel()
	c := added()
	got := c.Published("/shop")
	require.Len(t, got, 2)
	for i, p := range got {
		assert.Equal(t, ports.Published{
			Event: c.Events[i], CommitFirst: 3, CommitLast: 4, Fingerprint: c.Fingerprint, CommitHash: c.Hash, Source: "/shop",
		}, p)
	}
}

func TestHeadOfACommitIsItsEnd(t *testing.T) {
	t.Parallel()
	c := added()
	h := ports.HeadOf(&c)
	assert.Equal(t, cart, h.Stream())
	assert.Equal(t, ports.Version(4), h.Version())
	assert.Equal(t, c.Hash, h.Hash())
	assert.Equal(t, c.Events[1].Time, h.Time())
	assert.Equal(t, ports.NewHead(cart, 4, c.Hash, c.Events[1].Time), h)

	old := addedLongAgo()
	assert.Equal(t, ports.NewHead(cart, 2, ports.Hash{}, time.Time{}), ports.HeadOf(&old))
}
