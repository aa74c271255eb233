package cli

import (
	"errors"
	"reflect"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/evercart/evercart/core/app"
)

// usageError is a mistake in what was typed.
type usageError struct {
	err     error
	command []string // whose help says more, such as cart add; none: the whole program's
}

func (e *usageError) Error() string { return e.err.Error() }

func (e *usageError) Unwrap() error { return e.err }

// usage is a mistake in what was typed, which a command found.
func usage(err error) error { return &usageError{err: err} }

// inCommand returns err; where it is a mistake in what was typed, a view that there is
// not among them, with the command in which it was made.
func inCommand(err error, command []string) error {
	if _, ok := errors.AsType[*app.UnknownViewError](err); ok {
		return &usageError{err: err, command: command}
	}
	var mistake *usageError
	if errors.As(err, &mistake) && len(mistake.command) == 0 {
		return &usageError{err: err, command: command}
	}
	return err
}

// pathOf returns the words of a command, such as cart add.
func pathOf(n *kong.Node) (words []string) {
	for ; n != nil && n.Parent != nil; n = n.Parent {
		words = append(words, n.Name)
	}
	slices.Reverse(words)
	return words
}

// emptyFlag returns the flag that was given as an empty word, "--owner ”": a script
// means something by it that is not there. Empty: there is none. Flags that stand for
// configuration tell it by themselves.
func emptyFlag(c *kong.Context) string {
	for _, p := range c.Path {
		if p.Flag != nil && p.Flag.Target.Kind() == reflect.String && p.Flag.Target.String() == "" {
			return "--" + p.Flag.Name
		}
	}
	return ""
}

// joinNegative joins a flag and the negative number after it, "--version -1", into
// one argument: the parser would take the number for a flag of its own.
func joinNegative(args []string) []string {
	var joined []string
	for i, arg := range args {
		if arg == "--" {
			return append(joined, args[i:]...)
		}
		if last := len(joined) - 1; last >= 0 && len(arg) > 1 && arg[0] == '-' && arg[1] >= '0' && arg[1] <= '9' &&
			strings.HasPrefix(joined[last], "--") && !strings.Contains(joined[last], "=") {
			joined[last] += "=" + arg
			continue
		}
		joined = append(joined, arg)
	}
	return joined
}
