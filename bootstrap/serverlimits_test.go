package bootstrap

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pipes is a listener whose connections are made in the process, so that a
// bubble's time is theirs, too.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { close(p.done); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// withServer runs the server as serve has it in a bubble of its own, before a
// handler that reads the whole body, and hands visit a connection to it.
func withServer(t *testing.T, visit func(t *testing.T, conn net.Conn)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		server := newServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, err := io.ReadAll(r.Body); err != nil {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
			_, _ = io.WriteString(w, "read")
		}), slog.New(slog.DiscardHandler))
		listener := &pipes{conns: make(chan net.Conn), done: make(chan struct{})}
		ended := make(chan error, 1)
		go func() { ended <- server.Serve(listener) }()
		ours, theirs := net.Pipe()
		listener.conns <- theirs
		visit(t, ours)
		_ = ours.Close() // it may be closed already
		require.NoError(t, server.Close())
		require.ErrorIs(t, <-ended, http.ErrServerClosed)
	})
}

// heldFor returns how long the server holds the connection before it hangs up.
func heldFor(conn net.Conn) time.Duration {
	began := time.Now()
	_, _ = io.Copy(io.Discard, conn) // until it hangs up
	return time.Since(began)
}

func TestTheServerLimitsItsClients(t *testing.T) {
	t.Parallel()
	t.Run("one that never ends its header loses its connection", func(t *testing.T) {
		t.Parallel()
		withServer(t, func(t *testing.T, conn net.Conn) {
			_, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ")
			require.NoError(t, err)
			assert.InDelta(t, readHeaderTimeout.Seconds(), heldFor(conn).Seconds(), 1)
		})
	})
	t.Run("one that never ends its body loses its connection", func(t *testing.T) {
		t.Parallel()
		withServer(t, func(t *testing.T, conn net.Conn) {
			_, err := io.WriteString(conn, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf")
			require.NoError(t, err)
			assert.InDelta(t, readTimeout.Seconds(), heldFor(conn).Seconds(), 1)
		})
	})
	t.Run("one that says nothing any more loses its connection", func(t *testing.T) {
		t.Parallel()
		withServer(t, func(t *testing.T, conn net.Conn) {
			_, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
			require.NoError(t, err)
			answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
			require.NoError(t, err)
			require.NoError(t, answer.Body.Close())
			assert.Equal(t, http.StatusOK, answer.StatusCode)
			assert.InDelta(t, idleTimeout.Seconds(), heldFor(conn).Seconds(), 1)
		})
	})
	t.Run("a header that is too large is refused", func(t *testing.T) {
		t.Parallel()
		withServer(t, func(t *testing.T, conn net.Conn) {
			go func() {
				// The server may hang up before it has read all of it.
				_, _ = fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: a\r\nX-Large: %s\r\n\r\n", strings.Repeat("x", 2*maxHeaderBytes))
			}()
			answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
			require.NoError(t, err)
			require.NoError(t, answer.Body.Close())
			assert.Equal(t, http.StatusRequestHeaderFieldsTooLarge, answer.StatusCode)
			assert.Less(t, heldFor(conn), time.Second)
		})
	})
}
