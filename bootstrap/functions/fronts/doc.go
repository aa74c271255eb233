// Package fronts wires the functions that stand before carts: they answer requests
// of API Gateway with the HTTP API, and direct invocations.
package fronts
