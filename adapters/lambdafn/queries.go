package lambdafn

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/app/carts"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// The range of every limit, as the HTTP API has it.
const (
	defaultLimit = 100
	maxLimit     = 1000
)

// refused is what a query answers that cannot be answered.
type refused struct {
	Error *RefusalOutcome `json:"error"`
}

// answered returns a query's answer, or its refusal as an answer.
func answered(answer any, err error) (any, error) {
	if refusal := refusalOf(err); refusal != nil {
		return refused{refusal}, nil
	}
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// readQuery reads a query's parameters, which are named as those of the HTTP API.
func readQuery(payload []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(payload))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	if err == nil {
		if _, more := d.Token(); more != io.EOF {
			return ErrMalformed.With("the invocation has a second value")
		}
		return nil
	}
	return ErrMalformed.With(fmt.Sprintf("the invocation cannot be read: %v", err))
}

func checkLimit(limit *int) (int, error) {
	switch {
	case limit == nil:
		return defaultLimit, nil
	case *limit < 1 || *limit > maxLimit:
		return 0, ErrMalformed.With(fmt.Sprintf("limit is no number from 1 to %d", maxLimit))
	}
	return *limit, nil
}

// History answers direct invocations of function cart-history,
// {"id", "after"?, "limit"?}, as GET /carts/{id}/events does.
type History struct {
	Queries *app.Queries[cart.State, cart.Command, cart.Event]
}

// Handle answers one invocation.
func (h *History) Handle(ctx context.Context, payload []byte) (any, error) {
	return answered(h.handle(ctx, payload))
}

func (h *History) handle(ctx context.Context, payload []byte) (any, error) {
	var in struct {
		ID    string        `json:"id"`
		After ports.Version `json:"after"`
		Limit *int          `json:"limit"`
	}
	if err := readQuery(payload, &in); err != nil {
		return nil, err
	}
	id, err := parseCartID("id", in.ID)
	if err != nil {
		return nil, err
	}
	limit, err := checkLimit(in.Limit)
	if err != nil {
		return nil, err
	}
	if in.After < 0 {
		return nil, ErrMalformed.With("after is no whole number from 0")
	}
	events, next, err := h.Queries.History(ctx, es.Caller{Operator: true}, id, in.After, limit)
	if err != nil {
		return nil, err
	}
	b := []byte(`{"events":[`)
	for i := range events {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = envelope.AppendWire(b, &events[i]); err != nil {
			return nil, fmt.Errorf("event %s version %d: %w", events[i].Stream, events[i].Version, err)
		}
	}
	b = append(b, ']')
	if next > 0 {
		b = fmt.Appendf(b, `,"next":%d`, next)
	}
	return json.RawMessage(append(b, '}')), nil
}

// List answers direct invocations of function list-carts,
// {"owner"?, "status"?, "after"?, "limit"?}, as GET /carts does; without an owner,
// of everybody's carts.
type List struct{ Views carts.Views }

type listedCart struct {
	ID        string `json:"id"`
	Version   int64  `json:"version"`
	Status    string `json:"status"`
	Items     int    `json:"items"`
	ChangedAt string `json:"changed_at,omitempty"`
}

type listedPage struct {
	Carts []listedCart `json:"carts"`
	Next  string       `json:"next,omitempty"`
}

// Handle answers one invocation.
func (l *List) Handle(ctx context.Context, payload []byte) (any, error) {
	return answered(l.handle(ctx, payload))
}

func (l *List) handle(ctx context.Context, payload []byte) (any, error) {
	var in struct {
		Owner  string `json:"owner"`
		Status string `json:"status"`
		After  string `json:"after"`
		Limit  *int   `json:"limit"`
	}
	if err := readQuery(payload, &in); err != nil {
		return nil, err
	}
	if in.Status != "" && in.Status != "open" && in.Status != "closed" {
		return nil, ErrMalformed.With("status is neither open nor closed")
	}
	limit, err := checkLimit(in.Limit)
	if err != nil {
		return nil, err
	}
	page, err := l.Views.List(ctx, carts.Query{Owner: in.Owner, All: in.Owner == "", Status: in.Status, After: in.After, Limit: limit})
	if err != nil {
		return nil, err
	}
	out := listedPage{Carts: make([]listedCart, len(page.Carts)), Next: page.Next}
	for i, c := range page.Carts {
		out.Carts[i] = listedCart{ID: c.ID, Version: c.Version, Status: c.Status, Items: c.Items}
		if !c.ChangedAt.IsZero() {
			out.Carts[i].ChangedAt = c.ChangedAt.UTC().Format("2006-01-02T15:04:05.000000Z")
		}
	}
	return out, nil
}

// Related answers direct invocations of function related-items,
// {"item", "limit"?}, as GET /related does.
type Related struct{ Views carts.Views }

type relatedItem struct {
	Item  string `json:"item"`
	Count int    `json:"count"`
}

type relatedItems struct {
	Item    string        `json:"item"`
	Carts   int           `json:"carts"`
	Related []relatedItem `json:"related"`
}

// Handle answers one invocation.
func (r *Related) Handle(ctx context.Context, payload []byte) (any, error) {
	return answered(r.handle(ctx, payload))
}

func (r *Related) handle(ctx context.Context, payload []byte) (any, error) {
	var in struct {
		Item  string `json:"item"`
		Limit *int   `json:"limit"`
	}
	if err := readQuery(payload, &in); err != nil {
		return nil, err
	}
	limit, err := checkLimit(in.Limit)
	if err != nil {
		return nil, err
	}
	item, err := cart.ParseItem(in.Item)
	if err != nil {
		return nil, err
	}
	related, err := r.Views.Related(ctx, item, limit)
	if err != nil {
		return nil, err
	}
	out := relatedItems{Item: related.Item, Carts: related.Carts, Related: make([]relatedItem, len(related.Related))}
	for i, other := range related.Related {
		out.Related[i] = relatedItem(other)
	}
	return out, nil
}
