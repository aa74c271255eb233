package main_test

import (
	"fmt"
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
// dots, must fit one place, however its words are aligned. Lines begin with a space,
// + or -.
func patched(text, diff string) (result, fault string) {
	lines := strings.Split(text, "\n")
	for hunk := range strings.SplitSeq(diff, "...\n") {
		var places []int
		for at := range lines {
			if _, fits := changeAt(lines[at:], hunk); fits {
				places = append(places, at)
			}
		}
		if len(places) != 1 {
			return text, fmt.Sprintf("at %d places, not one, is:\n%s", len(places), hunk)
		}
		changed, _ := changeAt(lines[places[0]:], hunk)
		lines = append(lines[:places[0]:places[0]], changed...)
	}
	return strings.Join(lines, "\n"), ""
}

// changeAt makes a hunk's change at the first of lines, if it fits there.
func changeAt(lines []string, hunk string) (changed []string, fits bool) {
	words := func(line string) string { return strings.Join(strings.Fields(line), " ") }
	at := 0
	for line := range strings.Lines(hunk) {
		sign, line := line[0], strings.TrimSuffix(line[1:], "\n")
		if sign == '+' {
			changed = append(changed, line)
			continue
		}
		if at == len(lines) || words(lines[at]) != words(line) {
			return nil, false
		}
		if sign == ' ' {
			changed = append(changed, lines[at])
		}
		at++
	}
	return append(changed, lines[at:]...), at > 0
}

func TestShownChangesAreMade(t *testing.T) {
	t.Parallel()
	const text = "one\ntwo\nthree\ntwo\nfour:  4\n"
	result, fault := patched(text, " one\n-two\n+2\n+zwei\n...\n+before\n four: 4\n")
	assert.Empty(t, fault)
	assert.Equal(t, "one\n2\nzwei\nthree\ntwo\nbefore\nfour:  4\n", result)
	for _, diff := range []string{" two\n+x\n", "-five\n", "+x\n"} {
		_, fault = patched(text, diff)
		assert.NotEmpty(t, fault, diff)
	}
	assert.Equal(t, "your.md", predecessor("# T\n\n<!-- docs: after your.md -->\n\nText.\n"))
	assert.Empty(t, predecessor("# T\n"))
}
