package bootstrap

import (
	"path/filepath"
	"strings"

	"go.uber.org/fx"
)

// Program is how evercart is called on the machine where it runs, as one word of a
// shell, in whatever folder that is.
type Program string

// CalledAs goes with Serve and says what the program was called by, as os.Args begins,
// so that its page can name commands that work. Without it, that is evercart.
func CalledAs(arg string) fx.Option { return fx.Replace(programOf(arg)) }

// programOf makes a path absolute; a name without a folder was looked up by the shell,
// and will be again.
func programOf(arg string) Program {
	if strings.ContainsRune(arg, filepath.Separator) {
		if path, err := filepath.Abs(arg); err == nil {
			arg = path
		}
	}
	return Program(ShellWord(arg))
}
