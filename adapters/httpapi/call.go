package httpapi

import (
	"context"
	"net/http"
	"strings"

	"github.com/evercart/evercart/core/app/carts"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

// call is one request as far as it is read. It belongs to one goroutine.
type call struct {
	*http.Request
	ctx    context.Context // ends with the request, or when its time is over
	caller es.Caller
	id     string // the path's ID: a cart's in lower case, a replay's as it came
	query  query
	body   string // JSON as it came; empty: none

	key      string // the command ID
	keyGiven bool   // the caller named it

	ifMatch     []ports.Version // as app.Request has it
	seen        []carts.Seen    // what a view must tell of
	correlation string
	traceparent string

	handled bool // the command came to the use case
}

// read reads all that has a syntax, but for the idempotency key.
func (c *call) read(w http.ResponseWriter, rt *route, id string) (err error) {
	if c.id = id; strings.Contains(rt.path, "{id}") {
		if c.id, err = parseUUID(id); err != nil {
			return err
		}
	}
	if c.query, err = parseQuery(c.URL.RawQuery, rt.params); err != nil {
		return err
	}
	if c.correlation, err = parseCorrelation(c.Header["X-Correlation-Id"]); err != nil {
		return err
	}
	if rt.command {
		if c.ifMatch, err = parseIfMatch(c.Header["If-Match"]); err != nil {
			return err
		}
	}
	if rt.view != "" {
		if c.seen, err = parseTokens(c.Header[tokenHeader]); err != nil {
			return err
		}
	}
	c.traceparent = parseTraceparent(c.Header["Traceparent"])
	c.body, err = readBody(w, c.Request, rt.body)
	return err
}

// parseUUID reads the hyphenated form of a UUID, of whatever version, and returns
// it in lower case.
func parseUUID(text string) (string, error) {
	if !isUUID(text) {
		return "", malformed("the cart ID is no UUID of 36 characters")
	}
	return strings.ToLower(text), nil
}

func isUUID(text string) bool {
	if len(text) != 36 {
		return false
	}
	for i := range len(text) {
		switch c := text[i]; {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return false
			}
		case c >= '0' && c <= '9', c >= 'a' && c <= 'f', c >= 'A' && c <= 'F':
		default:
			return false
		}
	}
	return true
}
