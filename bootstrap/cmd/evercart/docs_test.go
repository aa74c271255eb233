package main_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const repository = "../../.."

// notRun are documents whose commands this test cannot run, and why.
var notRun = map[string]string{}

// TestWhatDocumentsShow runs every command of README.md and docs/ as a reader types
// it, in order, in an empty folder, and compares what it prints with what is shown.
func TestWhatDocumentsShow(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("documents wait for archives and views")
	}
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("no curl, which documents call")
	}
	documents, err := filepath.Glob(filepath.Join(repository, "docs", "*.md"))
	require.NoError(t, err)
	for _, path := range append(documents, filepath.Join(repository, "README.md")) {
		name := filepath.Base(path)
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		blocks := docBlocks(string(text))
		if before := predecessor(string(text)); before != "" {
			blocks = append(filesOf(t, before), blocks...)
		}
		if len(blocks) == 0 || notRun[name] != "" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newReader(t, changesCode(blocks))
			for i := range blocks {
				if !t.Failed() {
					r.block(name, &blocks[i])
				}
			}
		})
	}
}

// reader is somebody who follows a document in a shell.
type reader struct {
	t       *testing.T
	folder  string
	program string
	address string
	server  *server // nil: none runs
	shell   io.WriteCloser
	printed *bufio.Reader
	blocks  int
}

// newReader returns a reader with a shell in a folder that holds the program; or, if
// the document changes code, a copy of the repository.
func newReader(t *testing.T, changesCode bool) *reader {
	t.Helper()
	r := &reader{t: t, folder: t.TempDir(), address: freeAddress(t)}
	cmd := exec.CommandContext(t.Context(), "bash", "--norc", "--noprofile")
	cmd.Dir, cmd.Env = r.folder, []string{"HOME=" + r.folder, "PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8"}
	r.program = filepath.Join(r.folder, "dist", "evercart")
	if changesCode {
		copyRepository(t, r.folder)
		cmd.Env = append(cmd.Env, goEnvironment(t)...)
	} else {
		program, err := binary()
		require.NoError(t, err)
		require.NoError(t, os.Mkdir(filepath.Join(r.folder, "dist"), 0o750))
		require.NoError(t, os.Symlink(program, r.program))
	}
	var err error
	r.shell, err = cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	cmd.Stderr = cmd.Stdout
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = r.shell.Close() // which ends the shell
		_ = cmd.Wait()
	})
	r.printed = bufio.NewReader(out)
	return r
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it is closed at once
	require.NoError(t, err)
	defer listener.Close() //nolint:errcheck // nothing was sent
	return listener.Addr().String()
}

// block does what a block says.
func (r *reader) block(document string, b *docBlock) {
	r.t.Helper()
	where := fmt.Sprintf("%s, line %d", document, b.line)
	if _, skip := b.directives["skip"]; skip {
		require.NotEmpty(r.t, b.directives["skip"], "%s: say why it is skipped", where)
		return
	}
	if condition := b.directives["until"]; condition != "" {
		r.repeat(where, condition, func(_ string, code int) bool { return code == 0 })
	}
	if _, stop := b.directives["stop"]; stop && r.server != nil {
		assert.Zero(r.t, r.server.terminate(), where)
		r.server = nil
	}
	if b.content != "" {
		r.write(where, b)
		return
	}
	commands := r.serve(b.commands)
	good := func(printed string, _ int) bool { return b.expected == "" || shows(b.expected, printed) }
	if _, wait := b.directives["wait"]; wait {
		r.repeat(where, commands, good)
		return
	}
	printed, code := r.run(commands)
	if !good(printed, code) {
		assert.Equal(r.t, masked(b.expected), masked(printed), where)
		r.t.Fail()
	}
	assert.NotContains(r.t, printed, "command not found", where)
	assert.NotContains(r.t, printed, "curl: (", where)
}

// repeat runs commands until good says so.
func (r *reader) repeat(where, commands string, good func(printed string, code int) bool) {
	r.t.Helper()
	deadline := time.Now().Add(patience)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		printed, code := r.run(commands)
		if good(printed, code) {
			return
		}
		require.True(r.t, time.Now().Before(deadline), "%s: %q prints, at last:\n%s", where, commands, printed)
		<-tick.C
	}
}

// serve takes the commands that start the server out of commands, and starts it.
func (r *reader) serve(commands string) (rest string) {
	r.t.Helper()
	for line := range strings.Lines(commands) {
		before, isRun := strings.CutSuffix(strings.TrimSpace(line), "make run")
		if !isRun {
			rest += line
			continue
		}
		if r.server != nil {
			r.server.kill() // somebody starts it anew
		}
		if _, err := os.Stat(r.program); err != nil {
			said, code := r.run("make build")
			require.Zero(r.t, code, said)
		}
		r.server = serveProgram(r.t, r.program, r.address, filepath.Join(r.folder, "data"), strings.Fields(before)...)
	}
	return rest
}

// run types commands into the shell and returns what they print and the last one's
// exit code.
func (r *reader) run(commands string) (printed string, code int) {
	r.t.Helper()
	r.blocks++
	mark := fmt.Sprintf("\x1e%d\x1e", r.blocks)
	commands = strings.ReplaceAll(commands, "127.0.0.1:8080", r.address)
	_, err := fmt.Fprintf(r.shell, "%s\nprintf '\\n%s%%d\\n' $?\n", commands, mark)
	require.NoError(r.t, err)
	for {
		line, err := r.printed.ReadString('\n')
		require.NoError(r.t, err, "the shell ended: %s", printed)
		if status, ended := strings.CutPrefix(line, mark); ended {
			code, err = strconv.Atoi(strings.TrimSpace(status))
			require.NoError(r.t, err)
			return strings.ReplaceAll(printed, r.address, "127.0.0.1:8080"), code
		}
		if !strings.Contains(line, `"msg":"progress"`) { // said on slow machines only
			printed += line
		}
	}
}
