package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/evercart/evercart/adapters/httpapi"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

// scene brings about one documented answer in a fresh world.
type scene func(w *world) *answer

const uuidKey = "Idempotency-Key: 0190a000-0000-7000-8000-00000000beef"

// sick is a scene over a store that fails with err.
func sick(err error, method, target, body string) scene {
	return func(w *world) *answer {
		w.views.err, w.operator.err = err, err
		w.open(failing{w.store, err}, func(c *httpapi.Config) { c.Ready = func(context.Context) error { return err } })
		return w.send(method, target, body, uuidKey)
	}
}

// failing is a store that fails at once.
type failing struct {
	ports.EventStore
	err error
}

func (f failing) Load(context.Context, ports.StreamID, int) (ports.Loaded, error) {
	return ports.Loaded{}, f.err
}

// request is how a route is asked, well-formed.
type request struct{ label, path, query, body string }

// requests are all API routes; the path stands for a cart's.
var requests = []request{
	{"POST /carts", "", "", ""},
	{"GET /carts", "", "", ""},
	{"GET /carts/{id}", "", "", ""},
	{"POST /carts/{id}/items", "/items", "", `{"item":"tea"}`},
	{"PATCH /carts/{id}/items", "/items", "", `{"item":"tea","quantity":2}`},
	{"DELETE /carts/{id}/items", "/items", "?item=tea", ""},
	{"POST /carts/{id}/close", "/close", "", ""},
	{"GET /carts/{id}/events", "/events", "", ""},
	{"GET /related", "/related", "?item=tea", ""},
}

func (r *request) method() string { method, _, _ := strings.Cut(r.label, " "); return method }

// target returns the request's target for the cart at path.
func (r *request) target(path string) string {
	if !r.ofCart() {
		_, route, _ := strings.Cut(r.label, " ")
		return route + r.query
	}
	return path + r.path + r.query
}

func (r *request) ofCart() bool { return strings.Contains(r.label, "{id}") }

func (r *request) command() bool { return r.method() != "GET" }

// scenes returns the scenes by what they bring about.
func scenes() map[string]scene {
	all := map[string]scene{}
	for _, r := range requests {
		send := func(path, body string, headers ...string) scene {
			return func(w *world) *answer { return w.send(r.method(), r.target(path), body, headers...) }
		}
		unknown := "/carts/" + unknownID
		all[r.label+" 400 malformed_request"] = send(unknown, `{"surprise":1}`)
		all[r.label+" 401 unauthenticated"] = send(unknown, r.body, bearer("nobody"))
		all[r.label+" 413 body_too_large"] = send(unknown, strings.Repeat(" ", 64<<10)+"{}")
		if r.label == "GET /carts" || r.label == "GET /related" {
			all[r.label+" 500 internal_error"] = viewsFault(errors.New("a riddle"), &r)
			all[r.label+" 503 try_again"] = viewsFault(ports.ErrUnavailable, &r)
		} else {
			all[r.label+" 500 internal_error"] = sick(errors.New("a riddle"), r.method(), r.target(unknown), r.body)
			all[r.label+" 503 try_again"] = sick(fmt.Errorf("disk: %w", ports.ErrUnavailable), r.method(), r.target(unknown), r.body)
		}
		if r.ofCart() {
			all[r.label+" 404 cart_not_found"] = send(unknown, r.body)
		}
		if r.command() {
			all[r.label+" 412 version_mismatch"] = func(w *world) *answer {
				return w.send(r.method(), r.target(w.opened("")), r.body, `If-Match: "7"`)
			}
		}
		if r.command() && r.ofCart() {
			all[r.label+" 409 cart_closed"] = func(w *world) *answer {
				path := w.opened("")
				w.must(http.StatusOK, "POST", path+"/close", "")
				return w.send(r.method(), r.target(path), r.body)
			}
			all[r.label+" 422 idempotency_key_reused"] = func(w *world) *answer {
				path := w.opened("")
				w.must(http.StatusCreated, "POST", path+"/items", `{"item":"soap"}`, uuidKey)
				return w.send(r.method(), r.target(path), r.body, uuidKey)
			}
		}
		if strings.HasPrefix(r.body, "{") || r.label == "POST /carts" {
			all[r.label+" 415 unsupported_media_type"] = send(unknown, `{"item":"tea"}`, "Content-Type: text/plain")
		}
	}
	maps.Copy(all, goodScenes())
	maps.Copy(all, openScenes())
	maps.Copy(all, itemScenes())
	for _, path := range []string{"/healthz", "/metrics", "/openapi.yaml"} {
		all["GET "+path+" 200"] = func(w *world) *answer { return w.send("GET", path, "") }
	}
	return all
}

