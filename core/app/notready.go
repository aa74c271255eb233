package app

import "github.com/evercart/evercart/ports"

// NotReadyError says why a generation of a view cannot be made live, or be built, as
// things are. Nothing was changed.
type NotReadyError struct {
	Target ports.Target // Generation 0: none in particular
	Why    string       // a sentence that names it
}

func (e *NotReadyError) Error() string { return e.Why }
