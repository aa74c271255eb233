package main_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"
)

// opened opens a cart with one item and returns its ID.
func opened(t *testing.T, url string) string {
	t.Helper()
	status, _, body, err := request(t.Context(), http.DefaultClient, http.MethodPost, url+"/carts", "", "")
	require.NoError(t, err)
	require.Equal(t, http.StatusCreated, status, "%s", body)
	var cart struct{ ID string }
	require.NoError(t, json.Unmarshal(body, &cart))
	status, _, body, err = request(t.Context(), http.DefaultClient, http.MethodPost, url+"/carts/"+cart.ID+"/items", "", `{"item":"tea"}`)
	require.NoError(t, err)
	require.Equal(t, http.StatusCreated, status, "%s", body)
	return cart.ID
}

const runsPipeline = "this process runs the pipeline"

func TestTwoServersOnOneFolder(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	first := serve(t, data)
	eventually(t, "the first runs the pipeline", func() bool { return strings.Contains(first.stderr.String(), runsPipeline) })
	second := serve(t, data)
	eventually(t, "the second waits", func() bool { return strings.Contains(second.stderr.String(), "another process runs the pipeline") })
	a, b := opened(t, first.url), opened(t, second.url)
	storiesOf(t, first, a, b).areListed(t, data)
	first.kill()
	c := opened(t, second.url)
	eventually(t, "the second takes over", func() bool { return strings.Contains(second.stderr.String(), runsPipeline) })
	all := storiesOf(t, second, a, b, c)
	all.areArchived(t, data)
	all.areListed(t, data)
}

func TestTheCommandLineBesideAServer(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := serve(t, data)
	id := opened(t, s.url)
	code, _, stderr := run(t, "cart", "add", id, "mug", "--data", data)
	require.Zero(t, code, stderr)
	committed := time.Now()
	all := storiesOf(t, s, id)
	require.Len(t, all[id].events, 3, "the server sees what the command line wrote")
	all.areArchived(t, data)
	// On one machine the archive has an event within 2 s of its commit; the rest is
	// what this test itself takes on a busy machine.
	assert.Less(t, time.Since(committed), 10*time.Second)
	all.areListed(t, data)
}

func TestWhatKeepsAServerFromStarting(t *testing.T) {
	t.Parallel()
	// fails runs `serve` and expects exit code 1 and one line that names all of want.
	fails := func(t *testing.T, args []string, want ...string) {
		t.Helper()
		code, stdout, stderr := run(t, append([]string{"serve"}, args...)...)
		assert.Equal(t, 1, code)
		assert.Empty(t, stdout)
		said := strings.Split(strings.TrimSpace(stderr), "\n")
		last := said[len(said)-1]
		assert.True(t, strings.HasPrefix(last, "evercart: "), stderr)
		for _, w := range want {
			assert.Contains(t, last, w)
		}
		assert.NotContains(t, stderr, "goroutine")
		assert.NotContains(t, stderr, runsPipeline, "what does not start begins nothing")
	}
	t.Run("a port in use", func(t *testing.T) {
		t.Parallel()
		s := serve(t, t.TempDir())
		fails(t, []string{"--data", t.TempDir(), "--addr", strings.TrimPrefix(s.url, "http://")}, "address already in use", "--addr")
	})
	t.Run("a data folder that is a file", func(t *testing.T) {
		t.Parallel()
		file := filepath.Join(t.TempDir(), "file")
		require.NoError(t, os.WriteFile(file, nil, 0o600))
		fails(t, []string{"--data", file, "--addr", "127.0.0.1:0"}, file, "--data")
	})
	t.Run("a database from a newer version", func(t *testing.T) {
		t.Parallel()
		data := t.TempDir()
		require.Zero(t, serve(t, data).terminate())
		path := filepath.Join(data, "events.db")
		db, err := sql.Open("sqlite", path)
		require.NoError(t, err)
		_, err = db.ExecContext(t.Context(), "PRAGMA user_version = 99")
		require.NoError(t, err)
		require.NoError(t, db.Close())
		fails(t, []string{"--data", data, "--addr", "127.0.0.1:0"}, path, "version 99", "newer program")
	})
	t.Run("garbage in a database's place", func(t *testing.T) {
		t.Parallel()
		data := t.TempDir()
		path := filepath.Join(data, "feed.db")
		require.NoError(t, os.WriteFile(path, []byte(strings.Repeat("garbage ", 1000)), 0o600))
		fails(t, []string{"--data", data, "--addr", "127.0.0.1:0"}, path)
	})
	t.Run("but no corrupt file in the archive", func(t *testing.T) {
		t.Parallel()
		data := t.TempDir()
		hour := filepath.Join(data, "archive", "events", "date=2026-01-01", "hour=00")
		require.NoError(t, os.MkdirAll(hour, 0o750))
		require.NoError(t, os.WriteFile(filepath.Join(hour, "0-a1-a2.ndjson.gz"), []byte("cut"), 0o600))
		s := serve(t, data)
		id := opened(t, s.url)
		storiesOf(t, s, id).areListed(t, data)
	})
}

func TestNonsenseDoesNoHarm(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	address := strings.TrimPrefix(s.url, "http://")
	for _, nonsense := range []string{
		"\x16\x03\x01\x02\x00\x01\x00", "GET\r\n\r\n", strings.Repeat("\x00", 10_000), "POST /carts HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
		"GET / HTTP/9.9\r\n\r\n", "POST /carts HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n", "GET /carts/%zz HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: x\r\nA: " + strings.Repeat("a", 1<<20) + "\r\n\r\n",
	} {
		c, err := net.DialTimeout("tcp", address, patience) //nolint:noctx // bounded by itself
		require.NoError(t, err)
		require.NoError(t, c.SetDeadline(time.Now().Add(patience)))
		_, _ = io.WriteString(c, nonsense) // the server may hang up in the middle
		if half, ok := c.(*net.TCPConn); ok {
			_ = half.CloseWrite()
		}
		answer, _ := io.ReadAll(c)
		assert.NotContains(t, string(answer), " 500 ", "%q", nonsense[:min(len(nonsense), 40)])
		require.NoError(t, c.Close())
		opened(t, s.url)
	}
	assert.NotContains(t, s.stderr.String(), "panic")
}

// A process whose files may not grow has a full disk as far as it can tell.
func TestAFullDisk(t *testing.T) {
	t.Parallel()
	prlimit, err := exec.LookPath("prlimit")
	require.NoError(t, err, "prlimit of util-linux")
	data := t.TempDir()
	s := serve(t, data)
	id := opened(t, s.url)
	limit := func(bytes string) {
		out, err := exec.CommandContext(t.Context(), prlimit, "--pid", fmt.Sprint(s.cmd.Process.Pid), "--fsize="+bytes).CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	add := func(n int) (int, http.Header) {
		body := fmt.Sprintf(`{"item":"item %d"}`, n)
		status, header, _, err := request(t.Context(), http.DefaultClient, http.MethodPost, s.url+"/carts/"+id+"/items", "", body)
		require.NoError(t, err)
		return status, header
	}
	limit("100:unlimited")
	status, header := add(1)
	assert.Equal(t, http.StatusServiceUnavailable, status)
	assert.NotEmpty(t, header.Get("Retry-After"))
	limit("unlimited:unlimited")
	eventually(t, "room again", func() bool { status, _ := add(2); return status == http.StatusCreated || status == http.StatusConflict })
	all := storiesOf(t, s, id)
	for _, wire := range all[id].wire {
		assert.NotContains(t, wire, "item 1", "what was answered with 503 is not half there")
	}
	all.areArchived(t, data)
	all.areListed(t, data)
}
