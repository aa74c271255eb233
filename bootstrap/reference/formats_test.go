package reference_test

import (
	"cmp"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTheReferenceOfFormats shows golden files: what was ever stored and sent.
func TestTheReferenceOfFormats(t *testing.T) {
	t.Parallel()
	var page strings.Builder
	page.WriteString(`# Formats

Stored bytes outlive code. What stands here is taken from golden files, which never change; [ARCHITECTURE.md](../../ARCHITECTURE.md#what-is-promised-and-to-whom)
says who keeps and who reads each form.

## Payloads of events

The schema is a part of the stored form. Schema 1 was written before this code, and is read for good.

` + table([]string{"event", "schema", "payload"}, payloads(t)))
	page.WriteString("\n## The wire form\n\nA record of the feed, a line of the archive, the body of a replay's message, an element of `GET /carts/{id}/events`: CloudEvents 1.0 in JSON, one event each.\n" +
		"Attributes are only ever added. Two events of one commit:\n\n" + fenced(source(t, "ports/envelope/testdata/golden/ours.wire.ndjson")))
	page.WriteString("\nAn event of the oldest form has neither time nor command:\n\n" + fenced(source(t, "ports/envelope/testdata/golden/older.wire.ndjson")))
	page.WriteString("\n## An archive object\n\nThe wire form, one event a line, gzipped, at `events/date=YYYY-MM-DD/hour=HH/<shard>-<first>-<last>.ndjson.gz`. Each event is there at least\n" +
		"once; subject and sequence say which are the same. [Read the archive](../read-the-archive.md) shows how.\n")
	page.WriteString("\n## A commit in the store\n\nThe events of a commit, as SQLite's column `Events` and DynamoDB's attribute `Events` have them, without what the row says already:\n\n" +
		fenced(source(t, "ports/envelope/testdata/golden/ours.stored.json")))
	page.WriteString("\nAn item of DynamoDB:\n\n" + fenced(compact(t, source(t, "adapters/dynamostore/testdata/event-item.json"))))
	page.WriteString("\nAn item of the oldest form, which is read, relayed, archived and appended after, and never written:\n\n" +
		fenced(compact(t, source(t, "adapters/dynamostore/testdata/event-item-older.json"))))
	holds(t, "formats.md", page.String())
}

// payloads returns a row for each golden payload of a cart's events.
func payloads(t *testing.T) (rows [][]string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(repository, "core/cart/testdata/events/*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		parts := strings.Split(filepath.Base(file), ".")
		rows = append(rows, []string{parts[0], parts[1], code(strings.TrimSpace(source(t, strings.TrimPrefix(file, repository+"/"))))})
	}
	slices.SortFunc(rows, func(a, b []string) int {
		return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]), cmp.Compare(a[2], b[2]))
	})
	return rows
}

func fenced(text string) string { return "```json\n" + strings.TrimSpace(text) + "\n```\n" }

// compact returns an object with a line for each of its members.
func compact(t *testing.T, text string) string {
	t.Helper()
	var members map[string]json.RawMessage
	require.NoError(t, json.Unmarshal([]byte(text), &members))
	names := make([]string, 0, len(members))
	for name := range members {
		names = append(names, name)
	}
	slices.Sort(names)
	lines := make([]string, len(names))
	for i, name := range names {
		lines[i] = `  "` + name + `": ` + strings.Join(strings.Fields(string(members[name])), " ")
	}
	return "{\n" + strings.Join(lines, ",\n") + "\n}"
}
