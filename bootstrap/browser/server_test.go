// Package browser_test tries the operator's page as `evercart serve` serves it, in a
// real browser. EVERCART_TEST_CHROMIUM is the browser's path, and EVERCART_TEST_AXE
// that of axe-core, which finds faults of accessibility.
package browser_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/evercart/evercart/bootstrap"
	"github.com/evercart/evercart/bootstrap/cli"
	"github.com/evercart/evercart/bootstrap/config"
)

// server is a running `evercart serve`.
type server struct {
	t    *testing.T
	url  string
	data string
	stop func()
}

// serve starts a server with a data folder of its own, on a free port.
func serve(t *testing.T, environment ...string) *server {
	t.Helper()
	s := &server{t: t, data: t.TempDir()}
	c, err := config.Load(append([]string{"EVERCART_DATA=" + s.data, "EVERCART_ADDR=127.0.0.1:0", "EVERCART_SHUTDOWN_TIMEOUT=20s"}, environment...))
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		_, err := bootstrap.RunUntilStopped(ctx, fx.Options(bootstrap.Serve(c, slog.New(slog.DiscardHandler), in), bootstrap.CalledAs("/opt/my shop/evercart")), time.Minute)
		_ = in.CloseWithError(err)
		ended <- err
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	s.url = regexp.MustCompile(`http://[0-9.:]+`).FindString(line)
	stopped := false
	s.stop = func() {
		if !stopped {
			stopped = true
			cancel()
			require.NoError(t, <-ended)
		}
	}
	t.Cleanup(s.stop)
	return s
}

// send sends a request as the operator does without a token, and returns the answer.
func (s *server) send(method, path, body string) map[string]any {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, bytes.NewBufferString(body))
	require.NoError(s.t, err)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Correlation-ID", "breakfast")
	answer, err := http.DefaultClient.Do(r)
	require.NoError(s.t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(s.t, err)
	require.Less(s.t, answer.StatusCode, 300, "%s %s: %s", method, path, text)
	var value map[string]any
	require.NoError(s.t, json.Unmarshal(text, &value))
	return value
}

// cart opens a cart, puts items into it, and returns its ID.
func (s *server) cart(items ...string) string {
	s.t.Helper()
	id := s.send("POST", "/operator/carts", "{}")["id"].(string)
	for _, item := range items {
		s.add(id, item)
	}
	return id
}

func (s *server) add(id, item string) {
	s.t.Helper()
	s.send("POST", "/operator/carts/"+id+"/items", `{"item":"`+item+`","quantity":2,"unit_price":{"amount":499,"currency":"EUR"}}`)
}

// evercart runs a command line on the server's folder.
func (s *server) evercart(args ...string) {
	s.t.Helper()
	var out, errs bytes.Buffer
	code := cli.Main(s.t.Context(), "evercart", args, []string{"EVERCART_DATA=" + s.data}, &out, &errs)
	require.Zero(s.t, code, errs.String())
}
