package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// server is `evercart serve` on a folder of its own.
type server struct {
	cmd    *exec.Cmd
	url    string
	folder string
	ended  chan error
}

var listens = regexp.MustCompile(`listens on (http://\S+)`)

// start starts it and returns when it listens.
func start(ctx context.Context, binary string) (*server, error) {
	folder, err := os.MkdirTemp("", "evercart-load")
	if err != nil {
		return nil, err
	}
	s := &server{folder: folder, ended: make(chan error, 1)}
	s.cmd = exec.Command(binary, "serve", "--addr", "127.0.0.1:0", "--data", folder)
	s.cmd.Env = append(os.Environ(), "EVERCART_LOG_LEVEL=error")
	s.cmd.Stderr = os.Stderr
	out, err := s.cmd.StdoutPipe()
	if err == nil {
		err = s.cmd.Start()
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	said := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if m := listens.FindStringSubmatch(lines.Text()); m != nil {
				said <- m[1]
			}
		}
		s.ended <- s.cmd.Wait()
	}()
	select {
	case s.url = <-said:
		return s, nil
	case err := <-s.ended:
		return nil, errors.Join(fmt.Errorf("%s ended before it listened: %w", binary, err), os.RemoveAll(folder))
	case <-time.After(time.Minute):
	case <-ctx.Done():
	}
	s.stop()
	return nil, fmt.Errorf("%s does not listen", binary)
}

// memory returns the resident memory in MiB.
func (s *server) memory() float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0 // no Linux
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, _ := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")), 64)
			return kib / 1024
		}
	}
	return 0
}

// end stops it as an operator does; what is not a clean exit is an error. Then
// `evercart verify` proves its data whole.
func (s *server) end(ctx context.Context) error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case err := <-s.ended:
		s.ended <- nil
		if err != nil {
			return fmt.Errorf("the server ended badly: %w", err)
		}
	case <-time.After(time.Minute):
		return errors.New("the server does not stop")
	}
	verify := exec.CommandContext(ctx, s.cmd.Path, "verify", "--data", s.folder)
	if said, err := verify.CombinedOutput(); err != nil {
		return fmt.Errorf("verify: %w\n%s", err, said)
	}
	return nil
}

// stop ends it however it can and removes its folder.
func (s *server) stop() {
	_ = s.cmd.Process.Kill() // it may be gone already
	<-s.ended
	_ = os.RemoveAll(s.folder) // a folder of the system's temporary ones
}
