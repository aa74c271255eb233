// Package cart is the shopping cart: a pure domain that knows no clock, no random
// source, no context and no I/O. It is laid out as every aggregate here is: names,
// values, commands, events, state, evolve, decide, refusals, codec, snapshot,
// views. Aggregate puts them together for core/es.
package cart
