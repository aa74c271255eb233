// Package archive wires the function that writes the feed into the archive.
package archive

import (
	"go.uber.org/fx"

	"github.com/evercart/evercart/adapters/dynamostore"
	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/bootstrap/functions"
	"github.com/evercart/evercart/bootstrap/functions/stores"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/ports"
)

// Archive is the function archive.
func Archive() fx.Option {
	return fx.Options(stores.Views(), S3(), fx.Provide(newHandler))
}

func newHandler(b *functions.Base, archive ports.Archive, views *dynamostore.Views) lambdafn.Handler {
	consumer := &lambdafn.Consumer{
		Consumer: app.NewArchiver(archive, views, b.Now, b.Meter), Quarantine: views, Meter: b.Meter, Now: b.Now, Log: b.Log,
	}
	return consumer.Handle
}
