package awslocal_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/awslocal"
)

// orphanVariable makes the test program start a server, say where, and wait to be
// killed.
const orphanVariable = "EVERCART_TEST_AWSLOCAL_ORPHAN"

func TestMain(m *testing.M) {
	if os.Getenv(orphanVariable) == "" {
		os.Exit(m.Run())
	}
	server, err := awslocal.StartKinesalite(context.Background(), os.Getenv("EVERCART_TEST_AWS"), 0)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(server.URL)
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func TestServerEndsWithItsProcess(t *testing.T) {
	t.Parallel()
	installed(t)
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), orphanVariable+"=1")
	child.Stderr = os.Stderr
	_, err := child.StdinPipe()
	require.NoError(t, err)
	said, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	url, err := bufio.NewReader(said).ReadString('\n')
	require.NoError(t, err)
	url = strings.TrimSpace(url)
	require.True(t, answers(t, url))

	require.NoError(t, child.Process.Kill())
	assert.Error(t, child.Wait())
	assert.Eventually(t, func() bool { return !answers(t, url) }, 10*time.Second, 20*time.Millisecond, "it outlives a process that was killed")
}
