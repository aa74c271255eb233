package envelope

// MaxDepth is how many objects and arrays may stand one within another; the
// outermost counts. Deeper texts are an error.
const MaxDepth = 64

// Scanner reads one JSON text, strictly (RFC 8259, valid UTF-8, at most MaxDepth
// deep, no escape of half a surrogate pair), without allocating but for strings
// that hold escapes. Keys may repeat: who minds, checks. Errors stick: after the
// first, every method returns zero values and Err says what and where (a
// *SyntaxError, or what Fail was given).
//
// Values are read in the order of the text. A value that is not of the kind
// asked for is an error, and so is a call out of turn.
//
//	s := envelope.Scan(text)
//	for s.Object(); ; {
//		key, ok := s.Field()
//		if !ok {
//			return s.End()
//		}
//		switch key {
//		case "item":
//			item = s.String()
//		default:
//			s.Skip()
//		}
//	}
//
// The zero Scanner reads an empty text. A Scanner is for one goroutine; a copy
// goes on by itself from where the original stood.
type Scanner struct {
	text    string
	pos     int // of the next byte
	err     error
	objects uint64 // bit d: the container at depth d+1 is an object
	depth   int    // open containers
	turn    turn
	compact bool // white space is an error
}

// turn is what may come next.
type turn uint8

const (
	turnValue turn = iota // a value
	turnFirst             // a container's first member or element, or its end
	turnNext              // a comma or a container's end; outside all containers, the text's end
)

// Scan returns a scanner over text.
func Scan(text string) Scanner { return Scanner{text: text} }

// Object enters an object; it is an error if the next value is none.
func (s *Scanner) Object() {
	if s.value() != '{' {
		s.want("an object")
		return
	}
	s.open(1)
}

// Array enters an array; it is an error if the next value is none.
func (s *Scanner) Array() {
	if s.value() != '[' {
		s.want("an array")
		return
	}
	s.open(0)
}

func (s *Scanner) open(object uint64) {
	if s.depth == MaxDepth {
		s.fail(s.pos, tooDeep)
		return
	}
	s.objects = s.objects&^(1<<s.depth) | object<<s.depth
	s.depth++
	s.pos++
	s.turn = turnFirst
}

// Field moves to the object's next member and returns its key; ok is false at the
// object's end, which it leaves, and after an error. The caller reads or skips
// the value before the next call.
func (s *Scanner) Field() (key string, ok bool) {
	if key, ok := s.plainField(); ok {
		return key, true
	}
	if !s.next('}', 1) {
		return "", false
	}
	if s.peek() != '"' {
		s.want("a key")
		return "", false
	}
	key = s.str()
	if s.at(':') {
		s.pos++
	} else {
		s.colon()
	}
	s.turn = turnValue
	return key, s.err == nil
}

// plainField is Field where nothing is in the way: no white space, no escape, not
// the object's end. Elsewhere it moves nothing and returns false.
func (s *Scanner) plainField() (key string, ok bool) {
	text, i := s.text, s.pos
	if s.err != nil || s.turn == turnValue || s.depth == 0 || s.objects>>(s.depth-1)&1 == 0 {
		return "", false
	}
	if s.turn == turnNext {
		if i >= len(text) || text[i] != ',' {
			return "", false
		}
		i++
	}
	if i >= len(text) || text[i] != '"' {
		return "", false
	}
	start := i + 1
	end := skipPlain(text, start)
	if end+1 >= len(text) || text[end] != '"' || text[end+1] != ':' {
		return "", false
	}
	s.pos, s.turn = end+2, turnValue
	return text[start:end], true
}

// Element reports whether the array has another element, which the caller then
// reads or skips; false at the array's end, which it leaves, and after an error.
func (s *Scanner) Element() bool {
	if !s.next(']', 0) {
		return false
	}
	s.turn = turnValue
	return true
}

// next moves to the innermost container's next member or element. At closer it
// leaves the container and returns false.
func (s *Scanner) next(closer byte, object uint64) bool {
	switch {
	case s.err != nil:
		return false
	case s.turn == turnValue || s.depth == 0 || s.objects>>(s.depth-1)&1 != object:
		s.fail(s.pos, "the reader is out of turn")
		return false
	}
	switch c := s.peek(); {
	case c == closer:
		s.pos++
		s.depth--
		s.turn = turnNext
		return false
	case s.turn == turnFirst:
		return s.err == nil
	default:
		return s.comma(closer)
	}
}

// Kind returns the kind of the next value without reading it: one of
// '{' '[' '"' '0' (a number) 't' 'f' 'n', or 0 where no value begins and after
// an error.
func (s *Scanner) Kind() byte {
	if s.err != nil || s.turn != turnValue {
		return 0
	}
	return kindOf(s.peek())
}

// Fail makes err the scanner's error, unless it has one. A nil err does nothing.
func (s *Scanner) Fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

// Err returns the first error.
func (s *Scanner) Err() error { return s.err }

// End checks that the value is read and nothing but white space follows, and
// returns the first error.
func (s *Scanner) End() error {
	switch {
	case s.err != nil:
	case s.depth > 0 || s.turn != turnNext:
		s.fail(s.pos, "the reader stops before the value's end")
	default:
		if s.peek(); s.pos < len(s.text) {
			s.want("the end")
		}
	}
	return s.err
}

// value moves to the next value and returns its first byte; 0 where there is
// none, after an error, and out of turn, which is an error.
func (s *Scanner) value() byte {
	if s.err != nil {
		return 0
	}
	if s.turn != turnValue {
		s.fail(s.pos, "the reader is out of turn")
		return 0
	}
	return s.peek()
}
