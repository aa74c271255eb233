package reference_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// dead returns the links of a text, in a document of that folder, that lead to no
// file of the repository, or to no heading of it.
func dead(folder, text string) (links []string) {
	for _, m := range link.FindAllStringSubmatch(text, -1) {
		path, heading, _ := strings.Cut(m[1], "#")
		if strings.Contains(path, ":") {
			continue
		}
		target, err := os.ReadFile(filepath.Join(folder, path))
		if path == "" {
			target, err = []byte(text), nil
		}
		if info, statErr := os.Stat(filepath.Join(folder, path)); statErr == nil && info.IsDir() {
			err = nil
		}
		if err != nil || heading != "" && !headings(string(target))[heading] {
			links = append(links, m[1])
		}
	}
	return links
}

// headings returns the anchors of a document's headings.
func headings(text string) map[string]bool {
	anchors := map[string]bool{}
	for line := range strings.Lines(text) {
		if title, ok := strings.CutPrefix(strings.TrimLeft(line, "#"), " "); ok && line[0] == '#' {
			title = regexp.MustCompile(`[^\w\- ]`).ReplaceAllString(strings.ToLower(strings.TrimSpace(title)), "")
			anchors[strings.ReplaceAll(title, " ", "-")] = true
		}
	}
	return anchors
}

func TestDocumentsLinkToWhatExists(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "a.md"), []byte("# One, two\n"), 0o600))
	assert.Empty(t, dead(folder, "## Here\n[x](a.md) [y](a.md#one-two) [z](#here) [w](https://example.org/a.md)"))
	assert.Equal(t, []string{"b.md", "a.md#two", "#there"}, dead(folder, "[x](b.md) [y](a.md#two) [z](#there)"))

	var documents []string
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md", "terraform/*.md"} {
		some, err := filepath.Glob(filepath.Join(repository, pattern))
		require.NoError(t, err)
		documents = append(documents, some...)
	}
	require.Greater(t, len(documents), 10)
	for _, document := range documents {
		text, err := os.ReadFile(document)
		require.NoError(t, err)
		assert.Empty(t, dead(filepath.Dir(document), string(text)), document)
	}
}

// TestTheIndexNamesEveryDocument holds docs/README.md against the folder.
func TestTheIndexNamesEveryDocument(t *testing.T) {
	t.Parallel()
	index := source(t, "docs/README.md")
	for _, pattern := range []string{"*.md", "*/*.md"} {
		documents, err := filepath.Glob(filepath.Join(repository, "docs", pattern))
		require.NoError(t, err)
		for _, document := range documents {
			name, err := filepath.Rel(filepath.Join(repository, "docs"), document)
			require.NoError(t, err)
			assert.True(t, name == "README.md" || strings.Contains(index, "("+name+")"), "the index does not name %s", name)
		}
	}
}
