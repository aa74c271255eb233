package simulation_test

import (
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/ports"
)

// mutant is our own code with one fault in it. The zero mutant has none.
type mutant struct {
	latest    bool // mappings begin at the newest record
	store     func(ports.EventStore) ports.EventStore
	views     func(ports.ViewStore) ports.ViewStore
	publisher func(ports.Publisher) ports.Publisher
	consumer  func(app.Consumer) app.Consumer
}
