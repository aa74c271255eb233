package reference_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the pages of docs/reference")

const (
	repository = "../.."
	pages      = repository + "/docs/reference"
)

// holds compares a page with what it must be, or writes it.
func holds(t *testing.T, name, want string) {
	t.Helper()
	path := filepath.Join(pages, name)
	if *update {
		require.NoError(t, os.MkdirAll(pages, 0o755))
		require.NoError(t, os.WriteFile(path, []byte(want), 0o644))
	}
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, want, string(got), "the code has changed: go test ./bootstrap/reference -update")
}

// table writes a table in Markdown, whose cells have no line break.
func table(head []string, rows [][]string) string {
	var b strings.Builder
	line := func(cells []string) {
		b.WriteString("|")
		for _, cell := range cells {
			b.WriteString(" " + strings.ReplaceAll(cell, "|", `\|`) + " |")
		}
		b.WriteString("\n")
	}
	line(head)
	b.WriteString(strings.Repeat("|---", len(head)) + "|\n")
	for _, row := range rows {
		line(row)
	}
	return b.String()
}

// code puts text between backticks; nothing stays nothing.
func code(text string) string {
	if text == "" {
		return ""
	}
	return "`" + text + "`"
}

// source returns a file of the repository.
func source(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository, path))
	require.NoError(t, err)
	return string(text)
}

func TestATable(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "| a | b |\n|---|---|\n| 1 \\| 2 | `x` |\n", table([]string{"a", "b"}, [][]string{{"1 | 2", code("x")}}))
	assert.Empty(t, code(""))
}
