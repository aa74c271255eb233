package envelope

// MaxDataDepth is how many objects and arrays of an event's data may stand one
// within another; the data itself counts. It leaves room for what data is put
// into.
const MaxDataDepth = 32

// ValidData returns an error unless data is one compact JSON object in valid
// UTF-8, at most MaxDataDepth deep, as ports.Event.Data must be.
func ValidData(data string) error {
	s := Scanner{text: data, compact: true}
	if s.data(); s.err == nil && s.pos < len(data) {
		s.want("the end")
	}
	return s.err
}

// data reads a value that must be what ValidData wants, and returns its text.
func (s *Scanner) data() string {
	if s.value() != '{' {
		s.want("an object")
		return ""
	}
	start := s.pos
	if end := skipPlainObject(s.text, start, MaxDataDepth); end > 0 {
		s.pos, s.turn = end, turnNext
		return s.text[start:end]
	}
	s.compact = true
	s.skip(MaxDataDepth)
	s.compact = false
	if s.err != nil {
		return ""
	}
	s.turn = turnNext
	return s.text[start:s.pos]
}
