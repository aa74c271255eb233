package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// misread is what the parser made of a mistake, in our words where they say more: it
// compares names letter by letter only, and those of one place only.
func misread(called invocation, err error) error {
	var mistake *kong.ParseError
	if !errors.As(err, &mistake) || mistake.Context == nil || len(mistake.Context.Path) == 0 {
		return usage(err)
	}
	c := mistake.Context
	at := &node{c.Selected()}
	if at.Node == nil {
		at.Node = c.Model.Node
	}
	rest := c.Path[len(c.Path)-1].Remainder()
	missing := at.missing(c.Path)
	var ours error
	switch {
	case len(rest) == 0 && len(at.Children) > 0:
		ours = fmt.Errorf("%q is followed by %s", cmp.Or(strings.Join(at.path(), " "), "evercart"), either(at.commands()))
	case len(rest) == 0 && len(missing) > 0:
		ours = fmt.Errorf("missing %s", strings.Join(missing, " "))
	case len(rest) == 0:
	case isFlag(rest[0]):
		ours = at.wrongFlag(called, rest)
	case len(at.Children) > 0:
		ours = at.unknownCommand(called, rest[0])
	case len(missing) == 0:
		ours = surplus(c.Path, rest[0])
	}
	if ours != nil {
		err = ours
	}
	return &usageError{err: err, command: at.path()}
}

// surplus is an argument too many. It may be a word of the one before.
func surplus(path []*kong.Path, typed string) error {
	last := len(path) - 1
	if before := path[max(0, last-1)].Remainder(); path[last].Positional != nil && len(before) > 0 {
		return fmt.Errorf("unexpected argument %q; what has spaces stands in quotes, such as %q", typed, before[0]+" "+typed)
	}
	return fmt.Errorf("unexpected argument %q", typed)
}

// node is a command as far as it was read.
type node struct{ *kong.Node }

// path returns the words that lead to it.
func (n *node) path() []string { return pathOf(n.Node) }

// commands returns the words that may follow.
func (n *node) commands() (names []string) {
	for _, child := range n.Children {
		names = append(names, child.Name)
	}
	return names
}

// missing returns the arguments that must still follow.
func (n *node) missing(path []*kong.Path) (names []string) {
	for _, argument := range n.Positional {
		read := slices.ContainsFunc(path, func(p *kong.Path) bool { return p.Positional == argument })
		if !read && argument.Required {
			names = append(names, argument.Summary())
		}
	}
	return names
}

// flags returns the names of the flags that may follow.
func (n *node) flags() (names []string) {
	for _, group := range n.AllFlags(true) {
		for _, f := range group {
			names = append(names, f.Name)
		}
	}
	return names
}

func isFlag(word string) bool { return len(word) > 1 && word[0] == '-' && word != "--" }

// wrongFlag says what is wrong with the flag that comes first in what follows: that it
// has no value, or is none, and what was meant; nil where that is not it.
func (n *node) wrongFlag(called invocation, rest []string) error {
	typed, _, valued := strings.Cut(rest[0], "=")
	name := strings.TrimLeft(typed, "-")
	known := n.flags()
	if slices.Contains(prefixed("--", known), typed) {
		if !valued && (len(rest) == 1 || isFlag(rest[1])) {
			return fmt.Errorf("%s needs a value", typed)
		}
		return nil
	}
	unknown := "unknown flag " + typed
	if meant := nearest(name, known); len(meant) > 0 {
		return fmt.Errorf("%s; did you mean %s?", unknown, either(prefixed("--", meant)))
	}
	if nearestIs(name, n.commands()) {
		return fmt.Errorf("%s; did you mean '%s'?", unknown, called.words(append(n.path(), name)))
	}
	for _, leaf := range n.Leaves(true) {
		if leaf := (&node{leaf}); leaf.Node != n.Node && nearestIs(name, leaf.flags()) {
			return fmt.Errorf("%s here: it stands after its command, such as '%s'", unknown, called.words(leaf.path()))
		}
	}
	return errors.New(unknown)
}

// unknownCommand says what was meant by a command that there is not.
func (n *node) unknownCommand(called invocation, typed string) error {
	unknown := fmt.Sprintf("unknown command %q", strings.Join(append(n.path(), typed), " "))
	var meant []string
	for _, name := range nearest(typed, n.commands()) {
		meant = append(meant, "'"+called.words(append(n.path(), name))+"'")
	}
	if len(meant) == 0 {
		for _, leaf := range n.Leaves(true) {
			if leaf.Name == typed {
				meant = append(meant, "'"+called.words(pathOf(leaf))+"'")
			}
		}
	}
	if len(meant) == 0 && nearestIs(typed, n.flags()) {
		meant = []string{"'" + called.words(append(n.path(), "--"+typed)) + "'"}
	}
	if len(meant) == 0 {
		return fmt.Errorf("%s; there are %s", unknown, strings.Join(n.commands(), ", "))
	}
	return fmt.Errorf("%s; did you mean %s?", unknown, either(meant))
}

func nearestIs(name string, names []string) bool {
	meant := nearest(name, names)
	return len(meant) == 1 && meant[0] == name
}

func prefixed(prefix string, names []string) []string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = prefix + name
	}
	return all
}

// either lists what may be chosen: "a, b or c".
func either(names []string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " or " + names[last]
}
