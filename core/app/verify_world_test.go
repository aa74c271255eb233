package app_test

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/core/es/estest"
	"github.com/evercart/evercart/ports"
)

// history is the commits of a store and the objects of an archive, to be changed
// at will before anybody looks. It is a StoreScanner and an Archive.
type history struct {
	ports.Archive
	commits []any // ports.Commit, or unreadable
	objects []object
}

// unreadable is a stored commit that cannot be read.
type unreadable struct {
	stream ports.StreamID
	first  ports.Version
}

// object is an archive object. Its lines end with err, if it is not nil.
type object struct {
	key   string
	lines [][]byte
	err   error
}

func (h *history) Scan(ctx context.Context, category string) iter.Seq2[ports.Commit, error] {
	return func(yield func(ports.Commit, error) bool) {
		for _, c := range h.commits {
			commit, _ := c.(ports.Commit)
			var err error
			if u, broken := c.(unreadable); broken {
				commit.Stream, commit.First = u.stream, u.first
				err = &ports.CorruptError{What: "commit of " + u.stream.String(), Err: fmt.Errorf("it is torn")}
			}
			if commit.Stream.Category == category && !yield(commit, err) {
				return
			}
		}
	}
}

func (h *history) Objects(context.Context, time.Time, time.Time) iter.Seq2[ports.ArchiveObject, error] {
	return func(yield func(ports.ArchiveObject, error) bool) {
		for _, o := range h.objects {
			if !yield(ports.ArchiveObject{Key: o.key, Size: int64(len(o.lines))}, nil) {
				return
			}
		}
	}
}

func (h *history) Lines(_ context.Context, key string) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for _, o := range h.objects {
			if o.key != key {
				continue
			}
			for _, line := range o.lines {
				if !yield(line, nil) {
					return
				}
			}
			if o.err != nil {
				yield(nil, o.err)
			}
		}
	}
}

// commit returns the commit of a tally that begins at a version.
func (h *history) commit(id string, first ports.Version) *ports.Commit {
	return new(h.commits[h.index(id, first)].(ports.Commit))
}

// set puts a commit in its place.
func (h *history) set(id string, first ports.Version, c any) { h.commits[h.index(id, first)] = c }

func (h *history) index(id string, first ports.Version) int {
	return slices.IndexFunc(h.commits, func(c any) bool {
		commit, ok := c.(ports.Commit)
		return ok && commit.Stream.ID == id && commit.First == first
	})
}

// line returns the object and the index of the line of a tally's event.
func (h *history) line(id string, v ports.Version) (*object, int) {
	for i := range h.objects {
		for k, line := range h.objects[i].lines {
			if bytes.Contains(line, fmt.Appendf(nil, `"subject":"tally/%s","sequence":"%020d"`, id, v)) {
				return &h.objects[i], k
			}
		}
	}
	panic(fmt.Sprint("no line of ", id, " at ", v))
}

// edit changes an archived event.
func (h *history) edit(id string, v ports.Version, old, by string) {
	o, i := h.line(id, v)
	changed := bytes.Replace(o.lines[i], []byte(old), []byte(by), 1)
	if bytes.Equal(changed, o.lines[i]) {
		panic("nothing to edit")
	}
	o.lines[i] = changed
}

// drop takes an event out of the archive.
func (h *history) drop(id string, v ports.Version) {
	o, i := h.line(id, v)
	o.lines = slices.Delete(o.lines, i, i+1)
}

// newHistory is a healthy history: tallies a, b and c of 20 commits and 31 events
// each, with snapshots at every 8th commit, and o, which began in the older form;
// every event archived, some twice, ten in an object, in the order of storing.
func newHistory(t *testing.T) *history {
	t.Helper()
	store := memory.NewEventStore()
	tick := 0
	clock := func() time.Time { tick++; return noon.Add(time.Duration(tick) * time.Millisecond) }
	older(t, store, "o", 3)
	commands := app.NewCommands(estest.Tally{}, ports.EventStore(store), app.CommandOptions{Now: clock, NewID: es.NewIDs(clock, [32]byte{7}).New})
	for i := range 20 {
		for _, id := range []string{"a", "b", "c", "o"} {
			_, err := commands.Handle(t.Context(), &app.Request[estest.TallyCommand]{
				ID: id, Command: estest.Count{N: 1 + i, Times: 1 + i%2 + i/19}, CommandID: fmt.Sprint("k-", id, i), Caller: es.Caller{Subject: "s|" + id},
			})
			require.NoError(t, err)
		}
	}
	h := &history{}
	for c, err := range store.Scan(t.Context(), "tally") {
		require.NoError(t, err)
		h.commits = append(h.commits, c)
	}
	changes, err := store.Changes(t.Context(), "", 1000)
	require.NoError(t, err)
	var lines [][]byte
	for i := range changes {
		out, err := app.Outgoing(&changes[i].Commit, "/test")
		require.NoError(t, err)
		for _, o := range out {
			lines = append(lines, o.Data)
		}
	}
	lines = append(lines, lines[5:25]...)
	for first := 0; first < len(lines); first += 10 {
		last := min(first+10, len(lines))
		batch := ports.ArchiveBatch{Shard: "0", First: number(first + 1), Last: number(last), Arrival: noon}
		h.objects = append(h.objects, object{key: batch.Key(), lines: slices.Clone(lines[first:last])})
	}
	return h
}

func number(n int) ports.Position { return ports.Position(fmt.Sprintf("%020d", n)) }

// older stores n commits of the older form.
func older(t *testing.T, store *memory.EventStore, id string, n int) {
	t.Helper()
	stream := ports.StreamID{Category: "tally", ID: id}
	loaded, err := store.Load(t.Context(), stream, 0)
	require.NoError(t, err)
	head := loaded.Head
	for v := ports.Version(1); v <= ports.Version(n); v++ {
		head, err = store.Append(t.Context(), head, ports.Commit{Stream: stream, First: v, Last: v, Events: []ports.Event{
			{ID: fmt.Sprint("older-", v), Stream: stream, Version: v, Type: "Counted", Schema: 1, Data: `{"n":1}`},
		}})
		require.NoError(t, err)
	}
}

func (h *history) verifier() *app.Verifier[estest.TallyState, estest.TallyCommand, estest.TallyEvent] {
	return app.NewVerifier(estest.Tally{}, app.VerifyPorts{
		Scanner: h, Archive: h, Scratch: memory.NewScratch(), Now: func() time.Time { return noon.Add(time.Hour) }, Grace: time.Minute,
	})
}

// shuffled deals all archived lines anew to objects.
func (h *history) shuffled(seed uint64) {
	random := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // a test's dice
	var all [][]byte
	for i := range h.objects {
		all = append(all, h.objects[i].lines...)
	}
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	for i := range h.objects {
		n := len(h.objects[i].lines)
		h.objects[i].lines, all = all[:n], all[n:]
	}
}
