package envelope

import "github.com/evercart/evercart/ports"

// Format is the number of the stored form that AppendStored writes.
const Format = 2

// AppendStored appends the events of c in the stored form: a JSON array of
// envelopes, without what the item already says (stream, versions, command ID).
func AppendStored(dst []byte, c *ports.Commit) ([]byte, error) { panic("stub") }

// ParseStored reads what AppendStored wrote and appends the events to slab, which
// it returns. c gives what the item says: Stream, First, Last and CommandID.
// Events share memory with stored.
func ParseStored(slab []ports.Event, stored string, c *ports.Commit) ([]ports.Event, error) {
	panic("stub")
}
