package httpapi

import (
	"net/http"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
)

// openCart answers POST /carts.
func (a *api) openCart(c *call) (reply, error) {
	if err := emptyObject(c.body); err != nil {
		return reply{}, err
	}
	var err error
	if !c.keyGiven {
		c.id = a.NewCartID()
	} else if c.id, err = cartIDOf(c.caller.Subject, c.key); err != nil {
		return reply{}, err
	}
	out, err := a.command(c, cart.OpenCart{Owner: c.caller.Subject}, http.StatusCreated)
	out.location = "/carts/" + c.id
	return out, err
}

// closeCart answers POST /carts/{id}/close.
func (a *api) closeCart(c *call) (reply, error) {
	return a.command(c, cart.CloseCart{}, http.StatusOK)
}

// showCart answers GET /carts/{id}: now, at a version, or at an instant.
func (a *api) showCart(c *call) (reply, error) {
	known, err := parseTags("If-None-Match", c.Header["If-None-Match"])
	if err != nil {
		return reply{}, err
	}
	answer, err := a.cartThen(c)
	if err != nil {
		return reply{}, err
	}
	if anyIs(known, answer.Version) {
		return reply{status: http.StatusNotModified, etag: etagOf(answer.Version)}, nil
	}
	return cartReply(http.StatusOK, c.id, &answer), nil
}

func (a *api) cartThen(c *call) (app.Answer[cart.State], error) {
	_, byVersion := c.query["version"]
	_, byTime := c.query["at"]
	var none app.Answer[cart.State]
	switch {
	case byVersion && byTime:
		return none, malformed("version and at are given together")
	case byVersion:
		version, err := c.query.version("version", 1)
		if err != nil {
			return none, err
		}
		return a.Queries.At(c.ctx, c.caller, c.id, version)
	case byTime:
		at, err := c.query.instant("at")
		if err != nil {
			return none, err
		}
		return a.Queries.When(c.ctx, c.caller, c.id, at)
	default:
		return a.Queries.Now(c.ctx, c.caller, c.id)
	}
}

// command carries out a command on the call's cart. Its values are checked before
// anything is looked up, so that the answer tells nothing of the cart.
func (a *api) command(c *call, command cart.Command, status int) (reply, error) {
	if err := cart.Validate(command); err != nil {
		return reply{}, err
	}
	c.handled = true
	answer, err := a.Commands.Handle(c.ctx, &app.Request[cart.Command]{
		ID: c.id, Command: command, CommandID: c.key, IfMatch: c.ifMatch, Caller: c.caller,
		CorrelationID: c.correlation, Traceparent: c.traceparent,
	})
	if err != nil {
		return reply{}, err
	}
	out := cartReply(status, c.id, &answer)
	out.token = tokenOf(c.id, answer.Version)
	return out, nil
}

// cartReply returns a cart as it is answered.
func cartReply(status int, id string, answer *app.Answer[cart.State]) reply {
	out := jsonReply(status, AppendCart(make([]byte, 0, 512), id, answer.Version, &answer.State))
	out.etag, out.replayed = etagOf(answer.Version), answer.Replayed
	return out
}
