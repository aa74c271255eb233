package httpapi

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// route is one method of one path, and how a request for it is read.
type route struct {
	method  string
	path    string   // "/carts/{id}/items"; {…} stands for one segment that is not empty
	command bool     // it changes something: it has an idempotency key and If-Match
	public  bool     // it is the same for everybody: Authorization, query and body are not read
	body    bodyRule // what it takes as a body
	params  []string // the query parameters it knows
	handle  func(a *api, c *call) (reply, error)
	foreign http.Handler // answers in place of handle
	view    string       // the view that is asked; empty: none
	// operator is true for what only the operator may ask, and page for the page on
	// which the operator asks; stream answers in place of handle, for as long as it
	// goes.
	operator, page bool
	stream         func(a *api, w http.ResponseWriter, r *http.Request) error
}

// label is how metrics and the log name the route.
func (rt *route) label() string { return rt.method + " " + rt.path }

// traced reports whether requests for the route are traced: those that ask something
// once, of carts or of the pipeline.
func (rt *route) traced() bool { return !rt.public && rt.foreign == nil && rt.stream == nil }

// otherRoute labels the requests for no route, whose paths and methods are
// without number.
const otherRoute = "other"

// match returns the route of a request and the ID in its path, as the path has it. For
// no route it returns a problem: there is no such path, or not by this method.
//
// A path is what stands between its slashes, each segment decoded by itself;
// nothing is cleaned and nothing redirected.
func (a *api) match(method string, target *url.URL) (*route, string, *problem) {
	segments := strings.Split(target.EscapedPath(), "/")
	if method == http.MethodHead {
		method = http.MethodGet
	}
	var allowed []string
	for i := range a.routes {
		rt := &a.routes[i]
		id, ok := rt.matches(segments)
		switch {
		case ok && rt.method == method:
			return rt, id, nil
		case ok && rt.method == http.MethodGet:
			allowed = append(allowed, http.MethodGet, http.MethodHead)
		case ok:
			allowed = append(allowed, rt.method)
		}
	}
	if len(allowed) == 0 {
		return nil, "", &problem{code: codeNoRoute, detail: "there is no such route; /openapi.yaml lists them"}
	}
	slices.Sort(allowed)
	others := strings.Join(allowed, ", ")
	return nil, "", &problem{code: codeMethod, detail: "this route has other methods: " + others, allow: others}
}

func (rt *route) matches(segments []string) (id string, ok bool) {
	rest := rt.path
	for i, segment := range segments {
		var want string
		want, rest, ok = strings.Cut(rest, "/")
		if last := i == len(segments)-1; last == ok {
			return "", false // one of both has more segments
		}
		segment, err := url.PathUnescape(segment)
		switch {
		case err != nil:
			return "", false
		case strings.HasPrefix(want, "{") && segment != "":
			id = segment
		case want != segment:
			return "", false
		}
	}
	return id, true
}
