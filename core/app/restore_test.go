package app_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/core/es/estest"
	"github.com/evercart/evercart/ports"
)

// restorer fills a plant.
func (p *plant) restorer(effects ports.Effects) *app.Restorer {
	return &app.Restorer{
		Store: p.store, Scanner: p.store, Archive: p.archive, Scratch: memory.NewScratch(), Changes: p.store,
		Positions: p.positions, Effects: effects, Categories: []string{"tally"}, Now: time.Now,
	}
}

// commits returns all commits of the plant's store without their snapshots, by
// stream and version.
func (p *plant) commits(t require.TestingT) []ports.Commit {
	var all []ports.Commit
	for c, err := range p.store.Scan(context.Background(), "tally") {
		require.NoError(t, err)
		c.Snapshot, c.SnapshotSchema = nil, 0
		all = append(all, c)
	}
	return sortedCommits(all)
}

func (h *history) bare() []ports.Commit {
	var all []ports.Commit
	for _, c := range h.commits {
		commit, _ := c.(ports.Commit)
		commit.Snapshot, commit.SnapshotSchema = nil, 0
		all = append(all, commit)
	}
	return sortedCommits(all)
}

func sortedCommits(all []ports.Commit) []ports.Commit {
	slices.SortFunc(all, func(a, b ports.Commit) int {
		return strings.Compare(fmt.Sprintf("%s %09d", a.Stream, a.First), fmt.Sprintf("%s %09d", b.Stream, b.First))
	})
	return all
}

func TestRestore(t *testing.T) {
	t.Parallel()
	t.Run("makes of an archive the store that it came from, snapshots apart, and the same archive", func(t *testing.T) {
		t.Parallel()
		h, p := newHistory(t), newPlant()
		report, err := p.restorer(memory.NewEffects()).Restore(t.Context(), h, false)
		require.NoError(t, err)
		assert.Equal(t, h.bare(), p.commits(t))
		assert.EqualValues(t, 15, report.Objects)
		assert.EqualValues(t, 147, report.Events)
		assert.EqualValues(t, 4, report.Streams)
		assert.EqualValues(t, 83, report.Commits)
		assert.EqualValues(t, 83, report.Appended)
		assert.EqualValues(t, 127, report.AppendedEvents)
		for _, o := range h.objects {
			var lines [][]byte
			for line, err := range p.archive.Lines(t.Context(), o.key) {
				require.NoError(t, err)
				lines = append(lines, bytes.Clone(line))
			}
			assert.Equal(t, o.lines, lines, o.key)
		}
		verified := p.verify(t)
		assert.Empty(t, verified.Faults)
		assert.Zero(t, verified.Waiting)
	})
	t.Run("does so whatever the order of the events", func(t *testing.T) {
		t.Parallel()
		for seed := range uint64(20) {
			h, p := newHistory(t), newPlant()
			h.shuffled(seed)
			_, err := p.restorer(memory.NewEffects()).Restore(t.Context(), h, false)
			require.NoError(t, err)
			assert.Equal(t, h.bare(), p.commits(t))
		}
	})
	t.Run("of an empty archive does nothing", func(t *testing.T) {
		t.Parallel()
		report, err := newPlant().restorer(memory.NewEffects()).Restore(t.Context(), &history{}, false)
		require.NoError(t, err)
		assert.Equal(t, app.RestoreReport{RelayFromTheEnd: true}, report)
	})
	t.Run("may leave the archive where it is", func(t *testing.T) {
		t.Parallel()
		h, p := newHistory(t), newPlant()
		r := p.restorer(memory.NewEffects())
		r.Archive = nil
		_, err := r.Restore(t.Context(), h, false)
		require.NoError(t, err)
		p.archive = h
		assert.Empty(t, p.verify(t).Faults)
	})
	t.Run("moves outward effects to the newest archived event, and never back", func(t *testing.T) {
		t.Parallel()
		h := newHistory(t)
		commits := h.bare()
		newest := noon
		for _, c := range commits {
			if at := c.Events[0].Time; at.After(newest) {
				newest = at
			}
		}
		for before, want := range map[time.Time]time.Time{{}: newest, noon: newest, noon.Add(time.Hour): noon.Add(time.Hour)} {
			effects := memory.NewEffects()
			if !before.IsZero() {
				require.NoError(t, effects.SetEffectsFrom(t.Context(), app.NotifyName, before, false))
			}
			report, err := newPlant().restorer(effects).Restore(t.Context(), h, false)
			require.NoError(t, err)
			at, _, err := effects.EffectsFrom(t.Context(), app.NotifyName)
			require.NoError(t, err)
			assert.Equal(t, want, at)
			assert.Equal(t, want, report.EffectsFrom)
		}
	})
	t.Run("moves them before its first append, for a relay may run meanwhile", func(t *testing.T) {
		t.Parallel()
		p, effects := newPlant(), memory.NewEffects()
		r := p.restorer(effects)
		died := errors.New("died")
		r.Store = &dyingStore{EventStore: p.store, err: died} // at the first append
		_, err := r.Restore(t.Context(), newHistory(t), false)
		require.ErrorIs(t, err, died)
		_, set, err := effects.EffectsFrom(t.Context(), app.NotifyName)
		require.NoError(t, err)
		assert.True(t, set)
	})
	t.Run("calls what comes after it once all is done", func(t *testing.T) {
		t.Parallel()
		h, p := newHistory(t), newPlant()
		r := p.restorer(memory.NewEffects())
		later := errors.New("later")
		r.AfterRestore = func(context.Context) error {
			assert.Len(t, p.commits(t), 83)
			return later
		}
		_, err := r.Restore(t.Context(), h, false)
		assert.ErrorIs(t, err, later)
	})
}

