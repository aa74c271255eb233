package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCartsOnAWS(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	id := c.open("tea", "mug")
	c.ok("cart", "set", id, "tea", "3")
	c.ok("cart", "remove", id, "mug")
	closed := decode[cart](t, c.ok("cart", "close", id, "--json"))
	assert.Equal(t, "closed", closed.Status)
	assert.Equal(t, closed, decode[cart](t, c.ok("cart", "show", id, "--json")))
	assert.Len(t, strings.Split(strings.TrimSpace(c.ok("cart", "history", id, "--json")), "\n"), 6)
	assert.Contains(t, c.ok("cart", "diff", id, "2", "3"), "mug")
	code, _, stderr := c.run(nil, "cart", "add", id, "jam")
	assert.Equal(t, 1, code)
	assert.Contains(t, stderr, "cart_closed")
	assert.Equal(t, "no carts (the view follows the store within seconds)\n", c.ok("cart", "list"), "nobody has fed the view")
}

func TestProofAndRepairOnAWS(t *testing.T) {
	t.Parallel()
	s := newStage(newCloud(t))
	id := s.open("tea", "mug")

	code, stdout, _ := s.run(nil, "verify", "--grace", "0s")
	require.Equal(t, 1, code)
	assert.Contains(t, stdout, "missing cart/"+id+" versions 1 to 3 in archive")
	assert.Contains(t, s.ok("verify"), "3 events on the way into the archive", "the relay's function has not had its minute")
	assert.Contains(t, s.ok("backfill", "--grace", "0s"), "published 3 events of 1 stream")
	require.Equal(t, 3, s.feed())
	assert.Contains(t, s.ok("verify", "--grace", "0s"), "nothing is wrong")
	assert.Contains(t, s.ok("backfill", "--grace", "0s"), "published 0 events")

	assert.Contains(t, s.ok("cart", "list"), id)
	views := s.ok("views", "list")
	assert.Regexp(t, `(?m)^carts +1 +yes +- +0 `, views)
	assert.Regexp(t, `(?m)^related +1 +yes +- +0 `, views)
	assert.NotContains(t, s.ok("views", "list", "--json"), "lag_seconds")
}

func TestARebuildOnAWS(t *testing.T) {
	t.Parallel()
	s := newStage(newCloud(t))
	for range 3 {
		s.ok("cart", "close", s.open("tea"))
	}
	s.ok("backfill", "--grace", "0s")
	require.Equal(t, 9, s.feed())
	before := s.ok("cart", "list", "--json")
	s.draining("carts", func() {
		assert.Equal(t, "generation 2 of view carts is live\n", s.ok("views", "rebuild", "carts"))
	})
	assert.Equal(t, before, s.ok("cart", "list", "--json"))
	assert.Regexp(t, `carts generation 2 +done`, s.ok("replay", "status"))
	assert.Equal(t, "generation 1 of view carts is live\n", s.ok("views", "flip", "carts"))
	assert.Equal(t, before, s.ok("cart", "list", "--json"))
	s.ok("views", "flip", "carts", "2")
	assert.Equal(t, "no generation is to be retired\n", s.ok("views", "retire"))
	s.env = append(s.env, "EVERCART_KEEP_GENERATIONS=0s")
	assert.Equal(t, "generation 1 of view carts is retired\n", s.ok("views", "retire"))
	assert.Equal(t, before, s.ok("cart", "list", "--json"))
}

func TestReplaysOnAWS(t *testing.T) {
	t.Parallel()
	s := newStage(newCloud(t))
	s.open("tea", "mug")
	s.ok("backfill", "--grace", "0s")
	require.Equal(t, 3, s.feed())
	t.Run("go to the log", func(t *testing.T) {
		t.Parallel()
		assert.Equal(t, 3, strings.Count(s.ok("replay", "start", "log"), `{"specversion":"1.0"`))
	})
	t.Run("are planned", func(t *testing.T) {
		t.Parallel()
		assert.Contains(t, s.ok("replay", "start", "carts", "--dry-run"), "would read 3 events")
	})
	t.Run("are paused, and go on", func(t *testing.T) {
		t.Parallel()
		file := filepath.Join(t.TempDir(), "events")
		stopped := command(t, "replay", "start", "export", "--out", file, "--rate", "1")
		stopped.Env = append(stopped.Env, s.env...)
		require.NoError(t, stopped.Start())
		var id string
		eventually(t, "the replay is listed as running", func() bool {
			for _, job := range decode[[]struct{ ID, Target, State string }](t, s.ok("replay", "status", "--json")) {
				if job.Target == "export" && job.State == "running" {
					id = job.ID
				}
			}
			return id != ""
		})
		s.ok("replay", "pause", id)
		_ = stopped.Wait() // its exit code says that not all was sent, or that it was done before
		s.ok("replay", "resume", id, "--out", file)
		assert.Regexp(t, `state +done`, s.ok("replay", "status", id))
		exported, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Equal(t, 3, strings.Count(string(exported), "\n"))
	})
	t.Run("are left to no server, for there is none", func(t *testing.T) {
		t.Parallel()
		code, _, stderr := s.run(nil, "replay", "start", "log", "--detach")
		assert.Equal(t, 2, code)
		assert.Contains(t, stderr, "on AWS there is none")
	})
}
