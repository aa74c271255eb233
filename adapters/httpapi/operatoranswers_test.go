package httpapi_test

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"

	"github.com/evercart/evercart/adapters/httpapi"
	"github.com/evercart/evercart/ports"
)

// operatorScenes bring about the documented answers of the operator's routes: on
// those of carts all that the public ones have, but that no cart hides.
func operatorScenes() map[string]scene {
	all := map[string]scene{}
	for line, play := range scenes() {
		method, rest, _ := strings.Cut(line, " ")
		if strings.HasPrefix(rest, "/carts") && line != "POST /carts 404 cart_not_found" {
			all[method+" /operator"+rest] = play
		}
	}
	for _, r := range requests {
		if path, ok := strings.CutPrefix(r.label, r.method()+" /carts"); ok {
			all[r.method()+" /operator/carts"+path+" 403 forbidden"] = func(w *world) *answer {
				return w.send(r.method(), r.target(w.opened("")), r.body, "Origin: https://elsewhere.example")
			}
		}
	}
	for _, path := range []string{"/operator/carts/{id}/timeline", "/operator/carts/{id}/diff", "/operator/pipeline", "/operator/stream"} {
		maps.Copy(all, commonScenes("GET", path))
	}
	for _, what := range []string{"pause", "resume"} {
		path := "/operator/replays/{replay}/" + what
		maps.Copy(all, commonScenes("POST", path))
		good, ended := map[string]string{"pause": "running-1", "resume": "paused-1"}[what], "done-1"
		all["POST "+path+" 200"] = busy("POST", "/operator/replays/"+good+"/"+what)
		all["POST "+path+" 404 replay_not_found"] = busy("POST", "/operator/replays/none/"+what)
		all["POST "+path+" 409 replay_not_running"] = busy("POST", "/operator/replays/"+ended+"/"+what)
	}
	for _, what := range []string{"rebuild", "flip"} {
		path := "/operator/views/{view}/" + what
		maps.Copy(all, commonScenes("POST", path))
		all["POST "+path+" 200"] = busy("POST", "/operator/views/carts/"+what)
		all["POST "+path+" 404 view_not_found"] = busy("POST", "/operator/views/cars/"+what)
	}
	all["POST /operator/views/{view}/rebuild 409 generation_not_ready"] = busy("POST", "/operator/views/paused/rebuild")
	all["POST /operator/views/{view}/flip 409 generation_not_ready"] = busy("POST", "/operator/views/carts/flip?generation=7")
	maps.Copy(all, lookScenes())
	maps.Copy(all, pageScenes())
	return all
}

// target returns a target of a path that the world answers.
func target(path, cart string) string {
	path = strings.NewReplacer("/operator/carts/{id}", "/operator"+cart, "{replay}", "running-1", "{view}", "carts").Replace(path)
	if strings.HasSuffix(path, "/diff") {
		path += "?from=0&to=1"
	}
	return path
}

// commonScenes are the nos that any of the operator's own routes gives.
func commonScenes(method, path string) map[string]scene {
	send := func(body string, headers ...string) scene {
		return func(w *world) *answer {
			return w.send(method, target(path, w.opened("")), body, asOperator(headers)...)
		}
	}
	sickly := func(err error) scene {
		return func(w *world) *answer {
			cart := w.opened("")
			w.operator.err = err
			w.open(failing{w.store, err})
			return w.send(method, target(path, cart), "", bearer(operatorToken))
		}
	}
	return map[string]scene{
		method + " " + path + " 400 malformed_request": send(`{"surprise":1}`),
		method + " " + path + " 401 unauthenticated":   send("", bearer("nobody")),
		method + " " + path + " 403 forbidden":         send("", "Sec-Fetch-Site: cross-site"),
		method + " " + path + " 413 body_too_large":    send(strings.Repeat(" ", 64<<10) + "{}"),
		method + " " + path + " 500 internal_error":    sickly(errors.New("a riddle")),
		method + " " + path + " 503 try_again":         sickly(fmt.Errorf("disk: %w", ports.ErrUnavailable)),
	}
}

// busy is a scene in a world where something goes on.
func busy(method, target string) scene {
	return func(w *world) *answer {
		w.operator = busyOperator()
		w.open(w.store)
		return w.send(method, target, "", bearer(operatorToken))
	}
}

// lookScenes are what the operator sees.
func lookScenes() map[string]scene {
	after := func(suffix string) scene {
		return func(w *world) *answer {
			path := w.opened("")
			w.must(http.StatusCreated, "POST", path+"/items", `{"item":"tea"}`)
			return w.send("GET", "/operator"+path+suffix, "", bearer(operatorToken))
		}
	}
	unknown := func(suffix string) scene {
		return func(w *world) *answer {
			return w.send("GET", "/operator/carts/"+unknownID+suffix, "", bearer(operatorToken))
		}
	}
	return map[string]scene{
		"GET /operator/carts/{id}/timeline 200":                after("/timeline"),
		"GET /operator/carts/{id}/timeline 404 cart_not_found": unknown("/timeline"),
		"GET /operator/carts/{id}/diff 200":                    after("/diff?from=0&to=2"),
		"GET /operator/carts/{id}/diff 404 cart_not_found":     unknown("/diff?from=0&to=1"),
		"GET /operator/pipeline 200":                           busy("GET", "/operator/pipeline"),
		"GET /operator/stream 200":                             busy("GET", "/operator/stream"),
	}
}

// pageScenes are the answers of the page and its files.
func pageScenes() map[string]scene {
	all := map[string]scene{
		"GET /explorer/{file} 404 route_not_found": func(w *world) *answer { return w.send("GET", "/explorer/none.js", "") },
	}
	for path, target := range map[string]string{"/": "/", "/explorer/{file}": "/explorer/main.js"} {
		all["GET "+path+" 200"] = func(w *world) *answer { return w.send("GET", target, "") }
		all["GET "+path+" 304"] = func(w *world) *answer {
			tag := w.send("GET", target, "").header.Get("Etag")
			return w.send("GET", target, "", "If-None-Match: "+tag)
		}
		all["GET "+path+" 403 forbidden"] = func(w *world) *answer {
			w.open(w.store, func(c *httpapi.Config) { c.Operator.Token = "" })
			return w.send("GET", target, "") // to example.com, as httptest has it
		}
		all["GET "+path+" 500 internal_error"] = func(w *world) *answer {
			w.handler = httpapi.Panicking(w.handler)
			return w.send("GET", target, "")
		}
	}
	return all
}
