package httpapi

import (
	"net/http"

	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports/envelope"
)

// showTimeline answers GET /operator/carts/{id}/timeline: a page of the cart's
// history, each event with what its commit's hash proves.
func (a *api) showTimeline(c *call) (reply, error) {
	after, limit, err := c.query.page()
	if err != nil {
		return reply{}, err
	}
	steps, next, err := a.Operator.History.Timeline(c.ctx, c.caller, c.id, after, limit)
	if err != nil {
		return reply{}, err
	}
	return historyReply("steps", len(steps), next, func(b []byte, i int) ([]byte, error) {
		b = append(b, `{"proof":`...)
		b = envelope.AppendString(b, string(steps[i].Proof))
		b = append(b, `,"event":`...)
		b, err := appendEvent(b, &steps[i].Published)
		return append(b, '}'), err
	})
}

// showDiff answers GET /operator/carts/{id}/diff: what turned the cart as of one
// version into the cart as of another. Version 0 is before the first event.
func (a *api) showDiff(c *call) (reply, error) {
	var states [2]cart.State
	for i, name := range [...]string{"from", "to"} {
		if _, given := c.query[name]; !given {
			return reply{}, malformed("query parameter " + name + " is missing")
		}
		version, err := c.query.version(name, 0)
		if err != nil {
			return reply{}, err
		}
		if version == 0 {
			continue
		}
		answer, err := a.Queries.At(c.ctx, c.caller, c.id, version)
		if err != nil {
			return reply{}, err
		}
		states[i] = answer.State
	}
	b := append(make([]byte, 0, 256), `{"changes":[`...)
	for i, change := range cart.Diff(states[0], states[1]) {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"what":`...)
		b = envelope.AppendString(b, change.What)
		b = append(b, `,"from":`...)
		b = envelope.AppendString(b, change.From)
		b = append(b, `,"to":`...)
		b = envelope.AppendString(b, change.To)
		b = append(b, '}')
	}
	return jsonReply(http.StatusOK, append(b, `]}`...)), nil
}
