package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/evercart/evercart/adapters/httpapi"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/app/carts"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// table starts a table for people; with --json it prints nothing by itself.
func (o *output) table(head ...string) *tabwriter.Writer {
	if o.json {
		return tabwriter.NewWriter(io.Discard, 0, 0, 0, ' ', 0)
	}
	t := tabwriter.NewWriter(o.stdout, 0, 4, 2, ' ', 0)
	row(t, head...)
	return t
}

// row adds a row to a table. What it fails with, Flush says.
func row(t *tabwriter.Writer, cells ...string) {
	fmt.Fprintln(t, strings.Join(cells, "\t"))
}

// line prints one line of JSON.
func (o *output) line(value any) error {
	encoder := json.NewEncoder(o.stdout)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

// instant shows a time to people and in JSON: UTC, microseconds; empty for none.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000Z")
}

// cart prints a cart: as HTTP answers it, or as a table.
func (o *output) cart(id string, answer *app.Answer[cart.State]) error {
	s := &answer.State
	if o.json {
		_, err := o.stdout.Write(append(httpapi.AppendCart(nil, id, answer.Version, s), '\n'))
		return err
	}
	t := tabwriter.NewWriter(o.stdout, 0, 4, 2, ' ', 0)
	row(t, "cart", id)
	row(t, "status", fmt.Sprintf("%s, version %d", s.Status, answer.Version))
	for _, fact := range [][2]string{
		{"owner", s.Owner}, {"opened", instant(s.OpenedAt)}, {"changed", instant(s.ChangedAt)}, {"closed", instant(s.ClosedAt)},
	} {
		if fact[1] != "" {
			row(t, fact[0], fact[1])
		}
	}
	if total, ok := s.Total(); ok {
		row(t, "total", total.String())
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if len(s.Lines) == 0 {
		return nil
	}
	if _, err := fmt.Fprintln(o.stdout); err != nil {
		return err
	}
	t = o.table("ITEM", "QUANTITY", "UNIT PRICE")
	for _, l := range s.Lines {
		row(t, l.Item, fmt.Sprint(l.Quantity), l.UnitPrice.String())
	}
	return t.Flush()
}

// event prints one event: its wire form, or a row.
func (o *output) event(t *tabwriter.Writer, e *ports.Published) error {
	if o.json {
		wire, err := envelope.AppendWire(nil, e)
		if err != nil {
			return err
		}
		_, err = o.stdout.Write(append(wire, '\n'))
		return err
	}
	row(t, fmt.Sprint(e.Version), instant(e.Time), e.Type, e.Data)
	return nil
}

// listed is a cart of a list, in JSON as HTTP has it.
type listed struct {
	ID        string `json:"id"`
	Version   int64  `json:"version"`
	Status    string `json:"status"`
	Items     int    `json:"items"`
	ChangedAt string `json:"changed_at,omitempty"`
}

// carts prints a page of carts; of one without any, what none says.
func (o *output) carts(page *carts.Page, none string) error {
	list := make([]listed, len(page.Carts))
	for i, c := range page.Carts {
		list[i] = listed{c.ID, c.Version, c.Status, c.Items, instant(c.ChangedAt)}
	}
	if o.json {
		return o.line(struct {
			Carts []listed `json:"carts"`
			Next  string   `json:"next,omitempty"`
		}{list, page.Next})
	}
	if len(list) == 0 {
		_, err := fmt.Fprintln(o.stdout, none)
		return err
	}
	t := o.table("CART", "VERSION", "STATUS", "ITEMS", "CHANGED")
	for _, c := range list {
		row(t, c.ID, fmt.Sprint(c.Version), c.Status, fmt.Sprint(c.Items), c.ChangedAt)
	}
	if err := t.Flush(); err != nil || page.Next == "" {
		return err
	}
	_, err := fmt.Fprintf(o.stdout, "\nThere are more: --after %s\n", page.Next)
	return err
}
