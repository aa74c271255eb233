package bootstrap

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkHTTPAddItemOnSQLite64Connections posts items over real HTTP on the
// loopback, 64 connections at once. The reference is the same server on the memory
// backend.
func BenchmarkHTTPAddItemOnSQLite64Connections(b *testing.B) {
	compare(b, "requests", 0.5, httpSlices(b, BackendSQLite, 64), httpSlices(b, BackendMemory, 64))
}

func httpSlices(b *testing.B, backend string, connections int) func() float64 {
	in := openInstallation(b, backend)
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // a test's listener
	require.NoError(b, err)
	ended := make(chan error, 1)
	go func() { ended <- in.server.Serve(listener) }()
	browsers := make([]*browser, connections)
	for i := range browsers {
		conn, err := net.Dial("tcp", listener.Addr().String()) //nolint:noctx // a test's connection
		require.NoError(b, err)
		browsers[i] = &browser{conn: conn, in: bufio.NewReader(conn)}
	}
	b.Cleanup(func() {
		for _, x := range browsers {
			require.NoError(b, x.conn.Close())
		}
		require.NoError(b, in.server.Close())
		require.ErrorIs(b, <-ended, http.ErrServerClosed)
	})
	return func() float64 {
		return slice(b, connections, func(i int) error { return browsers[i].request() })
	}
}

// browser fills one cart after the other over one connection. It is a client by
// hand, so that it costs little beside the server.
type browser struct {
	conn net.Conn
	in   *bufio.Reader
	out  []byte
	cart string // path of the cart
	sent int    // requests for this cart
}

func (x *browser) request() error {
	path, body := "/carts", "{}"
	if x.sent > 0 {
		path, body = x.cart+"/items", `{"item":"`+benchItem(x.sent)+`","quantity":2,"unit_price":{"amount":1299,"currency":"EUR"}}`
	}
	x.out = fmt.Appendf(x.out[:0], "POST %s HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", path, len(body), body)
	if _, err := x.conn.Write(x.out); err != nil {
		return err
	}
	location, err := x.answer()
	if err != nil {
		return err
	}
	if x.sent == 0 {
		x.cart = location
	}
	x.sent = (x.sent + 1) % (benchLines + 1)
	return nil
}

// answer reads one answer, which must be 201, and returns its Location.
func (x *browser) answer() (location string, err error) {
	length := -1
	for first := true; ; first = false {
		line, err := x.in.ReadSlice('\n')
		if err != nil {
			return "", err
		}
		line = bytes.TrimRight(line, "\r\n")
		name, value, _ := strings.Cut(string(line), ": ")
		switch {
		case first && !bytes.HasPrefix(line, []byte("HTTP/1.1 201 ")):
			return "", errors.New(string(line))
		case name == "Location":
			location = value
		case name == "Content-Length":
			if length, err = strconv.Atoi(value); err != nil {
				return "", err
			}
		case len(line) == 0 && !first:
			_, err := io.CopyN(io.Discard, x.in, int64(length))
			return location, err
		}
	}
}