func viewsFault(err error, r *request) scene {
	return func(w *world) *answer {
		w.views.err = err
		return w.send(r.method(), r.target(""), r.body, bearer("ada"))
	}
}

func goodScenes() map[string]scene {
	tea := `{"item":"tea","quantity":1,"unit_price":{"amount":499,"currency":"EUR"}}`
	after := func(method, suffix, body string, headers ...string) scene {
		return func(w *world) *answer {
			path := w.opened("")
			w.must(http.StatusCreated, "POST", path+"/items", tea)
			return w.send(method, path+suffix, body, headers...)
		}
	}
	return map[string]scene{
		"POST /carts 201":              func(w *world) *answer { return w.send("POST", "/carts", "{}") },
		"GET /carts 200":               func(w *world) *answer { return w.send("GET", "/carts", "", bearer("ada")) },
		"GET /carts/{id} 200":          after("GET", "", ""),
		"GET /carts/{id} 304":          after("GET", "", "", `If-None-Match: "1", W/"2"`),
		"POST /carts/{id}/items 201":   after("POST", "/items", `{"item":"soap"}`),
		"PATCH /carts/{id}/items 200":  after("PATCH", "/items", `{"item":"tea","quantity":2}`),
		"DELETE /carts/{id}/items 200": after("DELETE", "/items?item=tea", ""),
		"POST /carts/{id}/close 200":   after("POST", "/close", ""),
		"GET /carts/{id}/events 200":   after("GET", "/events", ""),
		"GET /related 200":             func(w *world) *answer { return w.send("GET", "/related?item=tea", "") },
		"GET /related 422 item_invalid": func(w *world) *answer {
			return w.send("GET", "/related?item=%20", "")
		},
		"GET /readyz 200":                sick(nil, "GET", "/readyz", ""),
		"GET /readyz 503 try_again":      sick(errors.New("the folder is gone"), "GET", "/readyz", ""),
		"GET /readyz 500 internal_error": panics("GET /readyz"),
		// Nothing goes wrong in the rest of what everybody may ask, unless a part is broken.
		"GET /metrics 500 internal_error":      panics("GET /metrics"),
		"GET /healthz 500 internal_error":      broken("GET /healthz"),
		"GET /openapi.yaml 500 internal_error": broken("GET /openapi.yaml"),
	}
}

// panics is a scene in which the part behind a route panics.
func panics(label string) scene {
	return func(w *world) *answer {
		w.open(w.store, func(c *httpapi.Config) {
			c.Ready = func(context.Context) error { panic("no good") }
			c.Metrics = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("no good") })
		})
		return w.send("GET", strings.TrimPrefix(label, "GET "), "")
	}
}

// broken is a scene in which the route itself panics.
func broken(label string) scene {
	return func(w *world) *answer {
		w.handler = httpapi.Panicking(w.handler)
		return w.send("GET", strings.TrimPrefix(label, "GET "), "")
	}
}

