package porttest

import "github.com/evercart/evercart/ports"

// Quarantine returns the promises of ports.Quarantine.
func Quarantine() []Check[ports.Quarantine] {
	return []Check[ports.Quarantine]{}
}
