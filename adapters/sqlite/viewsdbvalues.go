package sqlite

import (
	"bytes"
	"context"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/evercart/evercart/ports"
)

// readable returns b as a column keeps it best: as text where it is text, so that
// every SQLite tool shows it, and as a blob otherwise. Either reads back as the
// same bytes; nil reads back as empty.
func readable(b []byte) any {
	if utf8.Valid(b) && bytes.IndexByte(b, 0) < 0 {
		return string(b)
	}
	return b
}

// timeLayout is RFC 3339 in UTC with six fraction digits, so that times sort as
// text.
const timeLayout = "2006-01-02T15:04:05.000000Z"

// formatTime returns t as columns keep it, cut to whole microseconds.
func formatTime(t time.Time) string { return t.UTC().Format(timeLayout) }

func parseTime(s string) (time.Time, error) {
	t, err := time.Parse(timeLayout, s)
	if err != nil {
		return time.Time{}, fmt.Errorf("time %q: want the form %s", s, timeLayout)
	}
	return t, nil
}

// optionalTime returns t as a column that may be NULL keeps it: NULL is the zero
// time.
func optionalTime(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return formatTime(t)
}

// nullTime scans a column that optionalTime wrote.
type nullTime struct{ time.Time }

// Scan implements sql.Scanner.
func (n *nullTime) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		n.Time = time.Time{}
		return nil
	case string:
		t, err := parseTime(v)
		n.Time = t
		return err
	default:
		return fmt.Errorf("time is %T, want text", v)
	}
}

// unreadable returns what a failed Scan under ctx means: that the named row is
// corrupt, unless ctx has ended, which ends a Scan too.
func unreadable(ctx context.Context, what string, err error) error {
	if end := ctx.Err(); end != nil {
		return end
	}
	return &ports.CorruptError{What: what, Err: err}
}
