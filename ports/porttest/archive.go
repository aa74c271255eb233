package porttest

import "github.com/evercart/evercart/ports"

// Archive returns the promises of ports.Archive.
func Archive() []Check[ports.Archive] {
	return []Check[ports.Archive]{}
}
