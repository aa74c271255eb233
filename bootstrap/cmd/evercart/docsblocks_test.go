package main_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// docBlock is a fenced block of shell commands in a document, with the output that
// the document shows for it; or what is to be written into a file.
type docBlock struct {
	line     int // of the block's first command
	commands string
	content  string // of a file or a patch, which has no commands
	expected string // empty: none is shown
	// directives are what stood in comments right before the block:
	//
	//	<!-- docs: skip because … -->   it is not run
	//	<!-- docs: wait -->             it is run until it prints what is shown
	//	<!-- docs: until COMMAND -->    first, COMMAND is run until it succeeds
	//	<!-- docs: stop -->             then the server is stopped
	//	<!-- docs: file PATH -->        it is the content of a file
	//	<!-- docs: patch PATH -->       it is a change of a file of the repository
	directives map[string]string
}

var directive = regexp.MustCompile(`^<!-- docs: (\w+) ?(.*?) ?-->$`)

// docBlocks finds the blocks of a document in Markdown.
func docBlocks(text string) (blocks []docBlock) {
	lines := strings.Split(text, "\n")
	said := map[string]string{}
	for i := 0; i < len(lines); i++ {
		if m := directive.FindStringSubmatch(lines[i]); m != nil {
			said[m[1]] = m[2]
			continue
		}
		info, fence := strings.CutPrefix(lines[i], "```")
		if !fence {
			if strings.TrimSpace(lines[i]) != "" {
				clear(said) // directives speak of the next block only
			}
			continue
		}
		body, end := fenced(lines, i+1)
		switch {
		case said["file"] != "" || said["patch"] != "":
			blocks = append(blocks, docBlock{line: i + 2, content: body, directives: said})
		case info == "sh":
			blocks = append(blocks, docBlock{line: i + 2, commands: body, directives: said})
		case (info == "" || info == "json" || info == "text") && len(blocks) > 0 && follows(lines, i, blocks[len(blocks)-1].line):
			blocks[len(blocks)-1].expected = body
		}
		said, i = map[string]string{}, end
	}
	return blocks
}

// fenced returns the lines up to the closing fence, and where that stands.
func fenced(lines []string, from int) (body string, end int) {
	for end = from; end < len(lines) && lines[end] != "```"; end++ {
		body += lines[end] + "\n"
	}
	return body, end
}

// follows reports whether nothing but blank lines stands between the block of
// commands that begins at line start (from 1) and line i (from 0).
func follows(lines []string, i, start int) bool {
	_, end := fenced(lines, start-1)
	return end < i && strings.TrimSpace(strings.Join(lines[end+1:i], "")) == ""
}

// masks hide what differs from run to run.
var masks = []struct {
	what *regexp.Regexp
	mask string
}{
	{regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`), "‹id›"},
	{regexp.MustCompile(`\b\d{8}t\d{9}-[a-z0-9]+`), "‹replay›"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z`), "‹time›"},
	{regexp.MustCompile(`\b[0-9a-f]{64}\b`), "‹hash›"},
	{regexp.MustCompile(`\b[0-9a-f]{16}\b`), "‹hex›"},
	{regexp.MustCompile(`\b\d+(\.\d+)? (s|ms|MiB|KiB)\b`), "‹n› $2"},
	{regexp.MustCompile(`(?m)[ \t\r]+$`), ""},
	{regexp.MustCompile(`[ \t]{2,}`), "  "}, // columns are as wide as what is masked
}

func masked(text string) string {
	for _, m := range masks {
		text = m.what.ReplaceAllString(text, m.mask)
	}
	return strings.TrimSpace(text)
}

// shows reports whether printed is what a document shows, in which … stands for
// anything within a line.
func shows(expected, printed string) bool {
	pattern := strings.ReplaceAll(regexp.QuoteMeta(masked(expected)), "…", `[^\n]*`)
	return regexp.MustCompile(`^` + pattern + `$`).MatchString(masked(printed))
}

func TestDocumentsAreRead(t *testing.T) {
	t.Parallel()
	blocks := docBlocks("# Title\n\n```sh\necho one\necho two\n```\n\n```\none\ntwo\n```\n\nText.\n\n" +
		"<!-- docs: until test -f here -->\n<!-- docs: wait -->\n```sh\ncurl x\n```\n\nText between.\n\n```json\n{}\n```\n\n```go\nfunc main() {}\n```\n\n```sh\nls\n```\n")
	assert.Equal(t, []docBlock{{line: 5, content: "package x\n", directives: map[string]string{"file": "core/x.go"}}},
		docBlocks("Text.\n\n<!-- docs: file core/x.go -->\n```go\npackage x\n```\n"))
	assert.Equal(t, []docBlock{
		{line: 4, commands: "echo one\necho two\n", expected: "one\ntwo\n", directives: map[string]string{}},
		{line: 18, commands: "curl x\n", directives: map[string]string{"until": "test -f here", "wait": ""}},
		{line: 32, commands: "ls\n", directives: map[string]string{}},
	}, blocks)
}

func TestShownOutputIsCompared(t *testing.T) {
	t.Parallel()
	const printed = "01a20d02-ec41-702a-8ae1-197e8f65a4e9  7    closed  2026-11-24T10:03:45.206833Z \nlag 0.3 s\n"
	assert.True(t, shows("0190a000-0000-7000-8000-000000000001    7  closed  2026-01-01T00:00:00Z\nlag 12 s", printed))
	assert.True(t, shows("… closed …\nlag 12 s", printed))
	assert.False(t, shows("0190a000-0000-7000-8000-000000000001  8  closed  2026-01-01T00:00:00Z\nlag 12 s", printed))
	assert.False(t, shows("… closed …", printed), "a line is missing")
	assert.False(t, shows("closed", "it is closed"))
}
