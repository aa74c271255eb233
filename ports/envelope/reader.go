package envelope

import (
	"fmt"
	"time"
)

// filled reads a string that may not be empty, the value of member m.
func (s *Scanner) filled(m member) string {
	text := s.String()
	if text == "" && s.err == nil {
		s.fail(s.pos, "an empty "+m.name())
	}
	return text
}

// schema reads a schema number.
func (s *Scanner) schema() int {
	n := s.Int()
	if s.err == nil && !validSchema(n) {
		s.fail(s.pos, fmt.Sprintf("want a schema from 1 to %d, found %d", maxSchema, n))
		return 0
	}
	return int(n)
}

// time reads an instant as TimeLayout writes it.
func (s *Scanner) time() time.Time {
	text := s.String()
	t, ok := parseTime(text)
	if !ok && s.err == nil {
		s.fail(s.pos, fmt.Sprintf("want a time such as %s, found %q", TimeLayout, text))
	}
	return t
}
