package envelope

import "fmt"

// SyntaxError says where a text breaks the rules of Scanner, or is not what its
// reader wants.
type SyntaxError struct {
	Offset int    // in bytes from the text's start, from 0
	What   string // "want an object, found a string"
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("at byte %d: %s", e.Offset, e.What) }

// fail makes what, found at offset, the scanner's error, unless it has one.
func (s *Scanner) fail(offset int, what string) {
	if s.err == nil {
		s.err = &SyntaxError{Offset: offset, What: what}
	}
}

// want says that what should stand at the scanner's place, and what does.
func (s *Scanner) want(what string) { s.fail(s.pos, "want "+what+", found "+s.found()) }

func (s *Scanner) found() string {
	if s.pos >= len(s.text) {
		return "the end"
	}
	switch kindOf(s.text[s.pos]) {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case '0':
		return "a number"
	default:
		return fmt.Sprintf("%q", s.text[s.pos])
	}
}

// kindOf returns the kind of the value that begins with c, as Scanner.Kind does;
// 0 where none does.
func kindOf(c byte) byte {
	switch {
	case c == '{', c == '[', c == '"', c == 't', c == 'f', c == 'n':
		return c
	case c == '-', c >= '0' && c <= '9':
		return '0'
	default:
		return 0
	}
}
