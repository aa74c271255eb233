package main_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// changesCode reports whether a document writes files or changes them.
func changesCode(blocks []docBlock) bool {
	return slices.ContainsFunc(blocks, func(b docBlock) bool { return b.content != "" })
}

var beginsAfter = regexp.MustCompile(`(?m)^<!-- docs: after ([\w-]+\.md) -->$`)

// predecessor returns the document whose files one begins with; empty for none.
func predecessor(text string) string {
	if m := beginsAfter.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

// filesOf returns what a document in docs/ writes, without its commands.
func filesOf(t *testing.T, name string) []docBlock {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository, "docs", name))
	require.NoError(t, err)
	blocks := slices.DeleteFunc(docBlocks(string(text)), func(b docBlock) bool { return b.content == "" })
	require.NotEmpty(t, blocks, "%s writes no file", name)
	return blocks
}

// copyRepository copies what building and testing need.
func copyRepository(t *testing.T, to string) {
	t.Helper()
	for _, name := range []string{"go.mod", "go.sum", "Makefile", "architecture_test.go", "ARCHITECTURE.md", "README.md", ".gitignore", "core", "ports", "adapters", "bootstrap", "docs", "terraform", ".make"} {
		require.NoError(t, filepath.WalkDir(filepath.Join(repository, name), func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			relative, err := filepath.Rel(repository, path)
			if err != nil {
				return err
			}
			target := filepath.Join(to, relative)
			if entry.IsDir() {
				return os.MkdirAll(target, 0o750)
			}
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			info, err := entry.Info()
			if err != nil {
				return err
			}
			return os.WriteFile(target, content, info.Mode().Perm()|0o200)
		}), name)
	}
}

// goEnvironment is what the go command needs to build as it does here, from the same
// caches.
func goEnvironment(t *testing.T) []string {
	t.Helper()
	names := []string{"GOCACHE", "GOMODCACHE", "GOPATH", "GOPROXY", "GOSUMDB", "GOTOOLCHAIN", "GOFLAGS"}
	values, err := exec.CommandContext(t.Context(), "go", append([]string{"env"}, names...)...).Output()
	require.NoError(t, err)
	for i, value := range strings.Split(strings.TrimRight(string(values), "\n"), "\n") {
		names[i] += "=" + value
	}
	return names
}

// write writes a file that a document shows whole, or changes one as it shows.
func (r *reader) write(where string, b *docBlock) {
	r.t.Helper()
	path, content := b.directives["file"], b.content
	if path == "" {
		path = b.directives["patch"]
		before, err := os.ReadFile(filepath.Join(r.folder, path))
		require.NoError(r.t, err, where)
		var fault string
		content, fault = patched(string(before), b.content)
		require.Empty(r.t, fault, "%s: %s", where, path)
	}
	require.NoError(r.t, os.MkdirAll(filepath.Join(r.folder, filepath.Dir(path)), 0o750), where)
	require.NoError(r.t, os.WriteFile(filepath.Join(r.folder, path), []byte(content), 0o600), where)
}

// patched returns text with the changes of a diff: each hunk, which ends at a line of
// dots, must fit one place. Lines begin with a space, + or -.
func patched(text, diff string) (result, fault string) {
	for hunk := range strings.SplitSeq(diff, "...\n") {
		var was, is string
		for line := range strings.Lines(hunk) {
			switch {
			case strings.HasPrefix(line, "+"):
				is += line[1:]
			case strings.HasPrefix(line, "-"):
				was += line[1:]
			case line == "\n":
				was, is = was+line, is+line
			default:
				was, is = was+line[1:], is+line[1:]
			}
		}
		if n := strings.Count(text, was); n != 1 || was == "" {
			return text, "these lines are not there once:\n" + was
		}
		text = strings.Replace(text, was, is, 1)
	}
	return text, ""
}

func TestShownChangesAreMade(t *testing.T) {
	t.Parallel()
	const text = "one\ntwo\nthree\ntwo\nfour\n"
	result, fault := patched(text, " one\n-two\n+2\n+zwei\n...\n+before\n four\n")
	assert.Empty(t, fault)
	assert.Equal(t, "one\n2\nzwei\nthree\ntwo\nbefore\nfour\n", result)
	for _, diff := range []string{" two\n+x\n", "-five\n", "+x\n"} {
		_, fault = patched(text, diff)
		assert.NotEmpty(t, fault, diff)
	}
	assert.Equal(t, "your.md", predecessor("# T\n\n<!-- docs: after your.md -->\n\nText.\n"))
	assert.Empty(t, predecessor("# T\n"))
}
