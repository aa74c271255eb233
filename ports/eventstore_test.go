package ports_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
)

func TestCheckAppend(t *testing.T) {
	t.Parallel()
	at := func(stream ports.StreamID, v ports.Version) ports.Head {
		return ports.NewHead(stream, v, ports.Hash{9}, time.Time{})
	}
	t.Run("a commit right after its stream's head is taken", func(t *testing.T) {
		t.Parallel()
		c := added()
		assert.NoError(t, ports.CheckAppend(at(cart, 2), &c))
	})
	broken := added()
	broken.Events[0].ID = ""
	other := ports.StreamID{Category: "cart", ID: "2"}
	for name, c := range map[string]struct {
		head   ports.Head
		commit ports.Commit
		want   string
	}{
		"a commit that does not validate": {at(cart, 2), broken, "event 1: no ID"},
		"a head of another stream":        {at(other, 2), added(), "the head is of stream cart/2"},
		"the zero head":                   {ports.Head{}, added(), "the head is of stream"},
		"a head too far behind":           {at(cart, 1), added(), "first version 3 after head version 1"},
		"a head that is there already":    {at(cart, 3), added(), "first version 3 after head version 3"},
	} {
		t.Run(name+" is refused", func(t *testing.T) {
			t.Parallel()
			err := ports.CheckAppend(c.head, &c.commit)
			var invalid *ports.InvalidCommitError
			require.ErrorAs(t, err, &invalid)
			assert.Equal(t, cart, invalid.Stream)
			assert.ErrorContains(t, invalid.Err, c.want)
			assert.ErrorContains(t, err, "stream cart/1: invalid commit: ")
		})
	}
}

func TestSameCommit(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(c *ports.Commit)
		want   bool
	}{
		"the same":                         {func(*ports.Commit) {}, true},
		"without the snapshot":             {func(c *ports.Commit) { c.Snapshot, c.SnapshotSchema = nil, 0 }, true},
		"another command":                  {func(c *ports.Commit) { c.CommandID = "key-2" }, false},
		"fewer events":                     {func(c *ports.Commit) { c.Events = c.Events[:1] }, false},
		"another event":                    {func(c *ports.Commit) { c.Events[1].ID = "c" }, false},
		"the same command recorded anew":   {func(c *ports.Commit) { c.Events[0].ID, c.Events[1].ID = "c", "d" }, false},
		"the same events in another order": {func(c *ports.Commit) { c.Events[0].ID, c.Events[1].ID = "b", "a" }, false},
	} {
		ours, stored := added(), added()
		c.change(&stored)
		assert.Equal(t, c.want, ports.SameCommit(&ours, &stored), name)
	}
}
