package bootstrap

import (
	"testing"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
)

func BenchmarkCommandsOnSQLite1Writer(b *testing.B)   { benchmarkCommands(b, 1) }
func BenchmarkCommandsOnSQLite8Writers(b *testing.B)  { benchmarkCommands(b, 8) }
func BenchmarkCommandsOnSQLite64Writers(b *testing.B) { benchmarkCommands(b, 64) }

// benchmarkCommands reports how many commands a second so many callers get carried
// out durably, each on carts of its own. The reference is the memory backend.
func benchmarkCommands(b *testing.B, writers int) {
	compare(b, "commands", 0, commandSlices(b, BackendSQLite, writers), commandSlices(b, BackendMemory, writers))
}

func commandSlices(b *testing.B, backend string, writers int) func() float64 {
	in := openInstallation(b, backend)
	shoppers := make([]shopper, writers)
	return func() float64 {
		return slice(b, writers, func(w int) error { return shoppers[w].command(b, in.commands) })
	}
}

// shopper fills one cart after the other.
type shopper struct {
	cart string
	sent int // commands to this cart
}

func (s *shopper) command(b *testing.B, commands *CartCommands) error {
	const owner = "https://id.example|auth0-7c9e6679254"
	r := app.Request[cart.Command]{CommandID: NewSecretID(), Caller: es.Caller{Subject: owner}}
	if s.sent == 0 {
		s.cart, r.Command = NewSecretID(), cart.OpenCart{Owner: owner}
	} else {
		r.Command = cart.AddItem{Item: benchItem(s.sent), Quantity: 2, UnitPrice: cart.Price{Amount: 1299, Currency: "EUR"}}
	}
	r.ID = s.cart
	s.sent = (s.sent + 1) % (benchLines + 1)
	_, err := commands.Handle(b.Context(), &r)
	return err
}
