package cli

import (
	"fmt"

	"github.com/evercart/evercart/bootstrap/config"
)

type versionCommand struct{}

// built is a binary's making, in JSON.
type built struct {
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"`
	Changed bool   `json:"changed,omitempty"`
	Date    string `json:"date,omitempty"`
	Go      string `json:"go,omitempty"`
}

// Run prints the version, and the commit and its date where the build knew them.
func (*versionCommand) Run(out *output) error {
	b := config.Version()
	if out.json {
		return out.line(built{b.Version, b.Commit, b.Changed, instant(b.Date), b.Go})
	}
	_, err := fmt.Fprintln(out.stdout, "evercart", b)
	return err
}
