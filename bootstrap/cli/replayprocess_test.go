package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/bootstrap/cli"
)

// begin runs a command line beside the test; end says how it ended, and stop ends
// it before.
func (s *shell) begin(args ...string) (stop context.CancelFunc, end func() (code int, stdout, stderr string)) {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.t.Context())
	var out, errs bytes.Buffer
	ended := make(chan int, 1)
	go func() { ended <- cli.Main(ctx, "evercart", args, []string{"EVERCART_DATA=" + s.data}, &out, &errs) }()
	return cancel, func() (int, string, string) {
		s.t.Helper()
		select {
		case code := <-ended:
			cancel()
			return code, out.String(), errs.String()
		case <-time.After(time.Minute):
			require.Fail(s.t, "the command does not end", strings.Join(args, " "))
			return 0, "", ""
		}
	}
}

// replayed is what `replay status ID --json` prints.
type replayed struct {
	ID, State, Target string
	Sent, Read        int64
}

// newest returns the newest replay; none yet is the zero value.
func (s *shell) newest() replayed {
	s.t.Helper()
	var all []replayed
	require.NoError(s.t, json.Unmarshal([]byte(s.ok("replay", "status", "--json")), &all))
	if len(all) == 0 {
		return replayed{}
	}
	return all[0]
}

// becomes waits until the newest replay is as told, and returns it.
func (s *shell) becomes(what string, is func(replayed) bool) replayed {
	s.t.Helper()
	var job replayed
	require.Eventually(s.t, func() bool { job = s.newest(); return is(job) }, time.Minute, 10*time.Millisecond, what)
	return job
}

func done(r replayed) bool { return r.State == "done" }

func TestReplaysOfSeveralProcesses(t *testing.T) {
	t.Parallel()
	t.Run("one that is detached is carried out by the server", func(t *testing.T) {
		t.Parallel()
		s := newShell(t)
		s.archived(3)
		assert.Contains(t, s.ok("replay", "start", "log", "--detach"), "running")
		defer s.serve()()
		assert.Equal(t, int64(6), s.becomes("the server takes it up", done).Sent)
	})
	t.Run("one whose command was stopped is paused, and resumed for the server", func(t *testing.T) {
		t.Parallel()
		s := newShell(t)
		s.archived(4)
		stop, end := s.begin("replay", "start", "log", "--rate", "1")
		s.becomes("it is under way", func(r replayed) bool { return r.Sent > 0 })
		stop()
		code, _, stderr := end()
		assert.Equal(t, 1, code)
		job := s.newest()
		assert.Equal(t, "paused", job.State)
		assert.Contains(t, stderr, "'evercart replay resume "+job.ID+"' goes on")
		defer s.serve()()
		s.ok("replay", "resume", job.ID, "--detach")
		assert.Equal(t, int64(8), s.becomes("the server goes on", done).Sent)
	})
	t.Run("one is paused by another process, and its command says so", func(t *testing.T) {
		t.Parallel()
		s := newShell(t)
		s.archived(4)
		_, end := s.begin("replay", "start", "log", "--rate", "2")
		id := s.becomes("it is under way", func(r replayed) bool { return r.State == "running" }).ID
		s.ok("replay", "pause", id)
		code, _, stderr := end()
		assert.Equal(t, 1, code)
		assert.Contains(t, stderr, "paused")
		assert.Less(t, s.newest().Sent, int64(8))
	})
	t.Run("an export that was stopped is whole when it is resumed, and the server leaves it alone", func(t *testing.T) {
		t.Parallel()
		s := newShell(t)
		s.archived(4)
		file := filepath.Join(t.TempDir(), "events.ndjson")
		stop, end := s.begin("replay", "start", "export", "--out", file, "--rate", "2")
		id := s.becomes("it is under way", func(r replayed) bool { return r.Sent > 0 }).ID
		stop()
		end()
		torn, err := os.OpenFile(file, os.O_WRONLY|os.O_APPEND, 0)
		require.NoError(t, err)
		_, err = torn.WriteString(`{"specversion":"1.0","id":"half an ev`)
		require.NoError(t, err)
		require.NoError(t, torn.Close())
		stopServer := s.serve()
		code, _, stderr := s.run("replay", "resume", id)
		assert.Equal(t, 2, code, stderr)
		code, _, stderr = s.run("replay", "resume", id, "--out", file)
		require.Zero(t, code, stderr)
		stopServer()
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		code, stdout, stderr := s.run("replay", "start", "log")
		require.Zero(t, code, stderr)
		assert.Equal(t, stdout, string(content))
		assert.Equal(t, 8, strings.Count(stdout, "\n"))
	})
}

func TestARebuildBesideAServer(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	for i := range 8 {
		s.ok("cart", "add", s.open("--owner", fmt.Sprint("i|", i%3)), "tea")
	}
	ctx, stop := context.WithCancel(t.Context())
	var beside sync.WaitGroup
	beside.Go(func() { // a server that stops and starts
		for ctx.Err() == nil {
			stopServer := s.serve()
			select {
			case <-time.After(300 * time.Millisecond):
			case <-ctx.Done():
			}
			stopServer()
		}
	})
	beside.Go(func() { // shoppers
		for i := 0; i < 40 && ctx.Err() == nil; i++ {
			id := s.open()
			s.ok("cart", "add", id, "mug", "--quantity", fmt.Sprint(i+1))
		}
	})
	for i := range 6 { // an operator who does not wait
		stopRebuild, end := s.begin("views", "rebuild", "carts")
		time.AfterFunc(time.Duration(10+20*i)*time.Millisecond, stopRebuild)
		end()
	}
	code, stdout, stderr := s.run("views", "rebuild", "carts")
	require.Zero(t, code, stderr)
	assert.Contains(t, stdout, "of view carts is live")
	stop()
	beside.Wait()
	s.settle()
	carts := func() string { return s.ok("cart", "list", "--limit", "1000", "--json") }
	caughtUp := func() bool {
		var views []struct {
			LagSeconds float64 `json:"lag_seconds"`
			Parked     []any
		}
		require.NoError(t, json.Unmarshal([]byte(s.ok("views", "list", "--json")), &views))
		for _, v := range views {
			if v.LagSeconds > 0 || len(v.Parked) > 0 {
				return false
			}
		}
		return true
	}
	stopServer := s.serve()
	require.Eventually(t, caughtUp, time.Minute, 20*time.Millisecond)
	stopServer()
	rebuilt := carts()
	assert.Contains(t, rebuilt, `"items":1`)
	s.ok("views", "flip", "carts")
	assert.Equal(t, rebuilt, carts(), "the generation before lists the same carts")
}
