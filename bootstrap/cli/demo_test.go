package cli_test

import (
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/sqlite"
	"github.com/evercart/evercart/core/app"
)

// stored returns the times and hashes of all commits in the shell's folder, and from
// when on outward handlers tell of events.
func (s *shell) stored() (times []time.Time, hashes []string, effects time.Time) {
	s.t.Helper()
	store, err := sqlite.OpenEventStore(s.t.Context(), filepath.Join(s.data, "events.db"))
	require.NoError(s.t, err)
	defer func() { require.NoError(s.t, store.Close()) }()
	for c, err := range store.Scan(s.t.Context(), "cart") {
		require.NoError(s.t, err)
		hashes = append(hashes, c.Stream.ID+string(c.Hash[:]))
		for _, e := range c.Events {
			times = append(times, e.Time)
		}
	}
	views, err := sqlite.OpenViews(s.t.Context(), filepath.Join(s.data, "views.db"))
	require.NoError(s.t, err)
	defer func() { require.NoError(s.t, views.Close()) }()
	effects, _, err = views.EffectsFrom(s.t.Context(), app.NotifyName)
	require.NoError(s.t, err)
	return times, hashes, effects
}

func TestADemoOnTheCommandLine(t *testing.T) {
	t.Parallel()
	t.Run("fills a new folder with carts that nobody outside is told of", func(t *testing.T) {
		t.Parallel()
		s := newShell(t)
		var filled struct {
			Carts, Recorded int
			Until           string
		}
		require.NoError(t, json.Unmarshal([]byte(s.ok("demo", "--carts", "30", "--seed", "42", "--json")), &filled))
		assert.Equal(t, 30, filled.Carts)
		times, hashes, effects := s.stored()
		assert.Len(t, hashes, filled.Recorded)
		for _, at := range times {
			assert.True(t, at.Before(effects), "an event of %s would be told of from %s on", at, effects)
		}
		assert.Contains(t, s.ok("verify"), "nothing is wrong")
		assert.Contains(t, s.ok("demo", "--carts", "1", "--force"), "To see them, run this and open http://127.0.0.1:8080\n\n    evercart serve --data "+s.data+"\n")
	})
	t.Run("says how to see them in a command that can be pasted, whatever the folder's name", func(t *testing.T) {
		t.Parallel()
		s := newShell(t)
		s.data = filepath.Join(s.data, "it's my data")
		assert.Contains(t, s.ok("demo", "--carts", "1"), "    evercart serve --data '"+filepath.Dir(s.data)+`/it'\''s my data'`+"\n")
	})
	t.Run("says how to see them by all flags that name the data, which win over the environment", func(t *testing.T) {
		t.Parallel()
		s := newShell(t)
		s.env = []string{"EVERCART_BACKEND=aws"}
		assert.Contains(t, s.ok("demo", "--carts", "1", "--backend", "sqlite"), "    evercart serve --data "+s.data+" --backend sqlite\n")
	})
	t.Run("says where to see them, wherever the environment lets a server listen", func(t *testing.T) {
		t.Parallel()
		for addr, said := range map[string]string{
			"localhost:9090": "open http://localhost:9090\n",
			":9090":          "open http://127.0.0.1:9090\n",
			"[::]:9090":      "open http://127.0.0.1:9090\n",
			"[::1]:9090":     "open http://[::1]:9090\n",
			"127.0.0.1:0":    "open the address that it prints\n",
		} {
			s := newShell(t)
			s.env = []string{"EVERCART_ADDR=" + addr}
			assert.Contains(t, s.ok("demo", "--carts", "1"), said)
		}
	})
	t.Run("makes the same events to the byte, where it is said until when", func(t *testing.T) {
		t.Parallel()
		a, b := newShell(t), newShell(t)
		for _, s := range []*shell{a, b} {
			s.ok("demo", "--carts", "10", "--seed", "42", "--until", "2026-01-31T12:00:00Z")
		}
		_, one, _ := a.stored()
		_, two, _ := b.stored()
		assert.ElementsMatch(t, one, two)
		assert.NotEmpty(t, one)
	})
	t.Run("does not mix with carts that are there, unless told to", func(t *testing.T) {
		t.Parallel()
		s := newShell(t)
		mine := s.open()
		code, _, stderr := s.run("demo", "--carts", "3")
		assert.Equal(t, 1, code)
		assert.Contains(t, stderr, "the store holds carts already: --force")
		assert.Contains(t, s.ok("demo", "--carts", "3", "--force"), "3 carts of seed 1")
		assert.Contains(t, s.ok("demo", "--carts", "4", "--force"), "1 cart of seed 1")
		s.ok("cart", "show", mine)
	})
	t.Run("refuses what cannot be", func(t *testing.T) {
		t.Parallel()
		s := newShell(t)
		for want, args := range map[string][]string{
			"--carts 0: want 1 to 100000":      {"--carts", "0"},
			"--weeks 521: want 1 to 520":       {"--weeks", "521"},
			`--until "soon": want an RFC 3339`: {"--until", "soon"},
			"would tell of the demo":           {"--until", "2199-01-01T00:00:00Z"},
			"would be gone at once":            {"--backend", "memory"},
		} {
			code, _, stderr := s.run(append([]string{"demo"}, args...)...)
			assert.Equal(t, 2, code, args)
			assert.Contains(t, stderr, want)
		}
	})
}
