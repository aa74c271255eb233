package httpapi

import (
	"net/http"
	"slices"

	"github.com/evercart/evercart/core/cart"
)

// routesOf returns the routes that can be answered with what c has; with all of it,
// these are the routes that openapi.yaml describes, and a test binds the two.
func routesOf(c *Config) []route {
	routes := []route{
		{method: "GET", path: "/healthz", public: true, handle: (*api).showHealth},
		{method: "GET", path: "/readyz", public: true, handle: (*api).showReadiness},
		{method: "GET", path: "/openapi.yaml", public: true, handle: (*api).showDescription},
	}
	if c.Metrics != nil {
		routes = append(routes, route{method: "GET", path: "/metrics", public: true, foreign: c.Metrics})
	}
	if c.Views != nil {
		routes = append(routes, route{method: "GET", path: "/related", params: []string{"item", "limit"}, view: cart.RelatedView{}.Name(), handle: (*api).showRelated})
	}
	routes = append(routes, cartRoutes(c, "")...)
	if c.Operator != nil {
		routes = append(routes, operatorRoutes(c)...)
	}
	return routes
}

// cartRoutes returns the routes of carts below a prefix.
func cartRoutes(c *Config, prefix string) (routes []route) {
	if c.Commands != nil {
		routes = append(
			routes,
			route{method: "POST", path: prefix + "/carts", command: true, body: bodyOptional, handle: (*api).openCart},
			route{method: "POST", path: prefix + "/carts/{id}/items", command: true, body: bodyRequired, handle: (*api).addItem},
			route{method: "PATCH", path: prefix + "/carts/{id}/items", command: true, body: bodyRequired, handle: (*api).changeQuantity},
			route{method: "DELETE", path: prefix + "/carts/{id}/items", command: true, params: []string{"item"}, handle: (*api).removeItem},
			route{method: "POST", path: prefix + "/carts/{id}/close", command: true, handle: (*api).closeCart},
		)
	}
	if c.Queries != nil {
		routes = append(
			routes,
			route{method: "GET", path: prefix + "/carts/{id}", params: []string{"version", "at"}, handle: (*api).showCart},
			route{method: "GET", path: prefix + "/carts/{id}/events", params: []string{"after", "limit"}, handle: (*api).showEvents},
		)
	}
	if c.Views != nil {
		routes = append(routes, route{method: "GET", path: prefix + "/carts", params: []string{"status", "after", "limit"}, view: cart.CartsView{}.Name(), handle: (*api).listCarts})
	}
	return routes
}

// operatorRoutes returns the operator's page and what it asks: for one, the routes
// of carts, on which the operator sees and does everything.
func operatorRoutes(c *Config) []route {
	routes := slices.Concat(cartRoutes(c, "/operator"), []route{
		{method: "GET", path: "/operator/carts/{id}/timeline", params: []string{"after", "limit"}, handle: (*api).showTimeline},
		{method: "GET", path: "/operator/carts/{id}/diff", params: []string{"from", "to"}, handle: (*api).showDiff},
		{method: "GET", path: "/operator/pipeline", handle: (*api).showPipeline},
		{method: "POST", path: "/operator/replays/{replay}/pause", handle: (*api).pauseReplay},
		{method: "POST", path: "/operator/replays/{replay}/resume", handle: (*api).resumeReplay},
		{method: "POST", path: "/operator/views/{view}/flip", params: []string{"generation"}, handle: (*api).flipView},
		{method: "GET", path: "/operator/stream", stream: (*api).streamChanges},
	})
	if c.Operator.Rebuild != nil {
		routes = append(routes, route{method: "POST", path: "/operator/views/{view}/rebuild", handle: (*api).rebuildView})
	}
	for i := range routes {
		rt := &routes[i]
		rt.operator = true
		if rt.path == "/operator/carts" && rt.method == http.MethodGet {
			rt.params = append(rt.params, "search")
		}
	}
	return append(routes,
		route{method: "GET", path: "/", page: true, foreign: c.Operator.Page},
		route{method: "GET", path: "/explorer/{file}", page: true, foreign: c.Operator.Page},
	)
}
