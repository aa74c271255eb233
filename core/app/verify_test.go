package app_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

// found returns the faults that a verification names, as text.
func found(t *testing.T, h *history) []string {
	t.Helper()
	report, err := h.verifier().Verify(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, len(report.Faults), report.Count)
	names := []string{}
	for _, f := range report.Faults {
		names = append(names, f.String())
	}
	return names
}

func TestAHealthyHistory(t *testing.T) {
	t.Parallel()
	t.Run("has no faults, with commits of the older form, duplicates and snapshots", func(t *testing.T) {
		t.Parallel()
		report, err := newHistory(t).verifier().Verify(t.Context())
		require.NoError(t, err)
		assert.Empty(t, report.Faults)
		assert.Zero(t, report.Count)
		assert.Equal(t, app.VerifyReport{
			Streams: 4, Commits: 83, Events: 127, Snapshots: 8, Objects: 15, Archived: 147, Twice: 20, Faults: report.Faults,
		}, report)
	})
	t.Run("has none either when the archive is in any order", func(t *testing.T) {
		t.Parallel()
		for seed := range uint64(20) {
			h := newHistory(t)
			h.shuffled(seed)
			assert.Empty(t, found(t, h))
		}
	})
	t.Run("may be looked at without its archive", func(t *testing.T) {
		t.Parallel()
		h := newHistory(t)
		v := h.verifier()
		v.Archive = nil
		report, err := v.Verify(t.Context())
		require.NoError(t, err)
		assert.Empty(t, report.Faults)
		assert.EqualValues(t, 127, report.Events)
		assert.Zero(t, report.Archived)
	})
	t.Run("tells how far it is, from nothing to all", func(t *testing.T) {
		t.Parallel()
		v := newHistory(t).verifier()
		last := map[string]app.Step{}
		v.Progress = func(s app.Step) { last[s.Phase] = s }
		_, err := v.Verify(t.Context())
		require.NoError(t, err)
		for _, phase := range []string{"reading the archive", "comparing"} {
			assert.Positive(t, last[phase].Total, phase)
			assert.Equal(t, last[phase].Total, last[phase].Done, phase)
		}
	})
}

// tamper says how a history is damaged, and how the damage is named.
type tamper struct {
	do    func(h *history)
	names []string // how each fault begins, by stream and version
}