func TestStoreToArchiveToStoreIsTheIdentity(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		from, to := newPlant(), newPlant()
		n := 0
		for range rapid.IntRange(0, 40).Draw(t, "commands") {
			id := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "tally")
			n++
			_, err := from.commands.Handle(context.Background(), &app.Request[estest.TallyCommand]{
				ID: id, Command: estest.Count{N: rapid.IntRange(0, 3).Draw(t, "n"), Times: rapid.IntRange(1, 5).Draw(t, "times")},
				CommandID: fmt.Sprint("k-", n), CorrelationID: rapid.StringN(0, 9, 30).Draw(t, "correlation"),
				Caller: es.Caller{Subject: rapid.StringMatching(`[a-z|<>&"\\]{0,9}`).Draw(t, "subject")},
			})
			require.NoError(t, err)
		}
		var lines [][]byte
		for _, c := range from.commits(t) {
			out, err := app.Outgoing(&c, "/test")
			require.NoError(t, err)
			for _, o := range out {
				for range rapid.IntRange(1, 3).Draw(t, "copies") {
					lines = append(lines, o.Data)
				}
			}
		}
		h := &history{}
		for i, line := range rapid.Permutation(lines).Draw(t, "order") {
			if i%7 == 0 {
				h.objects = append(h.objects, object{key: ports.ArchiveBatch{Shard: "0", First: number(i), Last: number(i), Arrival: noon}.Key()})
			}
			o := &h.objects[len(h.objects)-1]
			o.lines = append(o.lines, line)
		}
		_, err := to.restorer(memory.NewEffects()).Restore(context.Background(), h, false)
		require.NoError(t, err)
		assert.Equal(t, from.commits(t), to.commits(t))
	})
}

func TestAnArchiveThatIsNotWholeIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]tamper{
		"an event is missing": {
			func(h *history) { h.drop("c", 20) },
			[]string{"missing tally/c version 20 in archive: later events of the stream are there"},
		},
		"a commit is missing": {
			func(h *history) { h.drop("b", 5); h.drop("b", 6) },
			[]string{"missing tally/b versions 5 to 6 in archive"},
		},
		"the beginning of a stream is missing": {
			func(h *history) { h.drop("a", 1) },
			[]string{"missing tally/a version 1 in archive"},
		},
		"the end of a commit is missing": {
			func(h *history) { h.drop("a", 31) },
			[]string{"missing tally/a version 31 in archive"},
		},
		"an event was changed": {
			func(h *history) { h.edit("a", 20, `"data":{"n":1`, `"data":{"n":9`) },
			[]string{"hash tally/a versions 20 to 21 in archive"},
		},
		"an event has another ID": {
			func(h *history) { h.edit("a", 20, `"id":"`, `"id":"x`) },
			[]string{"hash tally/a versions 20 to 21 in archive"},
		},
		"an event of a commit says another hash": {
			func(h *history) { h.edit("a", 20, `"commithash":"`, `"x":"`) },
			[]string{"altered tally/a versions 20 to 21 in archive"},
		},
		"a commit's borders contradict each other": {
			func(h *history) {
				h.edit("a", 21, `"commitfirst":"00000000000000000020"`, `"commitfirst":"00000000000000000021"`)
			},
			[]string{"altered tally/a versions 20 to 21 in archive"},
		},
		"a commit overlaps the one before": {
			func(h *history) {
				for v := ports.Version(20); v < 22; v++ {
					h.edit("a", v, `"commitfirst":"00000000000000000020"`, `"commitfirst":"00000000000000000019"`)
				}
			},
			[]string{"overlap tally/a version 20 in archive"},
		},
		"two events claim one version": {
			func(h *history) {
				o, i := h.line("a", 20)
				o.lines = append(o.lines, bytes.Replace(o.lines[i], []byte(`"id":"`), []byte(`"id":"x`), 1))
			},
			[]string{"forked tally/a version 20 in archive"},
		},
		"a line cannot be read": {
			func(h *history) { h.edit("a", 20, `"specversion"`, `"specversio`) },
			[]string{"unreadable in events/date="},
		},
		"an object is cut off": {
			func(h *history) {
				h.objects[2].err = &ports.CorruptError{What: "archive object", Err: errors.New("unexpected EOF")}
			},
			[]string{"unreadable in events/date=2026-11-24/hour=12/0-00000000000000000021-00000000000000000030.ndjson.gz line 11: the object cannot be read from there on"},
		},
		"two streams are broken": {
			func(h *history) { h.drop("a", 1); h.drop("b", 1) },
			[]string{"missing tally/a version 1 in archive", "missing tally/b version 1 in archive"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, p := newHistory(t), newPlant()
			h.objects = h.objects[:13] // without duplicates
			c.do(h)
			_, err := p.restorer(memory.NewEffects()).Restore(t.Context(), h, false)
			var refused *app.UnrestorableError
			require.ErrorAs(t, err, &refused)
			require.Len(t, refused.Faults, len(c.names), "%v", refused.Faults)
			for i, f := range refused.Faults {
				assert.True(t, strings.HasPrefix(f.String(), c.names[i]), "%s\nis not %s", f, c.names[i])
			}
			assert.Contains(t, err.Error(), c.names[0])
			assert.Empty(t, p.commits(t), "nothing is written")
			for o, err := range p.archive.Objects(t.Context(), time.Time{}, time.Time{}) {
				assert.NoError(t, err)
				assert.Fail(t, "the archive has "+o.Key)
			}
		})
	}
}

