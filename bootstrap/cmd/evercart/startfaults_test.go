package main_test

import (
	"bytes"
	"database/sql"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"
)

// databases are the files of a data folder that must be as they are.
var databases = []string{"events.db", "feed.db", "views.db"}

// startFault is what may be wrong with a data folder.
type startFault struct {
	name  string
	spoil func(t *testing.T, path string) // a database of a folder that was used
	want  string                          // what the message says besides the path
}

func startFaults() []startFault {
	return []startFault{
		{"of a newer version", func(t *testing.T, path string) { change(t, path, "PRAGMA user_version = 4711") }, "use a newer program"},
		{"of another program", func(t *testing.T, path string) { change(t, path, "PRAGMA application_id = 42") }, "choose another data folder"},
		{"that is no database", func(t *testing.T, path string) {
			require.NoError(t, os.WriteFile(path, bytes.Repeat([]byte("no database "), 1000), 0o600))
		}, "choose another data folder"},
		{"that is cut to a few bytes", func(t *testing.T, path string) { require.NoError(t, os.Truncate(path, 50)) }, "choose another data folder"},
		{"that is a folder", func(t *testing.T, path string) {
			require.NoError(t, os.Remove(path))
			require.NoError(t, os.Mkdir(path, 0o750))
		}, "choose another data folder"},
	}
}

func change(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), statement)
	require.NoError(t, err)
	require.NoError(t, db.Close())
}

func TestADatabase(t *testing.T) {
	t.Parallel()
	for _, file := range databases {
		for _, fault := range startFaults() {
			t.Run(file+" "+fault.name+" is named in one line, and nothing is changed", func(t *testing.T) {
				t.Parallel()
				data := t.TempDir()
				operate(t, data, "cart", "open")
				path := filepath.Join(data, file)
				fault.spoil(t, path)
				before, _ := os.ReadFile(path) // a folder has no content
				for _, args := range [][]string{{"serve", "--addr", "127.0.0.1:0"}, {"cart", "list"}} {
					refuses(t, append(args, "--data", data), path, fault.want)
				}
				after, _ := os.ReadFile(path) // the same
				assert.True(t, bytes.Equal(before, after), "it is changed")
			})
		}
	}
}

// refuses runs a command line that must fail with code 1 and say why in one line,
// with all of want.
func refuses(t *testing.T, args []string, want ...string) {
	t.Helper()
	code, stdout, stderr := run(t, args...)
	assert.Equal(t, 1, code, args)
	assert.Empty(t, stdout)
	assert.Equal(t, 1, strings.Count(stderr, "\n"), stderr)
	for _, w := range append(want, "evercart: ") {
		assert.Contains(t, stderr, w)
	}
	for _, inside := range []string{"goroutine", "fx.", "dig", "panic", "context deadline"} {
		assert.NotContains(t, stderr, inside)
	}
}

func TestAServerThatCannotListen(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // a test's listener
	require.NoError(t, err)
	t.Cleanup(func() { _ = taken.Close() })
	for addr, want := range map[string]struct {
		code int
		says string
	}{
		taken.Addr().String():     {1, "evercart: cannot listen on " + taken.Addr().String() + ": address already in use; choose another with --addr or EVERCART_ADDR\n"},
		"192.0.2.1:8080":          {1, "evercart: cannot listen on 192.0.2.1:8080: cannot assign requested address; choose another with --addr or EVERCART_ADDR\n"},
		"127.0.0.1:99999":         {2, "evercart: configuration: --addr is \"127.0.0.1:99999\", want host:port such as 127.0.0.1:8080, the port 0 to 65535\n"},
		"http://localhost:8080/x": {2, "evercart: configuration: --addr is \"http://localhost:8080/x\", want host:port such as 127.0.0.1:8080, the port 0 to 65535\n"},
	} {
		data := filepath.Join(t.TempDir(), "data")
		code, stdout, stderr := run(t, "serve", "--addr", addr, "--data", data)
		assert.Equal(t, want.code, code, addr)
		assert.Equal(t, want.says, stderr)
		assert.Empty(t, stdout)
		assert.NoDirExists(t, data, "nothing is made where nothing is served")
	}
}

func TestADataFolder(t *testing.T) {
	t.Parallel()
	t.Run("below a file is named in one line", func(t *testing.T) {
		t.Parallel()
		file := filepath.Join(t.TempDir(), "file")
		require.NoError(t, os.WriteFile(file, nil, 0o600))
		refuses(t, []string{"serve", "--addr", "127.0.0.1:0", "--data", filepath.Join(file, "below")}, file, "--data")
	})
	t.Run("with a file where the archive is to be is named in one line", func(t *testing.T) {
		t.Parallel()
		data := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(data, "archive"), nil, 0o600))
		refuses(t, []string{"serve", "--addr", "127.0.0.1:0", "--data", data}, filepath.Join(data, "archive"), "choose another")
	})
	t.Run("may be relative, and have a name that is not easy", func(t *testing.T) {
		t.Parallel()
		data := filepath.Join(t.TempDir(), `a #%?&"'ä b`)
		s := serve(t, data)
		id := s.must(t, openCart()).ID
		stories{id: readStory(t, s, id)}.areArchived(t, data)
		assert.Zero(t, s.terminate())
	})
}
