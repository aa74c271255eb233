package httpapi

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/evercart/evercart/ports/envelope"
)

// showEvents answers GET /carts/{id}/events: a page of the cart's history.
func (a *api) showEvents(c *call) (reply, error) {
	limit, err := c.query.limit()
	if err != nil {
		return reply{}, err
	}
	after, err := c.query.version("after", 0)
	if err != nil {
		return reply{}, err
	}
	events, next, err := a.Queries.History(c.ctx, c.caller, c.id, after, limit)
	if err != nil {
		return reply{}, err
	}
	b := append(make([]byte, 0, 64+768*len(events)), `{"events":[`...)
	for i := range events {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = envelope.AppendWire(b, &events[i]); err != nil {
			return reply{}, fmt.Errorf("event %s version %d: %w", events[i].Stream, events[i].Version, err)
		}
	}
	b = append(b, ']')
	if next != 0 {
		b = append(b, `,"next":`...)
		b = strconv.AppendInt(b, int64(next), 10)
	}
	return jsonReply(http.StatusOK, append(b, '}')), nil
}
