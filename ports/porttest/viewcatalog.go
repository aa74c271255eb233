package porttest

import "github.com/evercart/evercart/ports"

// ViewCatalog returns the promises of ports.ViewCatalog.
func ViewCatalog() []Check[ports.ViewCatalog] {
	return []Check[ports.ViewCatalog]{}
}
