package main_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// inFlight is a request of which the server waits for the body.
type inFlight struct {
	conn net.Conn
	in   *bufio.Reader
	wish wish
}

// dial opens a connection to the server, which ends with the test.
func (s *server) dial(t *testing.T) net.Conn {
	t.Helper()
	var dialer net.Dialer
	conn, err := dialer.DialContext(t.Context(), "tcp", strings.TrimPrefix(s.url, "http://"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(patience)))
	return conn
}

// begin sends a request without its body, and waits until the server asks for it.
func (s *server) begin(t *testing.T, w wish) *inFlight {
	t.Helper()
	f := &inFlight{conn: s.dial(t), wish: w}
	f.in = bufio.NewReader(f.conn)
	_, err := fmt.Fprintf(f.conn, "%s %s HTTP/1.1\r\nHost: evercart\r\nContent-Type: application/json\r\nContent-Length: %d\r\nIdempotency-Key: %s\r\nExpect: 100-continue\r\n\r\n",
		w.method, w.path, len(w.body), w.key)
	require.NoError(t, err)
	line, err := f.in.ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "HTTP/1.1 100 Continue\r\n", line)
	line, err = f.in.ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "\r\n", line)
	return f
}

// finish sends the body and returns the answer.
func (f *inFlight) finish(t *testing.T) *answer {
	t.Helper()
	_, err := io.WriteString(f.conn, f.wish.body)
	require.NoError(t, err)
	got, err := http.ReadResponse(f.in, nil)
	require.NoError(t, err)
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	require.NoError(t, err)
	return &answer{status: got.StatusCode, header: got.Header, content: body}
}

// refusesConnections waits until nobody listens at the server's address.
func (s *server) refusesConnections(t *testing.T) {
	t.Helper()
	within(t, patience, "connections are refused", func() error {
		var dialer net.Dialer
		conn, err := dialer.DialContext(t.Context(), "tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			return nil
		}
		_ = conn.Close()
		return errNotYet
	})
}

func TestRequestsInFlight(t *testing.T) {
	t.Parallel()
	t.Run("finish with their proper answer when the server is told to stop", func(t *testing.T) {
		t.Parallel()
		data := t.TempDir()
		s := serve(t, data)
		id := s.must(t, openCart()).ID
		var flying []*inFlight
		for _, item := range pool {
			flying = append(flying, s.begin(t, addItem(id, item, 3)))
		}
		require.NoError(t, s.cmd.Process.Signal(syscall.SIGTERM))
		s.refusesConnections(t)
		for i, f := range flying {
			got := f.finish(t)
			require.Equal(t, http.StatusCreated, got.status, got)
			c, err := got.cart()
			require.NoError(t, err)
			assert.Equal(t, 2+i, c.Version)
		}
		s.wait()
		assert.Zero(t, s.cmd.ProcessState.ExitCode())
		assert.Empty(t, s.errors())
		require.NoError(t, s.says("stopping: requests in flight finish first"))
		require.NoError(t, s.says(`"msg":"stopped"`))

		s = serve(t, data)
		h := readStory(t, s, id)
		assert.Len(t, h.events, 1+len(pool))
		assert.Zero(t, stories{id: h}.areArchived(t, data))
	})
	t.Run("are cut off at once by a second signal, whatever time there is for stopping", func(t *testing.T) {
		t.Parallel()
		s := serve(t, t.TempDir(), "EVERCART_SHUTDOWN_TIMEOUT=5m")
		s.begin(t, addItem(s.must(t, openCart()).ID, "tea", 3))
		require.NoError(t, s.cmd.Process.Signal(syscall.SIGINT))
		s.refusesConnections(t)
		within(t, patience, "a second signal ends it", func() error {
			_ = s.cmd.Process.Signal(syscall.SIGINT) // those soon after the first count as the same
			return s.says("ended at once, by a second signal")
		})
		s.wait()
		assert.Equal(t, 1, s.cmd.ProcessState.ExitCode())
	})
	t.Run("finish also when one wish to stop comes as several signals", func(t *testing.T) {
		t.Parallel()
		s := serve(t, t.TempDir())
		f := s.begin(t, addItem(s.must(t, openCart()).ID, "tea", 3))
		for range 3 {
			require.NoError(t, s.cmd.Process.Signal(syscall.SIGTERM))
		}
		s.refusesConnections(t)
		assert.Equal(t, http.StatusCreated, f.finish(t).status)
		s.wait()
		assert.Zero(t, s.cmd.ProcessState.ExitCode(), s.stderr)
	})
	t.Run("are cut off when the time for stopping is over, and leave nothing behind", func(t *testing.T) {
		t.Parallel()
		data := t.TempDir()
		s := serve(t, data, "EVERCART_SHUTDOWN_TIMEOUT=200ms")
		id := s.must(t, openCart()).ID
		f := s.begin(t, addItem(id, "tea", 3))
		begun := time.Now()
		assert.Zero(t, s.terminate())
		assert.Less(t, time.Since(begun), 10*time.Second)
		require.NoError(t, s.says("requests were still in flight and are cut off"))
		_, err := f.in.ReadByte()
		require.Error(t, err, "an answer")
		assert.Equal(t, 1, operateCart(t, data, "show", id).Version)
	})
}

func TestARestart(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	id := ""
	for restart := range 3 {
		s := serve(t, data)
		if restart == 0 {
			id = s.must(t, openCart()).ID
		} else {
			s.must(t, addItem(id, pool[restart], 1))
		}
		h := stories{id: readStory(t, s, id)}
		assert.Zero(t, h.areArchived(t, data), "what was archived is archived again")
		h.areListed(t, data)
		assert.Zero(t, s.terminate())
		assert.Empty(t, s.errors())
	}
}