func TestOnlyAnEmptyStoreIsRestored(t *testing.T) {
	t.Parallel()
	t.Run("not one with a stream", func(t *testing.T) {
		t.Parallel()
		p := newPlant()
		p.count(t, "mine", 1)
		_, err := p.restorer(memory.NewEffects()).Restore(t.Context(), newHistory(t), false)
		var full *app.NotEmptyError
		require.ErrorAs(t, err, &full)
		assert.Contains(t, err.Error(), "tally/mine")
		assert.Len(t, p.commits(t), 1)
	})
	t.Run("not one with an archive", func(t *testing.T) {
		t.Parallel()
		p := newPlant()
		batch := ports.ArchiveBatch{Shard: "0", First: "1", Last: "1", Arrival: noon}
		_, err := p.archive.WriteObject(t.Context(), batch, [][]byte{[]byte("{}")})
		require.NoError(t, err)
		_, err = p.restorer(memory.NewEffects()).Restore(t.Context(), newHistory(t), false)
		var full *app.NotEmptyError
		require.ErrorAs(t, err, &full)
		assert.Contains(t, err.Error(), batch.Key())
		assert.Empty(t, p.commits(t))
	})
}

// fullArchive takes a number of objects, then no more.
type fullArchive struct {
	ports.Archive
	left int
}

var errFull = errors.New("full")

func (f *fullArchive) WriteObject(ctx context.Context, batch ports.ArchiveBatch, lines [][]byte) (ports.ArchiveObject, error) {
	if f.left--; f.left < 0 {
		return ports.ArchiveObject{}, errFull
	}
	return f.Archive.WriteObject(ctx, batch, lines)
}

// dyingStore stores a number of commits, then nothing any more.
type dyingStore struct {
	ports.EventStore
	left atomic.Int64
	err  error
}

func (s *dyingStore) Append(ctx context.Context, head ports.Head, c ports.Commit) (ports.Head, error) {
	if s.left.Add(-1) < 0 {
		return ports.Head{}, s.err
	}
	return s.EventStore.Append(ctx, head, c)
}

