package httpapi

import (
	"fmt"
	"maps"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/evercart/evercart/ports"
)

// The range of every limit.
const (
	defaultLimit = 100
	maxLimit     = 1000
)

// query holds the query parameters of a request: each known, and there once.
type query map[string]string

func parseQuery(raw string, known []string) (query, error) {
	if raw == "" {
		return nil, nil
	}
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, malformed("the query cannot be read: percent-encode what is not a letter or a digit")
	}
	q := make(query, len(values))
	for _, name := range slices.Sorted(maps.Keys(values)) { // the same fault for the same query
		given := values[name]
		switch {
		case !slices.Contains(known, name):
			return nil, malformed(fmt.Sprintf("there is no query parameter %q here", name))
		case len(given) > 1:
			return nil, malformed("query parameter " + name + " is given more than once")
		case !utf8.ValidString(given[0]):
			return nil, malformed("query parameter " + name + " is not valid UTF-8")
		}
		q[name] = given[0]
	}
	return q, nil
}

// limit returns the limit asked for, or the default.
func (q query) limit() (int, error) {
	text, ok := q["limit"]
	if !ok {
		return defaultLimit, nil
	}
	n, ok := parseDigits(text)
	if !ok || n < 1 || n > maxLimit {
		return 0, malformed("limit is no number from 1 to " + strconv.Itoa(maxLimit))
	}
	return int(n), nil
}

// version returns a version of at least least; that one where the parameter is not
// given. What is too large for a number is the largest: no stream is that long.
func (q query) version(name string, least ports.Version) (ports.Version, error) {
	text, ok := q[name]
	if !ok {
		return least, nil
	}
	n, ok := parseDigits(text)
	if !ok || ports.Version(n) < least {
		return 0, malformed(fmt.Sprintf("%s is no whole number from %d", name, least))
	}
	return ports.Version(n), nil
}

// page returns which page of a history is asked for: how many events at most, after
// which version.
func (q query) page() (after ports.Version, limit int, err error) {
	if limit, err = q.limit(); err != nil {
		return 0, 0, err
	}
	after, err = q.version("after", 0)
	return after, limit, err
}

// instant returns the time that a parameter names.
func (q query) instant(name string) (time.Time, error) {
	text := q[name]
	at, err := time.Parse(time.RFC3339Nano, text)
	// The parser takes hours of one digit and decimal commas, too.
	if err != nil || text[len("2006-01-02T15")] != ':' || strings.Contains(text, ",") {
		if strings.Contains(text, " ") {
			return at, malformed(name + " is no RFC 3339 time; '+' is written %2B in a query")
		}
		return at, malformed(name + " is no RFC 3339 time, such as 2026-01-31T12:00:00Z")
	}
	return at, nil
}

// parseDigits reads a number written in digits only, without leading zeros. One
// beyond int64 is the largest int64.
func parseDigits(text string) (int64, bool) {
	if text == "" || strings.Trim(text, "0123456789") != "" || (text[0] == '0' && text != "0") {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return math.MaxInt64, true
	}
	return n, true
}
