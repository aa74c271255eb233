package ports

import (
	"fmt"
	"strings"
)

// StreamID names one stream: all events of one aggregate. The zero value names
// nothing and is refused by every port.
type StreamID struct {
	// Category says what kind of aggregate: "cart". It matches
	// [a-z][a-z0-9-]{0,31}, so that it fits a table's name and a CloudEvents type.
	Category string
	// ID is the aggregate's own: 1 to 128 characters of [A-Za-z0-9._:-]. Carts use
	// UUIDs in lower case.
	ID string
}

// String returns "category/ID", which is also the CloudEvents subject and the
// partition key of the feed.
func (s StreamID) String() string { return s.Category + "/" + s.ID }

// Validate returns an error that names the part and the rule it breaks, or nil.
func (s StreamID) Validate() error {
	if !validCategory(s.Category) {
		return fmt.Errorf("stream category %q: want a lower-case letter, then at most 31 of a-z, 0-9 and '-'", s.Category)
	}
	if !validID(s.ID) {
		return fmt.Errorf("stream ID %q: want 1 to 128 of A-Z, a-z, 0-9 and '.', '_', ':', '-'", s.ID)
	}
	return nil
}

// ParseStreamID reads what String wrote.
func ParseStreamID(subject string) (StreamID, error) {
	category, id, ok := strings.Cut(subject, "/")
	if !ok {
		return StreamID{}, fmt.Errorf("subject %q: want category/ID", subject)
	}
	s := StreamID{Category: category, ID: id}
	if err := s.Validate(); err != nil {
		return StreamID{}, fmt.Errorf("subject %q: %w", subject, err)
	}
	return s, nil
}

func validCategory(c string) bool {
	if c == "" || len(c) > 32 || c[0] < 'a' || c[0] > 'z' {
		return false
	}
	for i := 1; i < len(c); i++ {
		if b := c[i]; (b < 'a' || b > 'z') && (b < '0' || b > '9') && b != '-' {
			return false
		}
	}
	return true
}

func validID(id string) bool {
	if id == "" || len(id) > 128 {
		return false
	}
	for i := range len(id) {
		switch b := id[i]; {
		case b >= 'a' && b <= 'z', b >= 'A' && b <= 'Z', b >= '0' && b <= '9':
		case b == '.', b == '_', b == ':', b == '-':
		default:
			return false
		}
	}
	return true
}

// Version numbers the events of one stream: 1, 2, 3 … without a gap. 0 is the
// version of a stream that has no events. *Sequence* in the wire form means the
// same number.
type Version int64
