package httpapi

import (
	"net/http"
	"strconv"
	"strings"
	"unicode"

	"github.com/evercart/evercart/core/app/carts"
	"github.com/evercart/evercart/ports/envelope"
)

// maxCursor is the most bytes of the cursor of a list.
const maxCursor = 512

// maxSearch is the most bytes that a search may have.
const maxSearch = 256

// listCarts answers GET /carts: a page of the caller's carts; everybody's where the
// operator asks.
func (a *api) listCarts(c *call) (reply, error) {
	limit, err := c.query.limit()
	if err != nil {
		return reply{}, err
	}
	status, given := c.query["status"]
	if given && status != "open" && status != "closed" {
		return reply{}, malformed("status is neither open nor closed")
	}
	after, given := c.query["after"]
	if given && (after == "" || len(after) > maxCursor || strings.ContainsFunc(after, unicode.IsControl)) {
		return reply{}, malformed("after is not the next of a page before")
	}
	if len(c.query["search"]) > maxSearch {
		return reply{}, malformed("search has more than 256 bytes")
	}
	if c.caller.Subject == "" && !c.caller.Operator {
		return reply{}, unauthenticated(a.needsToken(), challengeBearer)
	}
	page, err := a.Views.List(c.ctx, carts.Query{
		Owner: c.caller.Subject, All: c.caller.Operator, Status: status, Search: strings.TrimSpace(c.query["search"]), After: after, Limit: limit,
	})
	if err != nil {
		return reply{}, err
	}
	b := make([]byte, 0, 64+128*len(page.Carts))
	return jsonReply(http.StatusOK, appendCartPage(b, &page, c.caller.Operator)), nil
}

// needsToken says to somebody without a token what a list needs, and where to read of it.
func (a *api) needsToken() string {
	if a.Tokens == nil {
		return "this lists the carts of whoever a bearer token names, and no issuer of tokens is configured here; " +
			"a cart that nobody owns is found by its ID only: see Owners in /openapi.yaml"
	}
	return "this lists the carts of whoever a bearer token names: send Authorization: Bearer and a token of the configured issuer; " +
		"see Owners in /openapi.yaml"
}

// appendCartPage appends a page of carts; with more, all that the view says of each.
func appendCartPage(b []byte, page *carts.Page, more bool) []byte {
	b = append(b, `{"carts":[`...)
	for i := range page.Carts {
		listed := &page.Carts[i]
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"id":`...)
		b = envelope.AppendString(b, listed.ID)
		b = append(b, `,"version":`...)
		b = strconv.AppendInt(b, listed.Version, 10)
		b = append(b, `,"status":`...)
		b = envelope.AppendString(b, listed.Status)
		b = append(b, `,"items":`...)
		b = strconv.AppendInt(b, int64(listed.Items), 10)
		b = appendTime(b, "changed_at", listed.ChangedAt)
		if more {
			b = appendMore(b, listed)
		}
		b = append(b, '}')
	}
	b = append(b, ']')
	if page.Next != "" {
		b = append(b, `,"next":`...)
		b = envelope.AppendString(b, page.Next)
	}
	return append(b, '}')
}

func appendMore(b []byte, listed *carts.Listed) []byte {
	if listed.Owner != "" {
		b = append(b, `,"owner":`...)
		b = envelope.AppendString(b, listed.Owner)
	}
	if !listed.Total.IsZero() {
		b = append(b, `,"total":`...)
		b = appendPrice(b, listed.Total)
	}
	if listed.Reminded {
		b = append(b, `,"reminded":true`...)
	}
	b = append(b, `,"names":[`...)
	for i, name := range listed.Names {
		if i > 0 {
			b = append(b, ',')
		}
		b = envelope.AppendString(b, name)
	}
	return append(b, ']')
}
