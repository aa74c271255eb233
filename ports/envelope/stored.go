package envelope

import (
	"fmt"

	"github.com/evercart/evercart/ports"
)

// Format is the number of the stored form that AppendStored writes.
const Format = 2

// AppendStored appends the events of c in the stored form: a JSON array of
// envelopes, without what the item already says (stream, versions, command ID).
//
//	[{"id":…,"type":…,"schema":…,"time":…,"correlationid":…,"causationid":…,"traceparent":…,"actor":…,"data":{…}}]
//
// What is empty is left out, and so is a zero time. Data stands there byte for
// byte. A commit that does not validate, data that ValidData refuses, text that
// is not UTF-8, and a time with parts of a microsecond are errors, which name the
// commit; dst comes back as it was then.
func AppendStored(dst []byte, c *ports.Commit) ([]byte, error) {
	if err := c.Validate(); err != nil {
		return dst, fmt.Errorf("stored form: %w", err)
	}
	w := writer{buf: append(dst, '[')}
	for i := range c.Events {
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		if w.stored(&c.Events[i]); w.err != nil {
			return dst, fmt.Errorf("stored form: commit of %s at version %d: event %d: %w", c.Stream, c.First, i+1, w.err)
		}
	}
	return append(w.buf, ']'), nil
}

func (w *writer) stored(e *ports.Event) {
	w.buf = append(w.buf, '{')
	w.text(memberID, e.ID)
	w.text(memberType, e.Type)
	w.schema(e.Schema)
	w.time(e.Time)
	w.optional(memberCorrelationID, e.CorrelationID)
	w.optional(memberCausationID, e.CausationID)
	w.optional(memberTraceparent, e.Traceparent)
	w.optional(memberActor, e.Actor)
	w.data(e.Data)
	w.buf = append(w.buf, '}')
}

// ParseStored reads what AppendStored wrote and appends the events to slab, which
// it returns. c gives what the item says: Stream, First, Last and CommandID.
// Events share memory with stored, and members that this code does not know are
// passed over.
//
// What cannot be read is a *ports.CorruptError that names the commit: broken JSON,
// a member missing or twice, data that ValidData refuses, or not Last - First + 1
// events. slab comes back as it was then.
func ParseStored(slab []ports.Event, stored string, c *ports.Commit) ([]ports.Event, error) {
	s := Scan(stored)
	out := slab
	want := c.Last - c.First + 1
	if c.First < 1 || want < 1 {
		s.Fail(fmt.Errorf("it has versions %d to %d", c.First, c.Last))
	}
	n := ports.Version(0)
	for s.Array(); s.Element() && n < want; n++ {
		out = append(out, ports.Event{Stream: c.Stream, Version: c.First + n})
		e := &out[len(out)-1]
		e.CommandID = c.CommandID
		if !readPlainStored(&s, e) {
			readStored(&s, e)
		}
	}
	switch {
	case s.err == nil && s.depth > 0:
		s.Fail(fmt.Errorf("more than %d events for versions %d to %d", want, c.First, c.Last))
	case n < want:
		s.Fail(fmt.Errorf("%d events for versions %d to %d", n, c.First, c.Last))
	}
	if err := s.End(); err != nil {
		clear(out[len(slab):])
		return slab, &ports.CorruptError{What: fmt.Sprintf("commit of %s at version %d", c.Stream, c.First), Err: err}
	}
	return out, nil
}

// readStored reads one envelope into e.
func readStored(s *Scanner, e *ports.Event) {
	var have members
	s.Object()
	for {
		switch have.next(s) {
		case memberID:
			e.ID = s.filled(memberID)
		case memberType:
			e.Type = s.filled(memberType)
		case memberSchema:
			e.Schema = s.schema()
		case memberTime:
			e.Time = s.time()
		case memberCorrelationID:
			e.CorrelationID = s.String()
		case memberCausationID:
			e.CausationID = s.String()
		case memberTraceparent:
			e.Traceparent = s.String()
		case memberActor:
			e.Actor = s.String()
		case memberData:
			e.Data = s.data()
		case 0:
			have.require(s, memberID, memberType, memberSchema, memberData)
			return
		default:
			s.Skip()
		}
	}
}
