package cli_test

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/filearchive"
	"github.com/evercart/evercart/bootstrap/cli"
	"github.com/evercart/evercart/ports"
)

// archived opens n carts with an item and puts their events into the archive, in
// an object for each, as a server would.
func (s *shell) archived(n int) {
	s.t.Helper()
	archive, err := filearchive.New(filepath.Join(s.data, "archive"))
	require.NoError(s.t, err)
	for i := range n {
		id := s.open()
		s.ok("cart", "add", id, "tea")
		var lines [][]byte
		for _, line := range strings.Split(strings.TrimSpace(s.ok("cart", "history", id, "--json")), "\n") {
			lines = append(lines, []byte(line))
		}
		at := ports.Position(strings.Repeat("0", 3) + string(rune('a'+i)))
		batch := ports.ArchiveBatch{Shard: "0", First: at, Last: at, Arrival: time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)}
		_, err := archive.WriteObject(s.t.Context(), batch, lines)
		require.NoError(s.t, err)
	}
}

func TestReplayOnTheCommandLine(t *testing.T) {
	t.Parallel()
	t.Run("prints every archived event, in the order of each stream", func(t *testing.T) {
		t.Parallel()
		s := newShell(t)
		s.archived(3)
		code, stdout, stderr := s.run("replay", "start", "log")
		require.Zero(t, code, stderr)
		lines := strings.Split(strings.TrimSpace(stdout), "\n")
		require.Len(t, lines, 6)
		assert.Contains(t, lines[0], "CartOpened")
		assert.Contains(t, lines[1], "ItemAdded")
		assert.Contains(t, stderr, "done")
	})
	t.Run("leaves out what the filter excludes", func(t *testing.T) {
		t.Parallel()
		s := newShell(t)
		s.archived(2)
		code, stdout, stderr := s.run("replay", "start", "log", "--type", "ItemAdded")
		require.Zero(t, code, stderr)
		assert.Equal(t, 2, strings.Count(stdout, "ItemAdded"))
		assert.NotContains(t, stdout, "CartOpened")
		code, stdout, stderr = s.run("replay", "start", "log", "--from", "2026-11-25T00:00:00Z")
		require.Zero(t, code, stderr)
		assert.Empty(t, stdout)
	})
	t.Run("counts, sizes and prices without sending with --dry-run", func(t *testing.T) {
		t.Parallel()
		s := newShell(t)
		s.archived(2)
		said := s.ok("replay", "start", "log", "--dry-run")
		for _, want := range []string{"would read 4 events of 2 objects", "send 4", "Nothing was sent", "S3", "SQS FIFO", "Lambda", "total", "as of"} {
			assert.Contains(t, said, want)
		}
		assert.Contains(t, s.ok("replay", "status"), "no replays")
	})
	t.Run("prices by a file, which says where its prices are from", func(t *testing.T) {
		t.Parallel()
		s := newShell(t)
		s.archived(2)
		prices := filepath.Join(t.TempDir(), "prices.json")
		write := func(text string) { require.NoError(t, os.WriteFile(prices, []byte(text), 0o600)) }
		plan := func(target string) (plan struct {
			Events, Sent int64
			AWS          struct {
				Region      string
				SQSRequests int64   `json:"sqs_requests"`
				Writes      int64   `json:"dynamodb_writes"`
				SQS         float64 `json:"sqs_usd"`
			}
		},
		) {
			said := s.ok("replay", "start", target, "--dry-run", "--json", "--prices", prices)
			require.NoError(t, json.Unmarshal([]byte(said), &plan))
			return plan
		}
		write(`{"region": "eu-central-1", "as_of": "2026-11-01", "sqs_per_million_requests": 1000000}`)
		p := plan("log")
		assert.Equal(t, []int64{4, 4, 3, 0}, []int64{p.Events, p.Sent, p.AWS.SQSRequests, p.AWS.Writes})
		assert.InDelta(t, 3, p.AWS.SQS, 1e-9)
		assert.Equal(t, "eu-central-1", p.AWS.Region)
		assert.Positive(t, plan("carts").AWS.Writes, "a view is written to")
		for _, bad := range []string{`{"sqs": 1}`, `{"s3_per_million_gets": -1}`, `{} {}`, `{"s3_per_million_gets": null}`, `prices`, ``} {
			write(bad)
			code, _, stderr := s.run("replay", "start", "log", "--dry-run", "--prices", prices)
			assert.Equal(t, 1, code, bad)
			assert.Contains(t, stderr, prices)
		}
	})
	t.Run("takes flags that go together only", func(t *testing.T) {
		t.Parallel()
		s := newShell(t)
		s.open()
		for _, args := range [][]string{
			{"log", "--dry-run", "--detach"},
			{"log", "--prices", "x"},
			{"log", "--rate", "-1"},
			{"log", "--out", "x"},
			{"export"},
			{"export", "--out", "x", "--detach"},
			{"log", "--from", "yesterday"},
			{"log", "--from", "2026-11-24T10:30:00Z"},
			{"log", "--from", "2026-11-24", "--to", "2026-11-24"},
			{"log", "--stream", "cart"},
		} {
			code, _, stderr := s.run(append([]string{"replay", "start"}, args...)...)
			assert.Equal(t, 2, code, "%v: %s", args, stderr)
		}
		code, _, stderr := s.run("replay", "start", "carts")
		assert.Equal(t, 1, code)
		assert.Contains(t, stderr, "evercart views rebuild carts")
	})
	t.Run("is watched and cannot be paused once it is done", func(t *testing.T) {
		t.Parallel()
		s := newShell(t)
		s.archived(1)
		code, _, stderr := s.run("replay", "start", "log")
		require.Zero(t, code, stderr)
		status := s.ok("replay", "status")
		assert.Contains(t, status, "done")
		id := strings.Fields(strings.Split(status, "\n")[1])[0]
		one := s.ok("replay", "status", id)
		assert.Contains(t, one, id)
		assert.Regexp(t, `(?m)^read +\d+ events?, from 1 of 1 object$`, one)
		assert.NotContains(t, one, "so far", "it is done")
		code, _, stderr = s.run("replay", "pause", id)
		assert.Equal(t, 1, code)
		assert.Contains(t, stderr, "done")
		code, stdout, stderr := s.run("replay", "resume", id)
		assert.Zero(t, code, stderr)
		assert.Empty(t, stdout, "nothing is sent again")
		code, _, stderr = s.run("replay", "status", "never")
		assert.Equal(t, 1, code)
		assert.Equal(t, "evercart: there is no replay \"never\"; 'evercart replay status' lists them\n", stderr)
	})
	t.Run("exports into a file, once, and goes on with it only where it was", func(t *testing.T) {
		t.Parallel()
		s := newShell(t)
		s.archived(3)
		file := filepath.Join(t.TempDir(), "events.ndjson")
		code, _, stderr := s.run("replay", "start", "export", "--out", file)
		require.Zero(t, code, stderr)
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Equal(t, 6, strings.Count(string(content), "\n"))
		code, _, stderr = s.run("replay", "start", "export", "--out", file)
		assert.Equal(t, 1, code)
		assert.Contains(t, stderr, "is there already")
	})
	t.Run("that another command carried out into its own file is not said to be in this one", func(t *testing.T) {
		t.Parallel()
		s := newShell(t)
		s.archived(2)
		file := filepath.Join(t.TempDir(), "events.ndjson")
		code, _, stderr := s.run("replay", "start", "export", "--out", file)
		require.Zero(t, code, stderr)
		id := s.newest().ID
		code, _, stderr = s.run("replay", "resume", id, "--out", file)
		require.Zero(t, code, stderr)
		code, _, stderr = s.run("replay", "resume", id, "--out", file+".2")
		assert.Equal(t, 1, code)
		assert.Equal(t, "evercart: "+file+".2 has 0 events, and replay "+id+", which is done, sent 4: it is not the file of this replay\n", stderr)
		assert.NoFileExists(t, file+".2")
	})
	t.Run("that cannot write its file is no replay", func(t *testing.T) {
		t.Parallel()
		s := newShell(t)
		s.archived(1)
		code, _, stderr := s.run("replay", "start", "export", "--out", filepath.Join(t.TempDir(), "no", "folder"))
		assert.Equal(t, 1, code)
		assert.Contains(t, stderr, "no such file")
		assert.Contains(t, s.ok("replay", "status"), "no replays")
	})
	t.Run("that is aborted names the file with what it has, and how to go on", func(t *testing.T) {
		t.Parallel()
		s := newShell(t)
		s.archived(4)
		file := filepath.Join(t.TempDir(), "my events.ndjson")
		stop, end := s.begin("replay", "start", "export", "--out", file, "--rate", "2")
		id := s.becomes("it is under way", func(r replayed) bool { return r.Sent > 0 }).ID
		stop()
		code, _, stderr := end()
		assert.Equal(t, 1, code)
		assert.Contains(t, stderr, file+" has the first ")
		assert.Contains(t, stderr, "replay resume "+id+" --out '"+file+"'")
		s.ok("replay", "resume", id, "--out", file)
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Equal(t, 8, strings.Count(string(content), "\n"))
	})
	t.Run("that cannot print any more is paused, and says how it goes on", func(t *testing.T) {
		t.Parallel()
		s := newShell(t)
		s.archived(2)
		var errs bytes.Buffer
		assert.Equal(t, 1, cli.Main(t.Context(), "evercart", []string{"replay", "start", "log"}, []string{"EVERCART_DATA=" + s.data}, brokenPipe{}, &errs))
		job := s.newest()
		assert.Equal(t, "paused", job.State, "or a server would go on with it")
		assert.Contains(t, errs.String(), "'evercart replay resume "+job.ID+"' goes on")
		assert.Contains(t, errs.String(), "printing: ")
	})
	t.Run("that goes on in a file of something else stays paused", func(t *testing.T) {
		t.Parallel()
		s := newShell(t)
		s.archived(4)
		stop, end := s.begin("replay", "start", "export", "--out", filepath.Join(t.TempDir(), "events.ndjson"), "--rate", "2")
		id := s.becomes("it is under way", func(r replayed) bool { return r.Sent > 0 }).ID
		stop()
		end()
		letter := filepath.Join(t.TempDir(), "letter")
		require.NoError(t, os.WriteFile(letter, []byte("Dear shopper,"), 0o600))
		code, _, stderr := s.run("replay", "resume", id, "--out", letter)
		assert.Equal(t, 1, code)
		assert.Contains(t, stderr, id)
		assert.Contains(t, stderr, "is no export")
		assert.Equal(t, "paused", s.newest().State)
	})
	t.Run("refuses a target that there is not", func(t *testing.T) {
		t.Parallel()
		s := newShell(t)
		s.open()
		code, _, stderr := s.run("replay", "start", "nobody")
		assert.Equal(t, 2, code)
		assert.Contains(t, stderr, `no replay target "nobody"; there are log, export`)
	})
	t.Run("goes on after an object that it cannot read, names it, and fails", func(t *testing.T) {
		t.Parallel()
		s := newShell(t)
		s.archived(2)
		hour := filepath.Join(s.data, "archive", "events", "date=2026-11-24", "hour=10")
		require.NoError(t, os.WriteFile(filepath.Join(hour, "0-000aa-000aa.ndjson.gz"), []byte("cut"), 0o600))
		code, stdout, _ := s.run("replay", "start", "log")
		assert.Equal(t, 4, strings.Count(stdout, "\n"))
		assert.Contains(t, s.ok("quarantine", "list"), "0-000aa-000aa.ndjson.gz")
		assert.Equal(t, 1, code)
	})
}

