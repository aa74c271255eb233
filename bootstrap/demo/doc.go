// Package demo makes up carts: a shop's weeks, from a seed, so that every page and
// query has something to show. The same seed makes the same carts.
package demo