func TestARestoreThatWasCutShort(t *testing.T) {
	t.Parallel()
	died := errors.New("died")
	t.Run("goes on with --resume, wherever it was cut", func(t *testing.T) {
		t.Parallel()
		for lives := range int64(83) {
			h, p := newHistory(t), newPlant()
			r := p.restorer(memory.NewEffects())
			dying := &dyingStore{EventStore: p.store, err: died}
			dying.left.Store(lives)
			r.Store = dying
			_, err := r.Restore(t.Context(), h, false)
			require.ErrorIs(t, err, died)
			had := len(p.commits(t))
			if lives > 0 {
				_, err = p.restorer(memory.NewEffects()).Restore(t.Context(), h, false)
				var full *app.NotEmptyError
				require.ErrorAs(t, err, &full)
			}
			report, err := p.restorer(memory.NewEffects()).Restore(t.Context(), h, true)
			require.NoError(t, err)
			assert.EqualValues(t, 83-had, report.Appended)
			assert.Equal(t, h.bare(), p.commits(t))
			verified := p.verify(t)
			assert.Empty(t, verified.Faults)
			assert.Zero(t, verified.Waiting)
		}
	})
	t.Run("goes on with --resume where it was cut while the archive was copied", func(t *testing.T) {
		t.Parallel()
		h, p := newHistory(t), newPlant()
		r := p.restorer(memory.NewEffects())
		full := &fullArchive{Archive: p.archive, left: 7}
		r.Archive = full
		_, err := r.Restore(t.Context(), h, false)
		require.ErrorIs(t, err, errFull)
		assert.Contains(t, err.Error(), h.objects[7].key)
		assert.Empty(t, p.commits(t))
		full.left = 100
		_, err = r.Restore(t.Context(), h, true)
		require.NoError(t, err)
		assert.Equal(t, h.bare(), p.commits(t))
		assert.Empty(t, p.verify(t).Faults)
	})
	t.Run("refuses a store that went another way meanwhile", func(t *testing.T) {
		t.Parallel()
		h, p := newHistory(t), newPlant()
		p.count(t, "b", 1)
		_, err := p.restorer(memory.NewEffects()).Restore(t.Context(), h, true)
		var conflict *ports.ConflictError
		require.ErrorAs(t, err, &conflict)
		assert.Equal(t, "b", conflict.Stream.ID)
		assert.Contains(t, err.Error(), "forked")
		assert.Contains(t, err.Error(), "tally/b")
	})
	t.Run("leaves the relay where it is, if that has begun meanwhile", func(t *testing.T) {
		t.Parallel()
		h, p := newHistory(t), newPlant()
		r := p.restorer(memory.NewEffects())
		dying := &dyingStore{EventStore: p.store, err: died}
		dying.left.Store(40)
		r.Store = dying
		_, err := r.Restore(t.Context(), h, false)
		require.ErrorIs(t, err, died)
		stop := p.relay(t)
		require.Eventually(t, func() bool {
			at, err := p.positions.Position(t.Context(), app.RelayName)
			require.NoError(t, err)
			end, err := p.store.End(t.Context())
			require.NoError(t, err)
			return at.Position == end
		}, 10*time.Second, time.Millisecond)
		stop()
		report, err := p.restorer(memory.NewEffects()).Restore(t.Context(), h, true)
		require.NoError(t, err)
		assert.False(t, report.RelayFromTheEnd)
		defer p.relay(t)()
		defer p.archiving(t)()
		p.settled(t)
		assert.Empty(t, p.verify(t).Faults)
	})
	t.Run("gets over a store that does not answer for a while, and over lost answers", func(t *testing.T) {
		t.Parallel()
		h, p := newHistory(t), newPlant()
		r := p.restorer(memory.NewEffects())
		faulty := &faultyStore{EventStore: p.store, lose: 5}
		for range 5 {
			faulty.before = append(faulty.before, func(ports.Head, ports.Commit) error { return ports.ErrUnavailable })
		}
		r.Store = faulty
		_, err := r.Restore(t.Context(), h, false)
		require.NoError(t, err)
		assert.Equal(t, h.bare(), p.commits(t))
	})
}

func TestTheDrill(t *testing.T) {
	t.Parallel()
	old := newPlant()
	stopRelay, stopArchiving := old.relay(t), old.archiving(t)
	for i := range 400 {
		old.count(t, fmt.Sprint("t", i%50), 1+i%4)
	}
	old.settled(t)
	stopRelay()
	stopArchiving()

	fresh := newPlant()
	report, err := fresh.restorer(memory.NewEffects()).Restore(t.Context(), old.archive, false)
	require.NoError(t, err)
	assert.True(t, report.RelayFromTheEnd)
	assert.Equal(t, old.commits(t), fresh.commits(t))
	query := func(p *plant, id string) tallyAnswer {
		answer, err := app.NewQueries(estest.Tally{}, ports.EventStore(p.store), "/test").Now(t.Context(), es.Caller{}, id)
		require.NoError(t, err)
		return answer
	}
	for i := range 50 {
		assert.Equal(t, query(old, fmt.Sprint("t", i)), query(fresh, fmt.Sprint("t", i)))
	}

	defer fresh.relay(t)()
	defer fresh.archiving(t)()
	for i := range 100 {
		fresh.count(t, fmt.Sprint("t", i), 2)
	}
	fresh.settled(t)
	verified := fresh.verify(t)
	assert.Empty(t, verified.Faults)
	assert.Equal(t, verified.Events, verified.Archived, "nothing was archived twice")
	assert.Equal(t, report.AppendedEvents+200, verified.Events)
}