// brokenPipe is an output that nobody reads.
type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestViewsInGenerations(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.archived(3)
	live := func() map[string]int {
		var lines []struct {
			View       string
			Generation int
			Live       bool
		}
		require.NoError(t, json.Unmarshal([]byte(s.ok("views", "list", "--json")), &lines))
		out := map[string]int{}
		for _, l := range lines {
			if l.Live {
				out[l.View] = l.Generation
			}
		}
		return out
	}
	code, stdout, stderr := s.run("views", "rebuild", "carts")
	require.Zero(t, code, stderr)
	assert.Contains(t, stdout, "generation 2 of view carts is live")
	assert.Equal(t, 2, live()["carts"])
	assert.Equal(t, 3, strings.Count(s.ok("cart", "list"), "open"))
	assert.Contains(t, s.ok("views", "flip", "carts"), "generation 1 of view carts is live")
	assert.Equal(t, 1, live()["carts"])
	assert.Contains(t, s.ok("views", "flip", "carts", "2"), "generation 2 of view carts is live")
	for command, want := range map[string]int{"views flip carts 9": 1, "views rebuild cars": 2} {
		code, _, stderr := s.run(strings.Fields(command)...)
		assert.Equal(t, want, code, command)
		assert.NotEmpty(t, stderr)
	}
}

func TestRetiringGenerations(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.archived(3)
	code, _, stderr := s.run("views", "rebuild", "carts")
	require.Zero(t, code, stderr)
	assert.Equal(t, "no generation is to be retired\n", s.ok("views", "retire"), "a flip may yet be taken back")
	assert.Regexp(t, `(?m)^carts +1 +no `, s.ok("views", "list"))
	s.env = append(s.env, "EVERCART_KEEP_GENERATIONS=0s")
	assert.Equal(t, "generation 1 of view carts is retired\n", s.ok("views", "retire"))
	assert.NotRegexp(t, `(?m)^carts +1 `, s.ok("views", "list"))
	assert.Equal(t, 3, strings.Count(s.ok("cart", "list"), "open"))
	assert.JSONEq(t, `[]`, s.ok("views", "retire", "--json"))
	code, _, _ = s.run("views", "flip", "carts")
	assert.Equal(t, 1, code, "there is no way back any more")
}
