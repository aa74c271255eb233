package envelope

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/evercart/evercart/ports"
)

// typePrefix begins the CloudEvents type of every event of Evercart.
const typePrefix = "evercart."

// eventType appends the CloudEvents type, evercart.<category>.<Type>.v<schema>,
// whose parts are checked and need no escapes.
func (w *writer) eventType(p *ports.Published) {
	w.key(memberType)
	w.buf = append(w.buf, `"`+typePrefix...)
	w.buf = append(w.buf, p.Stream.Category...)
	w.buf = append(w.buf, '.')
	w.buf = append(w.buf, p.Type...)
	w.buf = append(w.buf, ".v"...)
	w.buf = strconv.AppendInt(w.buf, int64(p.Schema), 10)
	w.buf = append(w.buf, '"')
}

// eventType reads a CloudEvents type. One that is not Evercart's is a
// *ports.FormatError.
func (s *Scanner) eventType() (category, name string, schema int) {
	text := s.String()
	if s.err != nil {
		return "", "", 0
	}
	rest, ours := strings.CutPrefix(text, typePrefix)
	category, rest, hasName := strings.Cut(rest, ".")
	name, digits, hasSchema := strings.Cut(rest, ".v")
	n := parseDigits(digits)
	if !ours || !hasName || !hasSchema || !validType(name) || !validSchema(n) || digits[0] == '0' {
		s.Fail(&ports.FormatError{Got: fmt.Sprintf("type %q", text), Want: "evercart.<category>.<Type>.v<schema>"})
		return "", "", 0
	}
	return category, name, int(n)
}

// known reads a string that this code knows one value of. Another one is a
// *ports.FormatError.
func (s *Scanner) known(m member, want string) {
	if got := s.String(); got != want {
		s.Fail(&ports.FormatError{Got: fmt.Sprintf("%s %q", m.name(), got), Want: strconv.Quote(want)})
	}
}

// subject appends a stream's name, which is valid and so needs no escapes.
func (w *writer) subject(m member, stream ports.StreamID) {
	w.key(m)
	w.buf = append(w.buf, '"')
	w.buf = append(w.buf, stream.Category...)
	w.buf = append(w.buf, '/')
	w.buf = append(w.buf, stream.ID...)
	w.buf = append(w.buf, '"')
}

// subject reads a stream's name.
func (s *Scanner) subject() ports.StreamID {
	text := s.String()
	if s.err != nil {
		return ports.StreamID{}
	}
	stream, err := ports.ParseStreamID(text)
	s.Fail(err)
	return stream
}

// sequence appends a version in sequenceDigits digits.
func (w *writer) sequence(m member, v ports.Version) {
	w.key(m)
	w.buf = append(w.buf, '"')
	w.buf = appendDigits(w.buf, int64(v), sequenceDigits)
	w.buf = append(w.buf, '"')
}

// sequence reads a version, the value of member m.
func (s *Scanner) sequence(m member) ports.Version {
	text := s.String()
	v, ok := parseSequence(text)
	if !ok && s.err == nil {
		s.fail(s.pos, fmt.Sprintf("want %s as %d digits, from 1, found %q", m.name(), sequenceDigits, text))
	}
	return v
}

// hex appends bytes in lower-case hex digits, unless all are zero.
func (w *writer) hex(m member, src []byte) {
	var bits byte
	for _, b := range src {
		bits |= b
	}
	if bits == 0 {
		return
	}
	w.key(m)
	w.buf = append(w.buf, '"')
	w.buf = appendHex(w.buf, src)
	w.buf = append(w.buf, '"')
}

// hex reads lower-case hex digits into dst, the value of member m.
func (s *Scanner) hex(m member, dst []byte) {
	text := s.String()
	if s.err == nil && !parseHex(dst, text) {
		s.fail(s.pos, fmt.Sprintf("want %s as %d lower-case hex digits, found %q", m.name(), 2*len(dst), text))
	}
}
