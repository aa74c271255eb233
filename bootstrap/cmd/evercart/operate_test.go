package main_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// operate runs one command line on a data folder and returns what it printed. It
// must succeed.
func operate(t *testing.T, data string, args ...string) string {
	t.Helper()
	code, stdout, stderr := run(t, append(args, "--data", data)...)
	require.Zero(t, code, "%s: %s", args, stderr)
	return stdout
}

// operateCart runs `evercart cart …` and returns the cart that it printed.
func operateCart(t *testing.T, data string, args ...string) cart {
	t.Helper()
	a := answer{content: []byte(operate(t, data, append([]string{"cart", "--json"}, args...)...))}
	c, err := a.cart()
	require.NoError(t, err)
	return c
}

// errNotYet is what a condition says that has nothing better to say.
var errNotYet = errors.New("not yet")

// within waits until check returns nil, for at most limit, and fails with what
// check said last. Unlike a condition of eventually, check runs on the test's own
// goroutine, so it may end the test.
func within(t *testing.T, limit time.Duration, what string, check func() error) {
	t.Helper()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	giveUp := time.After(limit)
	for {
		err := check()
		if err == nil {
			return
		}
		select {
		case <-again.C:
		case <-giveUp:
			require.NoError(t, err, "%s: not within %v", what, limit)
		}
	}
}

// says returns nil if the process said text on stderr.
func (s *server) says(text string) error {
	if strings.Contains(s.stderr.String(), text) {
		return nil
	}
	return fmt.Errorf("process %d does not say %q", s.cmd.Process.Pid, text)
}

// errors returns what the process logged as an error: nothing, if all is well.
func (s *server) errors() (logged []string) {
	for line := range strings.Lines(s.stderr.String()) {
		if strings.Contains(line, `"level":"ERROR"`) || !strings.HasPrefix(line, "{") {
			logged = append(logged, line)
		}
	}
	return logged
}
