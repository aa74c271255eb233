package envelope

import (
	"errors"
	"fmt"
	"strings"

	"github.com/evercart/evercart/ports"
)

// checkPublished returns an error unless p fits the wire form and does not
// contradict itself.
func checkPublished(p *ports.Published) error {
	if err := p.Stream.Validate(); err != nil {
		return err
	}
	switch {
	case p.CommitFirst < 1 || p.Version < p.CommitFirst || p.Version > p.CommitLast:
		return fmt.Errorf("version %d of a commit of versions %d to %d", p.Version, p.CommitFirst, p.CommitLast)
	case !validType(p.Type):
		return fmt.Errorf("type %q: want a capital letter, then at most 63 letters and digits", p.Type)
	case !validSchema(int64(p.Schema)):
		return fmt.Errorf("schema %d: want 1 to %d", p.Schema, maxSchema)
	}
	return nil
}

// validType reports whether t is an event's type as ports.Event has it, so that it
// needs no escapes.
func validType(t string) bool {
	if t == "" || len(t) > 64 || t[0] < 'A' || t[0] > 'Z' {
		return false
	}
	for i := range len(t) {
		if c := t[i] | 0x20; (c < 'a' || c > 'z') && t[i]-'0' > 9 {
			return false
		}
	}
	return true
}

// checkNames returns an error unless the type's category, and the partition key
// where there is one, are the stream's.
func checkNames(p *ports.Published, category, key string, hasKey bool) error {
	if category != p.Stream.Category {
		return fmt.Errorf("a type of category %s, but the subject %s", category, p.Stream)
	}
	if !hasKey {
		return nil
	}
	if c, id, ok := strings.Cut(key, "/"); !ok || c != p.Stream.Category || id != p.Stream.ID {
		return fmt.Errorf("partition key %q, but the subject %s", key, p.Stream)
	}
	return nil
}

// wireError returns the error that ParseWire owes for err, naming p as far as it
// was read.
func wireError(p *ports.Published, err error) error {
	what := "event"
	if p.Stream != (ports.StreamID{}) {
		what += " of " + p.Stream.String()
	}
	if p.Version > 0 {
		what += fmt.Sprintf(" at version %d", p.Version)
	}
	if format, ok := errors.AsType[*ports.FormatError](err); ok {
		format.What = what
		return format
	}
	return &ports.CorruptError{What: what, Err: err}
}