func TestEveryFaultIsNamed(t *testing.T) {
	t.Parallel()
	const first = "events/date=2026-11-24/hour=12/0-00000000000000000001-00000000000000000010.ndjson.gz"
	for name, c := range map[string]tamper{
		"a byte changed in a stored event": {
			func(h *history) {
				c := h.commit("b", 5)
				c.Events[0].Data = strings.Replace(c.Events[0].Data, "4", "5", 1)
			},
			[]string{"hash tally/b versions 5 to 6 in store: the commit", "altered tally/b version 5 in events/date="},
		},
		"another actor in a stored event": {
			func(h *history) { h.commit("b", 5).Events[1].Actor = "s|mallory" },
			[]string{"hash tally/b versions 5 to 6 in store: the commit", "altered tally/b version 6 in events/date="},
		},
		"a stored event of the older form that was changed": {
			func(h *history) { h.commit("o", 2).Events[0].Data = `{"n":7}` },
			// The snapshots after it are what was folded then.
			[]string{"altered tally/o version 2 in " + first + " line 2: event older-2 is archived with another content", "snapshot tally/o version 10 in store", "snapshot tally/o version 22 in store"},
		},
		"a stored hash that was changed": {
			func(h *history) { c := h.commit("b", 5); c.Hash[3]++; h.set("b", 5, *c) },
			[]string{"altered tally/b version 5 in events/date=", "altered tally/b version 6 in events/date=", "hash tally/b versions 5 to 6 in store", "hash tally/b version 7 in store"},
		},
		"a commit dropped from the store": {
			func(h *history) { i := h.index("c", 5); h.commits = slices.Delete(h.commits, i, i+1) },
			[]string{"hole tally/c versions 5 to 6 in store: the store lacks", "unknown tally/c versions 5 to 6 in events/date="},
		},
		"a stream dropped from the store": {
			func(h *history) {
				h.commits = slices.DeleteFunc(h.commits, func(c any) bool { return c.(ports.Commit).Stream.ID == "a" })
			},
			[]string{"unknown tally/a versions 1 to 31 in " + first},
		},
		"a stream's last commit dropped from the store": {
			func(h *history) { i := h.index("c", 29); h.commits = slices.Delete(h.commits, i, i+1) },
			[]string{"unknown tally/c versions 29 to 31 in events/date="},
		},
		"a commit stored twice": {
			func(h *history) {
				i := h.index("c", 5)
				again := *h.commit("c", 5)
				h.commits = slices.Insert(h.commits, i+1, any(again))
			},
			[]string{"overlap tally/c version 5 in store: a commit begins there"},
		},
		"two events of a commit swapped": {
			func(h *history) {
				e := h.commit("b", 5).Events
				e[0].Data, e[1].Data = `{"n":3}`, e[0].Data
				e[0].ID, e[1].ID = e[1].ID, e[0].ID
			},
			[]string{"forked tally/b version 5 in events/", "hash tally/b versions 5 to 6 in store", "forked tally/b version 6 in events/"},
		},
		"two commits of one event swapped": {
			func(h *history) {
				a, b := h.commit("b", 4), h.commit("b", 7)
				a.Events, b.Events = b.Events, a.Events
				a.CommandID, b.CommandID = b.CommandID, a.CommandID
				a.Events[0].Version, b.Events[0].Version = 4, 7
				h.set("b", 4, *a)
				h.set("b", 7, *b)
			},
			[]string{"forked tally/b version 4 in events/", "hash tally/b version 4 in store", "forked tally/b version 7 in events/", "hash tally/b version 7 in store"},
		},
		"a commit forked, with a right hash": {
			func(h *history) {
				c := h.commit("b", 29)
				for i := range c.Events {
					c.Events[i].ID = "0190a5e0-7a2b-7c3d-8e4f-5a6b7c8d9e0" + string(rune('a'+i))
				}
				c.Hash = es.CommitHash(h.commit("b", 28).Hash, c)
				h.set("b", 29, *c)
			},
			[]string{"forked tally/b version 29 in events/", "forked tally/b version 30 in events/", "forked tally/b version 31 in events/"},
		},
		"a commit forked in the middle": {
			func(h *history) {
				c := h.commit("b", 4)
				c.Events[0].ID = "0190a5e0-7a2b-7c3d-8e4f-5a6b7c8d9e0f"
				c.Hash = es.CommitHash(h.commit("b", 2).Hash, c)
				h.set("b", 4, *c)
			},
			[]string{"forked tally/b version 4 in events/", "hash tally/b versions 5 to 6 in store"},
		},
		"a snapshot with another state": {
			func(h *history) {
				c := h.snapshot("a", 0)
				copy(c.Snapshot[bytes.Index(c.Snapshot, []byte(`"Events":12`)):], `"Events":13`)
			},
			[]string{"snapshot tally/a version 12 in store: the snapshot is not what the events"},
		},
		"a snapshot with another command memory": {
			func(h *history) { h.snapshot("a", 0).Snapshot[40]++ },
			[]string{"snapshot tally/a version 12 in store: the snapshot is not what the events"},
		},
		"a snapshot that cannot be read": {
			func(h *history) { c := h.snapshot("a", 0); c.Snapshot[0] = 77 },
			[]string{"snapshot tally/a version 12 in store: the snapshot cannot be read"},
		},
		"a stored commit that cannot be read": {
			func(h *history) { h.set("c", 5, unreadable{ports.StreamID{Category: "tally", ID: "c"}, 5}) },
			[]string{"unreadable tally/c version 5 in store: it is torn"},
		},
		"a stored event of an unknown schema": {
			func(h *history) { h.commit("o", 3).Events[0].Schema = 9 },
			[]string{"altered tally/o version 3 in " + first, "unreadable tally/o version 3 in store: event older-3: type Counted, schema 9"},
		},
		"an event dropped from the archive": {
			func(h *history) { h.drop("c", 20) },
			[]string{"missing tally/c version 20 in archive"},
		},
		"an archive object dropped": {
			func(h *history) { h.objects = slices.Delete(h.objects, 4, 5) },
			[]string{"missing tally/a", "missing tally/b", "missing tally/c", "missing tally/o"},
		},
		"a byte changed in an archived event": {
			func(h *history) { h.edit("a", 20, `"data":{"n":1`, `"data":{"n":9`) },
			[]string{"altered tally/a version 20 in events/date="},
		},
		"an archived event of another hash": {
			func(h *history) { h.edit("a", 20, `"commithash":"`, `"x":"`) },
			[]string{"altered tally/a version 20 in events/date="},
		},
		"an archived event with another ID": {
			func(h *history) { h.edit("a", 20, `"id":"`, `"id":"x`) },
			[]string{"forked tally/a version 20 in events/date="},
		},
		"a line of the archive that cannot be read": {
			func(h *history) { h.edit("a", 20, `"specversion"`, `"specversio`) },
			[]string{"unreadable in events/date=", "missing tally/a version 20 in archive"},
		},
		"an archive object cut off": {
			func(h *history) {
				o := &h.objects[0]
				o.lines, o.err = o.lines[:2], &ports.CorruptError{What: "archive object " + o.key, Err: errors.New("unexpected EOF")}
			},
			[]string{
				"unreadable in " + first + " line 3: the object cannot be read from there on: unexpected EOF",
				"missing tally/a version 1 in archive", "missing tally/b version 1 in archive", "missing tally/o version 3 in archive",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHistory(t)
			c.do(h)
			names := found(t, h)
			require.Len(t, names, len(c.names), strings.Join(names, "\n"))
			slices.Sort(names)
			want := slices.Sorted(slices.Values(c.names))
			for i := range names {
				assert.True(t, strings.HasPrefix(names[i], want[i]), "%s\nis not %s", names[i], want[i])
			}
		})
	}
}

// snapshot returns the n-th commit of a tally that carries a snapshot.
func (h *history) snapshot(id string, n int) *ports.Commit {
	for _, c := range h.commits {
		commit, _ := c.(ports.Commit)
		if commit.Stream.ID != id || commit.Snapshot == nil {
			continue
		}
		if n == 0 {
			return &commit
		}
		n--
	}
	panic("no such snapshot")
}

func TestWhatIsTooYoungIsNotMissing(t *testing.T) {
	t.Parallel()
	h := newHistory(t)
	h.drop("a", 31)
	h.drop("o", 1)
	v := h.verifier()
	v.Now = func() time.Time { return noon.Add(30 * time.Second) }
	report, err := v.Verify(t.Context())
	require.NoError(t, err)
	require.Len(t, report.Faults, 1, "an event without a time is old")
	assert.Equal(t, "tally/o", report.Faults[0].Stream)
	assert.EqualValues(t, 1, report.Waiting)
}

func TestFaultsBeyondCountingAreCounted(t *testing.T) {
	t.Parallel()
	h := newHistory(t)
	for range 10_007 {
		h.objects[0].lines = append(h.objects[0].lines, []byte("no event"))
	}
	report, err := h.verifier().Verify(t.Context())
	require.NoError(t, err)
	assert.Len(t, report.Faults, 10_000)
	assert.EqualValues(t, 10_007, report.Count)
}
