// Package es is event sourcing without any aggregate: the decider and its codec,
// refusals, rehydration, command memory, snapshots and the hash chain.
package es
