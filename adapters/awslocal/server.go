package awslocal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strconv"
	"sync"
	"time"
)

const (
	// readyWithin is how long a server may take until it answers, on a busy machine.
	readyWithin = 30 * time.Second
	// stopWithin is how long a server may take to end itself.
	stopWithin = 5 * time.Second
)

// guard runs the program of its arguments and ends it when its own input ends: by
// Stop, or because the process that started it is gone. It ends with the program.
const guard = `exec 3<&0
"$@" </dev/null 3<&- & program=$!
{ read -r _ <&3; kill $program 2>/dev/null; } & watch=$!
exec 3<&-
wait $program; code=$?
kill $watch 2>/dev/null
exit $code`

// Server is a running server. It ends with Stop or with this process, however
// that ends.
type Server struct {
	URL string // "http://127.0.0.1:PORT", an endpoint for the SDK

	input io.Closer // what guard waits for
	ended chan struct{}
	stop  sync.Once
}

// Stop ends the server and returns when it is gone. Stopping again does nothing.
func (s *Server) Stop() {
	s.stop.Do(func() {
		_ = s.input.Close() // the guard sees it closed, whatever Close says
		<-s.ended
	})
}

// tries is how often a port that was free is looked for anew, because somebody
// else took it before the server did.
const tries = 3

// startOn starts the program that command gives for port, or, where that is 0, for
// any that is free.
func startOn(ctx context.Context, port int, command func(port int) (program, variables []string)) (*Server, error) {
	var failed error
	for range tries {
		at := port
		if at == 0 {
			var err error
			if at, err = freePort(ctx); err != nil {
				return nil, fmt.Errorf("awslocal: %w", err)
			}
		}
		program, variables := command(at)
		server, err := start(ctx, at, program, variables...)
		if err == nil || port != 0 || ctx.Err() != nil {
			return server, err
		}
		failed = err
	}
	return nil, failed
}

// start runs a program with variables added to this process's environment and
// returns when it answers HTTP requests on port, which must be free.
func start(ctx context.Context, port int, program []string, variables ...string) (*Server, error) {
	cmd := exec.Command("sh", append([]string{"-c", guard, "guard"}, program...)...) //nolint:noctx // it outlives ctx
	cmd.Env = append(cmd.Environ(), variables...)
	cmd.WaitDelay = stopWithin
	said := &tail{}
	cmd.Stdout, cmd.Stderr = said, said
	input, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("awslocal: start %s: %w", program[0], err)
	}
	s := &Server{URL: "http://127.0.0.1:" + strconv.Itoa(port), input: input, ended: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // what it said is told where it ends before it answers
		close(s.ended)
	}()
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	if err := s.await(ctx); err != nil {
		s.Stop()
		return nil, fmt.Errorf("awslocal: start %s: %w; it said: %s", program[0], err, said)
	}
	return s, nil
}

// await returns when the server answers, whatever it answers.
func (s *Server) await(ctx context.Context) error {
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL, nil)
		if err != nil {
			return err
		}
		if response, err := http.DefaultClient.Do(request); err == nil {
			return response.Body.Close()
		}
		select {
		case <-s.ended:
			return errors.New("it ended before it answered")
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// freePort returns a port of 127.0.0.1 that nobody listens on. Somebody may take
// it before it is used.
func freePort(ctx context.Context) (int, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close() //nolint:errcheck // nobody connected
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// tail keeps the last of what was written to it.
type tail struct {
	mu   sync.Mutex
	kept []byte
}

func (t *tail) Write(p []byte) (int, error) {
	const most = 4 << 10
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, p...)
	t.kept = t.kept[max(0, len(t.kept)-most):]
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(bytes.TrimSpace(t.kept))
}
