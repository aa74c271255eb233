package main_test

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRudeClients(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := serve(t, data)
	id := s.must(t, openCart()).ID
	t.Cleanup(func() { // when all of them are done
		assert.Equal(t, 1, operateCart(t, data, "show", id).Version)
		assert.Len(t, list(t, data), 2, "one was opened by somebody polite, and one to begin with")
		assert.Zero(t, s.terminate())
		assert.Empty(t, s.errors())
	})
	t.Run("that send half a head lose their connection", func(t *testing.T) {
		t.Parallel()
		conn := s.dial(t)
		_, err := io.WriteString(conn, "POST /carts HTTP/1.1\r\nHost: evercart\r\n")
		require.NoError(t, err)
		isHungUpOn(t, conn, 15*time.Second)
	})
	t.Run("that send their head byte by byte lose their connection", func(t *testing.T) {
		t.Parallel()
		conn := s.dial(t)
		go func() {
			drip := time.NewTicker(50 * time.Millisecond)
			defer drip.Stop()
			for range drip.C {
				if _, err := io.WriteString(conn, "A"); err != nil {
					return
				}
			}
		}()
		isHungUpOn(t, conn, 15*time.Second)
	})
	t.Run("that never send their body lose their connection, and their wish is not recorded", func(t *testing.T) {
		t.Parallel()
		f := s.begin(t, addItem(id, "late", 1))
		isHungUpOn(t, f.conn, 25*time.Second)
	})
	t.Run("that send a head beyond all measure are told so", func(t *testing.T) {
		t.Parallel()
		conn := s.dial(t)
		go func() { // the server hangs up in the middle of it
			_, _ = fmt.Fprintf(conn, "GET /healthz HTTP/1.1\r\nHost: evercart\r\nA: %s\r\n\r\n", strings.Repeat("a", 40<<10))
		}()
		got, err := http.ReadResponse(bufio.NewReader(conn), nil)
		require.NoError(t, err)
		defer got.Body.Close()
		assert.Equal(t, http.StatusRequestHeaderFieldsTooLarge, got.StatusCode)
	})
	t.Run("that send garbage behind a request get its answer and no other", func(t *testing.T) {
		t.Parallel()
		conn := s.dial(t)
		_, err := io.WriteString(conn, "GET /healthz HTTP/1.1\r\nHost: evercart\r\n\r\nGET /healthz HTTP/1.1\r\nHost: evercart\r\n\r\n\x00\xff garbage\r\n\r\n")
		require.NoError(t, err)
		in := bufio.NewReader(conn)
		for _, want := range []int{http.StatusOK, http.StatusOK, http.StatusBadRequest} {
			got, err := http.ReadResponse(in, nil)
			require.NoError(t, err)
			assert.Equal(t, want, got.StatusCode)
			_, err = io.ReadAll(got.Body)
			require.NoError(t, err)
			require.NoError(t, got.Body.Close())
		}
		_, err = in.ReadByte()
		assert.ErrorIs(t, err, io.EOF)
	})
	t.Run("that try to smuggle a second request in fail", func(t *testing.T) {
		t.Parallel()
		const second = "POST /carts HTTP/1.1\r\nHost: evercart\r\n\r\n"
		for _, head := range []string{
			"Content-Length: 0\r\nContent-Length: 5\r\n", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
			"Transfer-Encoding: xchunked\r\n", "Content-Length: +3\r\n", "Content-Length : 3\r\n", " Content-Length: 3\r\n",
		} {
			conn := s.dial(t)
			_, err := fmt.Fprintf(conn, "GET /healthz HTTP/1.1\r\nHost: evercart\r\n%s\r\n%s", head, second)
			require.NoError(t, err)
			answers, _ := io.ReadAll(conn) // it may be reset
			assert.NotContains(t, string(answers), "201 Created", "%q", head)
		}
	})
	t.Run("that send whatever comes to mind get no 500", func(t *testing.T) {
		t.Parallel()
		seed := rand.Uint64()
		r := rand.New(rand.NewPCG(seed, 0))
		for range 200 {
			conn := s.dial(t)
			_, _ = conn.Write(nonsense(r)) // the server may hang up in the middle
			require.NoError(t, conn.(*net.TCPConn).CloseWrite())
			answers, _ := io.ReadAll(conn) // it may be reset
			assert.NotContains(t, string(answers), "500 Internal", "seed %d", seed)
		}
	})
	t.Run("that connect and say nothing leave room for others", func(t *testing.T) {
		t.Parallel()
		for range 300 {
			s.dial(t)
		}
		s.must(t, setItem(s.must(t, addItem(s.must(t, openCart()).ID, "tea", 1)).ID, "tea", 2))
	})
}

// isHungUpOn waits until the server closes the connection.
func isHungUpOn(t *testing.T, conn net.Conn, limit time.Duration) {
	t.Helper()
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(limit)))
	said, err := io.ReadAll(conn)
	var late net.Error
	if err != nil {
		require.ErrorAs(t, err, &late)
		require.False(t, late.Timeout(), "it is still connected after %v", limit)
	}
	assert.NotContains(t, string(said), "HTTP/1.1 2", "an answer as if all were well")
}

// nonsense is a request with some of its bytes changed, or none at all.
func nonsense(r *rand.Rand) []byte {
	b := []byte("PATCH /carts/0190a5e0-7a2b-7c3d-8e4f-5a6b7c8d9e0f/items?x=1 HTTP/1.1\r\nHost: evercart\r\n" +
		"Content-Type: application/json\r\nIf-Match: \"1\"\r\nContent-Length: 27\r\n\r\n{\"item\":\"tea\",\"quantity\":2}")
	if r.IntN(4) == 0 {
		b = b[:r.IntN(len(b))]
	}
	for range r.IntN(10) {
		if len(b) > 0 {
			b[r.IntN(len(b))] = byte(r.Uint32())
		}
	}
	return b
}
