package sqlite_test

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// childEnv tells a test that it runs as the child of itself, and what it works on.
const childEnv = "EVERCART_SQLITE_TEST_CHILD"

// child is a process that runs the same test as its parent.
type child struct {
	cmd   *exec.Cmd
	stdin io.Closer
	lines *bufio.Scanner // of its standard output
}

// asChild returns what the parent gave to startChild. The process then ends with
// its parent, at the latest.
func asChild() (work string, ok bool) {
	work, ok = os.LookupEnv(childEnv)
	if ok {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin) // ends when the parent does
			os.Exit(1)
		}()
	}
	return work, ok
}

// startChild runs t again in a process of its own, which is killed when t ends.
func startChild(t *testing.T, work string) *child {
	t.Helper()
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), childEnv+"="+work)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	require.NoError(t, err)
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	c := &child{cmd: cmd, stdin: stdin, lines: bufio.NewScanner(stdout)}
	t.Cleanup(func() { c.kill(t) })
	return c
}

// line returns the next line that the child wrote.
func (c *child) line(t *testing.T) string {
	t.Helper()
	require.True(t, c.lines.Scan(), "the child ended early")
	return c.lines.Text()
}

// kill ends the child with SIGKILL. Killing again does nothing.
func (c *child) kill(t *testing.T) {
	t.Helper()
	if c.cmd.ProcessState == nil {
		assert.NoError(t, c.cmd.Process.Kill())
		_ = c.cmd.Wait() // "signal: killed"
	}
}
