package awslocal_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/awslocal"
)

// answers reports whether somebody answers HTTP requests at url.
func answers(t *testing.T, url string) bool {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(request)
	if err == nil {
		require.NoError(t, response.Body.Close())
	}
	return err == nil
}

// installed returns the folder of tools, or skips the test where there is none.
func installed(t *testing.T) string {
	t.Helper()
	tools := os.Getenv("EVERCART_TEST_AWS")
	if tools == "" {
		t.Skip("EVERCART_TEST_AWS does not name the folder of AWS's local servers; make test installs them")
	}
	return tools
}

func TestServers(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(context.Context, string, int) (*awslocal.Server, error){
		"DynamoDB":   awslocal.StartDynamoDB,
		"kinesalite": awslocal.StartKinesalite,
		"MiniStack":  awslocal.StartMiniStack,
	} {
		t.Run(name+" answers until it is stopped", func(t *testing.T) {
			t.Parallel()
			tools := installed(t)
			server, err := start(t.Context(), tools, 0)
			require.NoError(t, err)
			assert.True(t, answers(t, server.URL))
			server.Stop()
			server.Stop()
			assert.False(t, answers(t, server.URL))
		})
		t.Run(name+" outlives the context of its start", func(t *testing.T) {
			t.Parallel()
			tools := installed(t)
			ctx, cancel := context.WithCancel(t.Context())
			server, err := start(ctx, tools, 0)
			require.NoError(t, err)
			defer server.Stop()
			cancel()
			assert.True(t, answers(t, server.URL))
		})
		t.Run(name+" outlives a client that goes away in the middle of its request", func(t *testing.T) {
			t.Parallel()
			tools := installed(t)
			server, err := start(t.Context(), tools, 0)
			require.NoError(t, err)
			defer server.Stop()
			for range 10 {
				client, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(server.URL, "http://"))
				require.NoError(t, err)
				_, err = io.WriteString(client, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
				require.NoError(t, err)
				assert.True(t, answers(t, server.URL), "it has begun to read")
				require.NoError(t, client.(*net.TCPConn).SetLinger(0)) // a reset, as a killed function's
				require.NoError(t, client.Close())
				assert.True(t, answers(t, server.URL))
			}
		})
		t.Run(name+" that is not installed is named", func(t *testing.T) {
			t.Parallel()
			_, err := start(t.Context(), t.TempDir(), 0)
			assert.ErrorContains(t, err, "it ended before it answered; it said: ")
		})
		t.Run(name+" is not awaited beyond the context of its start", func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			_, err := start(ctx, t.TempDir(), 0)
			assert.ErrorIs(t, err, context.Canceled)
		})
	}
}

func TestResetMiniStack(t *testing.T) {
	t.Parallel()
	t.Run("a server that is not MiniStack cannot be reset", func(t *testing.T) {
		t.Parallel()
		assert.Error(t, awslocal.ResetMiniStack(t.Context(), "http://127.0.0.1:1"))
	})
	t.Run("MiniStack is reset", func(t *testing.T) {
		t.Parallel()
		server, err := awslocal.StartMiniStack(t.Context(), installed(t), 0)
		require.NoError(t, err)
		defer server.Stop()
		assert.NoError(t, awslocal.ResetMiniStack(t.Context(), server.URL))
	})
}

// The tests of other packages find the tools by the same name.
func TestToolsAreWhereTheScriptsPutThem(t *testing.T) {
	t.Parallel()
	tools := installed(t)
	assert.FileExists(t, filepath.Join(tools, "kinesalite", "node_modules", "kinesalite", "package.json"))
	assert.FileExists(t, filepath.Join(tools, "ministack", "bin", "ministack"))
	assert.DirExists(t, filepath.Join(tools, "dynamodb", "lib"))
}
