package httpapi

import (
	"net/http"
	"strconv"

	"github.com/evercart/evercart/core/app/carts"
	"github.com/evercart/evercart/ports/envelope"
)

// showRelated answers GET /related: what else was in the carts that held an item.
func (a *api) showRelated(c *call) (reply, error) {
	limit, err := c.query.limit()
	if err != nil {
		return reply{}, err
	}
	item, err := c.query.item()
	if err != nil {
		return reply{}, err
	}
	related, err := a.Views.Related(c.ctx, item, limit)
	if err != nil {
		return reply{}, err
	}
	return jsonReply(http.StatusOK, appendRelated(make([]byte, 0, 64+64*len(related.Related)), &related)), nil
}

func appendRelated(b []byte, related *carts.RelatedItems) []byte {
	b = append(b, `{"item":`...)
	b = envelope.AppendString(b, related.Item)
	b = append(b, `,"carts":`...)
	b = strconv.AppendInt(b, int64(related.Carts), 10)
	b = append(b, `,"related":[`...)
	for i, r := range related.Related {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"item":`...)
		b = envelope.AppendString(b, r.Item)
		b = append(b, `,"count":`...)
		b = strconv.AppendInt(b, int64(r.Count), 10)
		b = append(b, '}')
	}
	return append(b, `]}`...)
}
