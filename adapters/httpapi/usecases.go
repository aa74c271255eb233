package httpapi

import (
	"context"
	"time"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

// Commands carries out commands on carts, as *app.Commands does and says. A program
// that gives none links nothing that writes.
type Commands interface {
	Handle(ctx context.Context, req *app.Request[cart.Command]) (app.Answer[cart.State], error)
}

// Queries answers what a cart is, what it was, and how it came to be so, as
// *app.Queries does and says.
type Queries interface {
	Now(ctx context.Context, caller es.Caller, id string) (app.Answer[cart.State], error)
	At(ctx context.Context, caller es.Caller, id string, at ports.Version) (app.Answer[cart.State], error)
	When(ctx context.Context, caller es.Caller, id string, at time.Time) (app.Answer[cart.State], error)
	History(ctx context.Context, caller es.Caller, id string, after ports.Version, limit int) ([]ports.Published, ports.Version, error)
}
