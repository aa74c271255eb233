package httpapi

import (
	"net/http"

	"github.com/evercart/evercart/core/cart"
)

// addItem answers POST /carts/{id}/items.
func (a *api) addItem(c *call) (reply, error) {
	body, err := readItemBody(c.body, hasItem, hasQuantity|hasUnitPrice)
	if err != nil {
		return reply{}, err
	}
	item, err := cart.ParseItem(body.item)
	if err != nil {
		return reply{}, err
	}
	return a.command(c, cart.AddItem{Item: item, Quantity: body.quantity, UnitPrice: body.unitPrice}, http.StatusCreated)
}

// changeQuantity answers PATCH /carts/{id}/items.
func (a *api) changeQuantity(c *call) (reply, error) {
	body, err := readItemBody(c.body, hasItem|hasQuantity, 0)
	if err != nil {
		return reply{}, err
	}
	item, err := cart.ParseItem(body.item)
	if err != nil {
		return reply{}, err
	}
	return a.command(c, cart.ChangeItemQuantity{Item: item, Quantity: body.quantity}, http.StatusOK)
}

// removeItem answers DELETE /carts/{id}/items?item=NAME.
func (a *api) removeItem(c *call) (reply, error) {
	item, err := c.query.item()
	if err != nil {
		return reply{}, err
	}
	return a.command(c, cart.RemoveItem{Item: item}, http.StatusOK)
}

// item returns the item that the query must name.
func (q query) item() (string, error) {
	name, ok := q["item"]
	if !ok {
		return "", malformed("query parameter item is missing")
	}
	return cart.ParseItem(name)
}
