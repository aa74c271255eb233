package envelope

const tooDeep = "nested too deep"

// skip passes over the next value, which may nest room deep.
func (s *Scanner) skip(room int) {
	if s.err != nil {
		return
	}
	switch c := s.peek(); kindOf(c) {
	case '"':
		s.skipString()
	case '0':
		s.skipNumber()
	case '{':
		s.skipObject(room)
	case '[':
		s.skipArray(room)
	case 't':
		s.skipWord("true")
	case 'f':
		s.skipWord("false")
	case 'n':
		s.skipWord("null")
	default:
		s.want("a value")
	}
}

func (s *Scanner) skipObject(room int) {
	if !s.enter(room, '}') {
		return
	}
	for s.err == nil {
		if s.peek() != '"' {
			s.want("a key")
			return
		}
		s.skipString()
		s.colon()
		s.skip(room - 1)
		if s.leave('}') {
			return
		}
	}
}

func (s *Scanner) skipArray(room int) {
	if !s.enter(room, ']') {
		return
	}
	for s.err == nil {
		s.skip(room - 1)
		if s.leave(']') {
			return
		}
	}
}

// enter passes over a container's opening; false where that was all of it.
func (s *Scanner) enter(room int, closer byte) bool {
	if room == 0 {
		s.fail(s.pos, tooDeep)
		return false
	}
	s.pos++
	if s.peek() == closer {
		s.pos++
		return false
	}
	return true
}

// leave passes over a container's end and returns true, or over a comma and
// returns false.
func (s *Scanner) leave(closer byte) bool {
	if s.err != nil {
		return true
	}
	if s.peek() == closer {
		s.pos++
		return true
	}
	return !s.comma(closer)
}

func (s *Scanner) skipWord(word string) {
	if end := s.pos + len(word); end <= len(s.text) && s.text[s.pos:end] == word {
		s.pos = end
		return
	}
	s.want(word)
}

// skipNumber passes over a number as RFC 8259 writes it; s stands on '-' or on a
// digit.
func (s *Scanner) skipNumber() {
	if s.text[s.pos] == '-' {
		s.pos++
	}
	if s.at('0') {
		s.pos++
	} else {
		s.skipDigits()
	}
	if s.at('.') {
		s.pos++
		s.skipDigits()
	}
	if s.at('e') || s.at('E') {
		s.pos++
		if s.at('+') || s.at('-') {
			s.pos++
		}
		s.skipDigits()
	}
}

func (s *Scanner) at(c byte) bool { return s.pos < len(s.text) && s.text[s.pos] == c }

// skipDigits passes over one digit or more.
func (s *Scanner) skipDigits() {
	start := s.pos
	for s.pos < len(s.text) && s.text[s.pos]-'0' <= 9 {
		s.pos++
	}
	if s.pos == start {
		s.want("a digit")
	}
}
