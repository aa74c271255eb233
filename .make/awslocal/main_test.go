package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const root = "../.."

// lines hands over what is written when it has an end.
type lines struct {
	bytes.Buffer

	until string
	said  chan string
}

func (l *lines) Write(p []byte) (int, error) {
	n, err := l.Buffer.Write(p)
	if strings.Contains(l.String(), l.until) {
		l.said <- l.String()
	}
	return n, err
}

// built builds a program into a folder of its own.
func built(t *testing.T, command string, args ...string) {
	t.Helper()
	said, err := exec.CommandContext(t.Context(), command, args...).CombinedOutput()
	require.NoError(t, err, string(said))
}

func TestAnInstallationToPlayWith(t *testing.T) {
	t.Parallel()
	tools := os.Getenv("EVERCART_TEST_AWS")
	if tools == "" {
		t.Skip("EVERCART_TEST_AWS does not name the folder of AWS's local servers; make test installs them")
	}
	functions, program := t.TempDir(), filepath.Join(t.TempDir(), "evercart")
	built(t, filepath.Join(root, ".make", "functions.sh"), runtime.GOARCH, functions, "relay", "archive", "project-carts", "list-carts")
	built(t, "go", "build", "-o", program, root+"/bootstrap/cmd/evercart")

	ctx, stop := context.WithCancel(t.Context())
	out := &lines{until: "Ctrl-C", said: make(chan string, 1)}
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, tools, functions, out, io.Discard) }()
	var said string
	select {
	case said = <-out.said:
	case err := <-ended:
		require.NoError(t, err, "it ended before it began")
	case <-time.After(2 * time.Minute):
		t.Fatal("it does not begin")
	}
	environment := []string{"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}
	for _, m := range regexp.MustCompile(`(?m)^export (.*)$`).FindAllStringSubmatch(said, -1) {
		environment = append(environment, m[1])
	}
	evercart := func(args ...string) string {
		cmd := exec.CommandContext(t.Context(), program, args...)
		cmd.Env = environment
		said, err := cmd.CombinedOutput()
		require.NoError(t, err, string(said))
		return strings.TrimSpace(string(said))
	}
	id := evercart("cart", "open")
	evercart("cart", "add", id, "tea")
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		cmd := exec.CommandContext(t.Context(), program, "cart", "list")
		cmd.Env = environment
		listed, err := cmd.CombinedOutput()
		require.NoError(c, err)
		assert.Contains(c, string(listed), id, "the view fills by itself")
	}, time.Minute, 200*time.Millisecond)
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		cmd := exec.CommandContext(t.Context(), program, "verify", "--grace", "0s")
		cmd.Env = environment
		proved, err := cmd.CombinedOutput()
		require.NoError(c, err, string(proved))
		assert.Contains(c, string(proved), "nothing is wrong", "so does the archive")
	}, time.Minute, 200*time.Millisecond)

	stop()
	require.NoError(t, <-ended)
	urls := regexp.MustCompile(`http://[0-9.:]+`).FindAllString(said, -1)
	require.NotEmpty(t, urls)
	for _, url := range urls {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		require.NoError(t, err)
		answer, err := http.DefaultClient.Do(request)
		if err == nil {
			require.NoError(t, answer.Body.Close())
		}
		require.Error(t, err, "%s still answers", url)
	}
}

func TestAnInstallationThatCannotBegin(t *testing.T) {
	t.Parallel()
	assert.ErrorContains(t, run(t.Context(), t.TempDir(), t.TempDir(), io.Discard, io.Discard), "it ended before it answered")
}

func TestProblems(t *testing.T) {
	t.Parallel()
	var told bytes.Buffer
	p := &problems{to: &told}
	for _, part := range []string{"{\"level\":\"INFO\"}\n{\"lev", "el\":\"WARN\",\"msg\":\"a\"}\n", "{\"_aws\":{}}\n{\"level\":\"ERROR\"", ",\"msg\":\"b\"}\n{\"level\":\"ERROR\""} {
		n, err := p.Write([]byte(part))
		require.NoError(t, err)
		require.Len(t, part, n)
	}
	assert.Equal(t, "{\"level\":\"WARN\",\"msg\":\"a\"}\n{\"level\":\"ERROR\",\"msg\":\"b\"}\n", told.String())
}
