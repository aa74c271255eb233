package cli

import (
	"fmt"

	"github.com/evercart/evercart/bootstrap"
)

type versionCommand struct{}

// Run prints the version that the binary was built from.
func (*versionCommand) Run(out *output) error {
	if out.json {
		return out.line(map[string]string{"version": bootstrap.Version()})
	}
	_, err := fmt.Fprintln(out.stdout, "evercart "+bootstrap.Version())
	return err
}
