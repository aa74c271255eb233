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

// listCarts answers GET /carts: a page of the caller's carts.
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
	if c.caller.Subject == "" {
		return reply{}, unauthenticated("whose carts they are, only a token says", challengeBearer)
	}
	page, err := a.Views.List(c.ctx, carts.Query{Owner: c.caller.Subject, Status: status, After: after, Limit: limit})
	if err != nil {
		return reply{}, err
	}
	return jsonReply(http.StatusOK, appendCartPage(make([]byte, 0, 64+128*len(page.Carts)), &page)), nil
}

func appendCartPage(b []byte, page *carts.Page) []byte {
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
		b = append(b, '}')
	}
	b = append(b, ']')
	if page.Next != "" {
		b = append(b, `,"next":`...)
		b = envelope.AppendString(b, page.Next)
	}
	return append(b, '}')
}
