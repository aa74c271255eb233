package httpapi

import (
	"context"
	"net/http"

	"github.com/evercart/evercart/core/app/carts"
	"github.com/evercart/evercart/ports"
)

// whole has everything, so that no route is left out.
func whole() *Config {
	return &Config{Commands: struct{ Commands }{}, Queries: struct{ Queries }{}, Views: struct{ carts.Views }{}, Metrics: http.NotFoundHandler(), Operator: &Operator{
		Page: http.NotFoundHandler(), Rebuild: func(context.Context, string) (ports.ReplayJob, error) { panic("not called") },
	}}
}

// MaxStreams is how many streams there may be at once.
const MaxStreams = maxStreams

// StatusOf is the table of codes.
var StatusOf = statusOf

// RouteLabels returns the labels of all routes.
func RouteLabels() (labels []string) {
	for _, rt := range routesOf(whole()) {
		labels = append(labels, rt.label())
	}
	return labels
}

// RouteParams returns the query parameters that each route knows, by its label.
func RouteParams() map[string][]string {
	params := map[string][]string{}
	for _, rt := range routesOf(whole()) {
		params[rt.label()] = rt.params
	}
	return params
}

// Panicking returns handler with routes that panic.
func Panicking(handler http.Handler) http.Handler {
	a := *handler.(*api)
	a.Metrics = nil
	a.routes = routesOf(&a.Config)
	for i := range a.routes {
		a.routes[i].handle = func(*api, *call) (reply, error) { panic("no good") }
		if a.routes[i].page {
			a.routes[i].foreign = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("no good") })
		}
	}
	return &a
}
