package envelope

import (
	"strings"
	"time"

	"github.com/evercart/evercart/ports"
)

// readPlainStored reads one envelope that stands exactly as AppendStored writes
// it: the same members in the same order, without white space, and no text but
// data with an escape or beyond ASCII. Of any other it reads nothing and returns
// false, and readStored judges it. It is there for speed alone.
func readPlainStored(s *Scanner, e *ports.Event) bool {
	if s.err != nil || s.turn != turnValue {
		return false
	}
	p := plainReader{text: s.text, pos: s.pos}
	id := p.str(`{"id":"`)
	eventType := p.str(`,"type":"`)
	schema := p.number(`,"schema":`)
	at, timed := p.optional(`,"time":"`)
	correlationID, _ := p.optional(`,"correlationid":"`)
	causationID, _ := p.optional(`,"causationid":"`)
	traceparent, _ := p.optional(`,"traceparent":"`)
	actor, _ := p.optional(`,"actor":"`)
	p.literal(`,"data":`)
	if p.other || id == "" || eventType == "" || !validSchema(schema) {
		return false
	}
	var moment time.Time
	if timed {
		var ok bool
		if moment, ok = parseTime(at); !ok {
			return false
		}
	}
	rest := Scanner{text: s.text, pos: p.pos}
	data := rest.data()
	if rest.err != nil || !rest.at('}') {
		return false
	}
	s.pos, s.turn = rest.pos+1, turnNext
	e.ID, e.Type, e.Schema, e.Time, e.Data = id, eventType, int(schema), moment, data
	e.CorrelationID, e.CausationID, e.Traceparent, e.Actor = correlationID, causationID, traceparent, actor
	return true
}

// plainReader reads text that must stand just so. Once it does not, other is set,
// and what is returned from then on means nothing.
type plainReader struct {
	text  string
	pos   int
	other bool
}

func (p *plainReader) literal(l string) {
	if strings.HasPrefix(p.text[p.pos:], l) {
		p.pos += len(l)
	} else {
		p.other = true
	}
}

// str reads a key with the opening quote, and a plain string up to its end.
func (p *plainReader) str(key string) string {
	text, ok := p.optional(key)
	p.other = p.other || !ok
	return text
}

// optional is str for what may be left out.
func (p *plainReader) optional(key string) (text string, ok bool) {
	if !strings.HasPrefix(p.text[p.pos:], key) {
		return "", false
	}
	start := p.pos + len(key)
	end := skipPlain(p.text, start)
	if end == len(p.text) || p.text[end] != '"' {
		p.other = true
		return "", false
	}
	p.pos = end + 1
	return p.text[start:end], true
}

// number reads a key and 1 to 9 digits that do not begin with 0.
func (p *plainReader) number(key string) int64 {
	p.literal(key)
	start, n := p.pos, int64(0)
	for p.pos < len(p.text) && p.pos < start+9 && p.text[p.pos]-'0' <= 9 {
		n = n*10 + int64(p.text[p.pos]-'0')
		p.pos++
	}
	p.other = p.other || p.pos == start || p.text[start] == '0'
	return n
}
