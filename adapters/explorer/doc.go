// Package explorer is the operator's page: carts and their history, live, and the
// pipeline behind them. It is plain HTML, CSS and JavaScript modules, embedded, and
// asks nothing but this server: package httpapi serves it, and what it asks.
package explorer
