package httpapi

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
	if c.Commands != nil {
		routes = append(
			routes,
			route{method: "POST", path: "/carts", command: true, body: bodyOptional, handle: (*api).openCart},
			route{method: "POST", path: "/carts/{id}/items", command: true, body: bodyRequired, handle: (*api).addItem},
			route{method: "PATCH", path: "/carts/{id}/items", command: true, body: bodyRequired, handle: (*api).changeQuantity},
			route{method: "DELETE", path: "/carts/{id}/items", command: true, params: []string{"item"}, handle: (*api).removeItem},
			route{method: "POST", path: "/carts/{id}/close", command: true, handle: (*api).closeCart},
		)
	}
	if c.Queries != nil {
		routes = append(
			routes,
			route{method: "GET", path: "/carts/{id}", params: []string{"version", "at"}, handle: (*api).showCart},
			route{method: "GET", path: "/carts/{id}/events", params: []string{"after", "limit"}, handle: (*api).showEvents},
		)
	}
	if c.Views != nil {
		routes = append(
			routes,
			route{method: "GET", path: "/carts", params: []string{"status", "after", "limit"}, handle: (*api).listCarts},
			route{method: "GET", path: "/related", params: []string{"item", "limit"}, handle: (*api).showRelated},
		)
	}
	return routes
}
