package envelope

import "strconv"

// String reads a string. It shares memory with the text unless it holds escapes.
func (s *Scanner) String() string {
	if text, start := s.text, s.pos+1; s.turn == turnValue && s.err == nil && start < len(text) && text[start-1] == '"' {
		if end := skipPlain(text, start); end < len(text) && text[end] == '"' {
			s.pos, s.turn = end+1, turnNext
			return text[start:end]
		}
	}
	if s.value() != '"' {
		s.want("a string")
		return ""
	}
	s.turn = turnNext
	return s.str()
}

// Int reads a number that is written as an integer in the range of int64.
func (s *Scanner) Int() int64 {
	if kindOf(s.value()) != '0' {
		s.want("an integer")
		return 0
	}
	if n, ok := s.plainInt(); ok {
		return n
	}
	start := s.pos
	s.skipNumber()
	if s.err != nil {
		return 0
	}
	s.turn = turnNext
	n, err := strconv.ParseInt(s.text[start:s.pos], 10, 64)
	if err != nil {
		s.fail(start, "want an integer of at most 64 bits")
		return 0
	}
	return n
}

// Raw reads any value and returns its text, checked.
func (s *Scanner) Raw() string {
	s.value()
	start := s.pos
	s.skip(MaxDepth - s.depth)
	if s.err != nil {
		return ""
	}
	s.turn = turnNext
	return s.text[start:s.pos]
}

// Skip reads any value, checks it and drops it.
func (s *Scanner) Skip() { s.Raw() }

// peek passes over white space and returns the next byte; 0 at the end, and
// where white space is an error.
func (s *Scanner) peek() (c byte) {
	if s.pos < len(s.text) {
		c = s.text[s.pos]
	}
	if c <= ' ' {
		return s.peekSpace()
	}
	return c
}

func (s *Scanner) peekSpace() byte {
	for ; s.pos < len(s.text); s.pos++ {
		switch c := s.text[s.pos]; c {
		case ' ', '\t', '\n', '\r':
			if s.compact {
				s.fail(s.pos, "want compact JSON, found white space")
				return 0
			}
		default:
			return c
		}
	}
	return 0
}

func (s *Scanner) colon() {
	if s.peek() != ':' {
		s.want("':'")
		return
	}
	s.pos++
}

// comma reads the comma between two members or elements.
func (s *Scanner) comma(closer byte) bool {
	if s.peek() != ',' {
		s.want("',' or '" + string(rune(closer)) + "'")
		return false
	}
	s.pos++
	return s.err == nil
}

// plainInt is Int for 1 to 18 digits without a sign before ',' or '}'. Elsewhere it
// moves nothing and returns false.
func (s *Scanner) plainInt() (n int64, ok bool) {
	text, i := s.text, s.pos
	for ; i < len(text) && text[i]-'0' <= 9; i++ {
		n = n*10 + int64(text[i]-'0')
	}
	digits := i - s.pos
	if digits == 0 || digits > 18 || digits > 1 && text[s.pos] == '0' || i == len(text) || text[i] != ',' && text[i] != '}' {
		return 0, false
	}
	s.pos, s.turn = i, turnNext
	return n, true
}
