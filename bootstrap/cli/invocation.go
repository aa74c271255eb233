package cli

import (
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/evercart/evercart/bootstrap"
)

// invocation is how the program was called, so that what it tells people to type works
// where they typed this.
type invocation struct {
	typed   string   // the program, as os.Args begins
	program string   // the same, as one word of a shell
	flags   []string // those that say which data, as words of a shell
}

// command is a command line to type, on the same data.
func (i invocation) command(words ...string) string {
	line := append([]string{i.program}, quoted(words)...)
	return strings.Join(append(line, i.flags...), " ")
}

// words is a command as it stands in a sentence: without what it works on.
func (i invocation) words(command []string) string {
	return strings.Join(append([]string{i.program}, command...), " ")
}

// help is a command line that shows how a command is used.
func (i invocation) help(command ...string) string {
	return i.words(slices.Concat(command, []string{"--help"}))
}

// hint is a command line to type, as it stands in a sentence.
func (o *output) hint(words ...string) string { return "'" + o.called.command(words...) + "'" }

// given returns the flags by which this command line says which data it means.
func (l *commandLine) given() (words []string) {
	if l.Data != nil {
		words = append(words, "--data", bootstrap.ShellWord(*l.Data))
	}
	if l.Backend != nil {
		words = append(words, "--backend", bootstrap.ShellWord(*l.Backend))
	}
	return words
}

func quoted(words []string) []string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = bootstrap.ShellWord(w)
	}
	return all
}

// inHelp puts the program's name as it was typed into the help of a command and of
// those below it: help writes a command line as 'evercart …' or in a line of its own. A name
// that has quotes of its own stands in lines only: two quotes become another character
// in a text.
func (i invocation) inHelp(n *kong.Node) {
	inText := "'" + i.program + " "
	if i.program != i.typed {
		inText = "'evercart "
	}
	typed := strings.NewReplacer("'evercart ", inText, "\n  evercart ", "\n  "+i.program+" ")
	n.Help, n.Detail = typed.Replace(n.Help), typed.Replace(n.Detail)
	for _, f := range n.Flags {
		f.Help = typed.Replace(f.Help)
	}
	for _, child := range n.Children {
		i.inHelp(child)
	}
}

// helpOf is the help of a flag or argument, with its default.
func helpOf(v *kong.Value) string {
	if v.Default == "" || v.IsBool() {
		return v.Help
	}
	return v.Help + " Default: " + v.Default + "."
}
