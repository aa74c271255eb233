// Package verify wires the function that proves on a schedule that store and archive
// are whole.
package verify

import (
	"time"

	"go.uber.org/fx"

	"github.com/evercart/evercart/adapters/filescratch"
	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/bootstrap/functions"
	"github.com/evercart/evercart/bootstrap/functions/archive"
	"github.com/evercart/evercart/bootstrap/functions/stores"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
)

// grace is how old an event must be to be missing in the archive: older than the
// age of the streams' records at which an alarm says that the pipeline is behind.
const grace = 15 * time.Minute

// Verify is the function verify. What does not fit into memory it puts into the
// function's own storage, /tmp.
func Verify() fx.Option {
	return fx.Options(stores.Scanner(), archive.S3(), fx.Provide(newHandler))
}

func newHandler(b *functions.Base, scanner ports.StoreScanner, archive ports.Archive) lambdafn.Handler {
	verifier := app.NewVerifier(cart.Aggregate{}, app.VerifyPorts{
		Scanner: scanner, Archive: archive, Scratch: filescratch.New(""), Grace: grace, Now: b.Now,
	})
	return (&lambdafn.Verify{Verify: verifier.Verify, Meter: b.Meter, Now: b.Now, Log: b.Log}).Handle
}
