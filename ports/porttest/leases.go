package porttest

import "github.com/evercart/evercart/ports"

// Leases returns the promises of ports.Leases.
func Leases() []Check[ports.Leases] {
	return []Check[ports.Leases]{}
}