// openScenes are the nos of POST /carts, which only a cart that was there before,
// under the ID that the key leads to, brings about.
func openScenes() map[string]scene {
	key := strings.TrimPrefix(uuidKey, "Idempotency-Key: ")
	before := func(caller es.Caller, commandID string, c ...cart.Command) scene {
		return func(w *world) *answer {
			path := "/carts/" + cart.IDForKey("", key)
			for i, c := range c {
				w.do(path, caller, fmt.Sprint(commandID, i), c)
			}
			return w.send("POST", "/carts", "", uuidKey)
		}
	}
	operator := es.Caller{Operator: true}
	return map[string]scene{
		"POST /carts 404 cart_not_found":    before(operator, "k", cart.OpenCart{Owner: "somebody"}),
		"POST /carts 409 cart_already_open": before(operator, "k", cart.OpenCart{}),
		"POST /carts 409 cart_closed":       before(operator, "k", cart.OpenCart{}, cart.CloseCart{}),
		"POST /carts 422 idempotency_key_reused": func(w *world) *answer {
			path := "/carts/" + cart.IDForKey("", key)
			w.do(path, operator, "other", cart.OpenCart{})
			w.do(path, operator, key, cart.CloseCart{})
			return w.send("POST", "/carts", "", uuidKey)
		},
	}
}

func itemScenes() map[string]scene {
	tea := `{"item":"tea","quantity":1,"unit_price":{"amount":499,"currency":"EUR"}}`
	after := func(method, suffix, body string) scene {
		return func(w *world) *answer {
			path := w.opened("")
			w.must(http.StatusCreated, "POST", path+"/items", tea)
			return w.send(method, path+suffix, body)
		}
	}
	return map[string]scene{
		"POST /carts/{id}/items 409 item_already_added": after("POST", "/items", `{"item":"tea"}`),
		"POST /carts/{id}/items 409 cart_full": func(w *world) *answer {
			path := w.opened("")
			for i := range cart.MaxLines {
				w.do(path, es.Caller{}, fmt.Sprint("fill ", i), cart.AddItem{Item: fmt.Sprint("item ", i), Quantity: 1})
			}
			return w.send("POST", path+"/items", `{"item":"one too many"}`)
		},
		"POST /carts/{id}/items 422 item_invalid":       after("POST", "/items", `{"item":""}`),
		"POST /carts/{id}/items 422 quantity_invalid":   after("POST", "/items", `{"item":"soap","quantity":1000}`),
		"POST /carts/{id}/items 422 price_invalid":      after("POST", "/items", `{"item":"soap","unit_price":{"amount":1,"currency":"eur"}}`),
		"POST /carts/{id}/items 422 currency_mismatch":  after("POST", "/items", `{"item":"soap","unit_price":{"amount":1,"currency":"USD"}}`),
		"PATCH /carts/{id}/items 404 item_not_in_cart":  after("PATCH", "/items", `{"item":"soap","quantity":1}`),
		"PATCH /carts/{id}/items 422 item_invalid":      after("PATCH", "/items", `{"item":"a\u0000","quantity":1}`),
		"PATCH /carts/{id}/items 422 quantity_invalid":  after("PATCH", "/items", `{"item":"tea","quantity":0}`),
		"DELETE /carts/{id}/items 404 item_not_in_cart": after("DELETE", "/items?item=soap", ""),
		"DELETE /carts/{id}/items 422 item_invalid":     after("DELETE", "/items?item=%07", ""),
	}
}

func TestEveryDocumentedAnswerHappens(t *testing.T) {
	t.Parallel()
	all := scenes()
	maps.Copy(all, operatorScenes())
	assert.ElementsMatch(t, describe(t).documented(), slices.Collect(maps.Keys(all)))
	for line, play := range all {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.asOperator = strings.Contains(line, " /operator/")
			a := play(w)
			parts := strings.Fields(line)
			assert.Equal(t, parts[2], fmt.Sprint(a.status), a.body)
			if len(parts) > 3 {
				w.refused(parts[3], httpapi.StatusOf[parts[3]], a)
			}
		})
	}
}
