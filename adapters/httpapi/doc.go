// Package httpapi is the HTTP API of carts: a driving adapter over the use cases.
// It reads requests strictly, knows who asks, and turns every answer and every
// refusal into what openapi.yaml promises. The handler keeps nothing between
// requests; `evercart serve` and Lambda run the same one.
package httpapi
