package envelope

import "github.com/evercart/evercart/ports"

// AppendWire appends one event in the wire form: CloudEvents 1.0 structured
// JSON, in one line without a line feed.
func AppendWire(dst []byte, p *ports.Published) ([]byte, error) { panic("stub") }

// ParseWire reads the wire form. Unknown attributes are ignored. What cannot be
// read is a *ports.CorruptError, a form that this code does not know (another
// specversion, a type that is not evercart.…) a *ports.FormatError. The event
// shares memory with line.
func ParseWire(line string) (ports.Published, error) { panic("stub") }

// Commit puts the published events of one commit together again; they may come in
// any order, and the same event more than once. It returns an error that says
// what is missing or does not fit.
func Commit(events []ports.Published) (ports.Commit, error) { panic("stub") }
