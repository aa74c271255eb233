package cli

import (
	"fmt"

	"github.com/evercart/evercart/bootstrap/config"
)

type versionCommand struct{}

// Run prints the version that the binary was built from.
func (*versionCommand) Run(out *output) error {
	if out.json {
		return out.line(map[string]string{"version": config.Version()})
	}
	_, err := fmt.Fprintln(out.stdout, "evercart "+config.Version())
	return err
}
