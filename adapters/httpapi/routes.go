package httpapi

import "net/http"

// routesOf returns all routes. openapi.yaml describes the same ones, and a test
// binds the two.
func routesOf(metrics http.Handler) []route {
	routes := []route{
		{method: "POST", path: "/carts", command: true, body: bodyOptional, handle: (*api).openCart},
		{method: "GET", path: "/carts", params: []string{"status", "after", "limit"}, handle: (*api).listCarts},
		{method: "GET", path: "/carts/{id}", params: []string{"version", "at"}, handle: (*api).showCart},
		{method: "POST", path: "/carts/{id}/items", command: true, body: bodyRequired, handle: (*api).addItem},
		{method: "PATCH", path: "/carts/{id}/items", command: true, body: bodyRequired, handle: (*api).changeQuantity},
		{method: "DELETE", path: "/carts/{id}/items", command: true, params: []string{"item"}, handle: (*api).removeItem},
		{method: "POST", path: "/carts/{id}/close", command: true, handle: (*api).closeCart},
		{method: "GET", path: "/carts/{id}/events", params: []string{"after", "limit"}, handle: (*api).showEvents},
		{method: "GET", path: "/related", params: []string{"item", "limit"}, handle: (*api).showRelated},
		{method: "GET", path: "/healthz", public: true, handle: (*api).showHealth},
		{method: "GET", path: "/readyz", public: true, handle: (*api).showReadiness},
		{method: "GET", path: "/openapi.yaml", public: true, handle: (*api).showDescription},
	}
	if metrics != nil {
		routes = append(routes, route{method: "GET", path: "/metrics", public: true, foreign: metrics})
	}
	return routes
}
