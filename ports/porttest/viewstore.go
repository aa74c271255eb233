package porttest

import "github.com/evercart/evercart/ports"

// ViewStore returns the promises of ports.ViewStore.
func ViewStore() []Check[ports.ViewStore] {
	return []Check[ports.ViewStore]{}
}
