package httpapi

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// showEvents answers GET /carts/{id}/events: a page of the cart's history.
func (a *api) showEvents(c *call) (reply, error) {
	after, limit, err := c.query.page()
	if err != nil {
		return reply{}, err
	}
	events, next, err := a.Queries.History(c.ctx, c.caller, c.id, after, limit)
	if err != nil {
		return reply{}, err
	}
	return historyReply("events", len(events), next, func(b []byte, i int) ([]byte, error) { return appendEvent(b, &events[i]) })
}

// historyReply answers with a page of n entries under a name, each as add appends it.
func historyReply(name string, n int, next ports.Version, add func(b []byte, i int) ([]byte, error)) (reply, error) {
	b := append(make([]byte, 0, 64+800*n), `{"`+name+`":[`...)
	for i := range n {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = add(b, i); err != nil {
			return reply{}, err
		}
	}
	b = append(b, ']')
	if next != 0 {
		b = append(b, `,"next":`...)
		b = strconv.AppendInt(b, int64(next), 10)
	}
	return jsonReply(http.StatusOK, append(b, '}')), nil
}

func appendEvent(b []byte, p *ports.Published) ([]byte, error) {
	b, err := envelope.AppendWire(b, p)
	if err != nil {
		return b, fmt.Errorf("event %s version %d: %w", p.Stream, p.Version, err)
	}
	return b, nil
}
