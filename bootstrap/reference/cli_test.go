package reference_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/bootstrap/cli"
)

// help returns what a command says with --help.
func help(t *testing.T, command ...string) string {
	t.Helper()
	var out, faults bytes.Buffer
	require.Zero(t, cli.Main(t.Context(), "evercart", append(command, "--help"), nil, &out, &faults), faults.String())
	require.Empty(t, faults.String())
	return out.String()
}

// everywhere are the flags of every command, which the page shows once.
var everywhere = regexp.MustCompile(`(?s)\nEverywhere:\n.*?\n(\n|$)`)

// TestTheReferenceOfTheCommandLine shows the help of every command.
func TestTheReferenceOfTheCommandLine(t *testing.T) {
	t.Parallel()
	first := help(t)
	var page strings.Builder
	page.WriteString("# The command line\n\nWhat `evercart --help` says, and then each command.\n\n```text\n" + first + "```\n")
	_, list, _ := strings.Cut(first, "\nCommands:\n")
	list, _, _ = strings.Cut(list, "\n\n")
	commands := regexp.MustCompile(`(?m)^  (\w[\w ]*?)  `).FindAllStringSubmatch(list, -1)
	require.NotEmpty(t, commands)
	for _, m := range commands {
		said := everywhere.ReplaceAllString(help(t, strings.Fields(m[1])...), "\n")
		page.WriteString("\n## evercart " + m[1] + "\n\n```text\n" + strings.TrimSpace(said) + "\n```\n")
	}
	holds(t, "cli.md", page.String())
}
