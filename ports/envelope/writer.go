package envelope

import (
	"errors"
	"fmt"
	"strconv"
	"time"
)

// writer builds one JSON object member by member. The first error sticks.
type writer struct {
	buf []byte
	err error
}

func (w *writer) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

// key appends a comma where one is due, the key and a colon.
func (w *writer) key(m member) {
	if n := len(w.buf); w.buf[n-1] != '{' {
		w.buf = append(w.buf, ',')
	}
	w.buf = append(w.buf, '"')
	w.buf = append(w.buf, m.name()...)
	w.buf = append(w.buf, '"', ':')
}

// text appends a member that must be there and not empty.
func (w *writer) text(m member, value string) {
	if value == "" {
		w.fail(errors.New("no " + m.name()))
	}
	w.optional(m, value)
}

// optional appends a member, unless value is empty.
func (w *writer) optional(m member, value string) {
	if value == "" {
		return
	}
	w.key(m)
	var ok bool
	if w.buf, ok = appendText(w.buf, value); !ok {
		w.fail(errors.New(m.name() + " is not valid UTF-8"))
	}
}

// schema appends a schema number as a JSON number.
func (w *writer) schema(schema int) {
	w.checkSchema(schema)
	w.key(memberSchema)
	w.buf = strconv.AppendInt(w.buf, int64(schema), 10)
}

func (w *writer) checkSchema(schema int) {
	if !validSchema(int64(schema)) {
		w.fail(fmt.Errorf("schema %d: want 1 to %d", schema, maxSchema))
	}
}

// time appends an instant, unless it is zero.
func (w *writer) time(t time.Time) {
	if t.IsZero() {
		return
	}
	if !writableTime(t) {
		w.fail(fmt.Errorf("time %v: want whole microseconds in the years 0 to 9999", t))
		return
	}
	w.key(memberTime)
	w.buf = append(w.buf, '"')
	w.buf = appendTime(w.buf, t)
	w.buf = append(w.buf, '"')
}

// data appends the payload as it is.
func (w *writer) data(data string) {
	if err := ValidData(data); err != nil {
		w.fail(fmt.Errorf("data: %w", err))
	}
	w.key(memberData)
	w.buf = append(w.buf, data...)
}

// maxSchema is the greatest schema number of an event.
const maxSchema = 1<<31 - 1

func validSchema(n int64) bool { return n >= 1 && n <= maxSchema }
