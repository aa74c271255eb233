package main_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// binary is the program under test, built once for all tests of this package.
var binary = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "evercart")
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, "evercart")
	build := exec.Command("go", "build", "-o", path, ".")
	build.Stderr = os.Stderr
	return path, build.Run()
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := binary(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// patience bounds every wait of these tests.
const patience = 60 * time.Second

// server is one run of `evercart serve`.
type server struct {
	t      *testing.T
	cmd    *exec.Cmd
	url    string
	stderr *lines
	exited chan error
}

// command returns a command of the program, in a clean environment.
func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	path, err := binary()
	require.NoError(t, err)
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), path, args...)
	cmd.Env = []string{"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}
	return cmd
}

// serve starts a server on a folder and waits until it says where it listens.
func serve(t *testing.T, data string, environment ...string) *server {
	t.Helper()
	return serveAt(t, "127.0.0.1:0", data, environment...)
}

// serveAt starts a server at an address.
func serveAt(t *testing.T, address, data string, environment ...string) *server {
	t.Helper()
	program, err := binary()
	require.NoError(t, err)
	return serveProgram(t, program, address, data, environment...)
}

// serveProgram starts a program's server at an address.
func serveProgram(t *testing.T, program, address, data string, environment ...string) *server {
	t.Helper()
	s := &server{t: t, cmd: command(t, "serve", "--addr", address, "--data", data), stderr: &lines{}, exited: make(chan error, 1)}
	s.cmd.Path = program
	s.cmd.Env = append(s.cmd.Env, environment...)
	s.cmd.Stderr = s.stderr
	out, err := s.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, s.cmd.Start())
	t.Cleanup(s.kill)
	said := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(out).ReadString('\n') // an end without a line is told below
		said <- line
		_, _ = io.Copy(io.Discard, out)
		s.exited <- s.cmd.Wait()
	}()
	select {
	case line := <-said:
		_, rest, ok := strings.Cut(line, "Evercart listens on ")
		require.True(t, ok, "stdout %q, stderr %s", line, s.stderr)
		s.url, _, _ = strings.Cut(rest, " ")
	case <-time.After(patience):
		t.Fatal("the server does not start: ", s.stderr)
	}
	return s
}

// kill ends the server by SIGKILL, if it runs, and waits for its end.
func (s *server) kill() {
	_ = s.cmd.Process.Kill() // it may have ended
	s.wait()
}

// terminate ends the server by SIGTERM and returns its exit code.
func (s *server) terminate() int {
	s.t.Helper()
	require.NoError(s.t, s.cmd.Process.Signal(syscall.SIGTERM))
	s.wait()
	return s.cmd.ProcessState.ExitCode()
}

func (s *server) wait() {
	select {
	case err := <-s.exited:
		s.exited <- err
	case <-time.After(patience):
		s.t.Error("the server does not end: ", s.stderr)
	}
}

// lines is what a process printed.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// run runs a command to its end and returns its exit code and what it printed.
func run(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	cmd := command(t, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	_ = cmd.Run() // the exit code says it
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

// request sends one request and returns the answer's status, headers and body.
func request(ctx context.Context, client *http.Client, method, url, key, body string) (int, http.Header, []byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return 0, nil, nil, err
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	answer, err := client.Do(r)
	if err != nil {
		return 0, nil, nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	content, err := io.ReadAll(answer.Body)
	return answer.StatusCode, answer.Header, content, err
}

// eventually waits until ok, or fails with what was waited for.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	require.Eventually(t, ok, patience, 20*time.Millisecond, what)
}
