package httpapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/explorer"
	"github.com/evercart/evercart/adapters/httpapi"
	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/app/carts"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

type commands = app.Commands[cart.State, cart.Command, cart.Event]

// unknownID is the ID of a cart that nobody opens.
const unknownID = "0190a000-0000-7000-8000-00000000dead"

// world is the API over a store of its own, and what a test sees of both.
type world struct {
	t        *testing.T
	store    *memory.EventStore
	commands *commands
	views    *views
	meter    *meter
	operator *operator
	handler  http.Handler
	// asOperator lets send ask the operator's routes of carts, as the operator, where
	// it is told the public ones.
	asOperator bool
}

// newWorld returns a world in which the tokens "ada" and "bob" are good, and time
// moves by a second at every look at the clock.
func newWorld(t *testing.T, with ...func(*httpapi.Config)) *world {
	t.Helper()
	w := &world{t: t, store: memory.NewEventStore(), views: &views{}, meter: newMeter(), operator: &operator{}}
	w.open(w.store, with...)
	return w
}

func (w *world) open(store ports.EventStore, with ...func(*httpapi.Config)) {
	var clock, ids atomic.Int64
	now := func() time.Time {
		return time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC).Add(time.Duration(clock.Add(1)) * time.Second)
	}
	newID := func() string { return fmt.Sprintf("0190a000-0000-7000-8000-%012x", ids.Add(1)) }
	w.commands = app.NewCommands(cart.Aggregate{}, store, app.CommandOptions{Now: now, NewID: newID, CacheStreams: 8})
	queries := app.NewQueries(cart.Aggregate{}, store, "/evercart")
	c := httpapi.Config{
		Commands: w.commands, Queries: queries, Views: w.views,
		Tokens: tokens{"ada": "https://id.example|ada", "bob": "https://id.example|bob"},
		Metrics: http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
			out.Header().Set("Content-Type", "text/plain; version=0.0.4")
			_, _ = out.Write([]byte("evercart_up 1\n"))
		}),
		NewCartID: newID, NewCommandID: newID, Meter: w.meter,
		Operator: &httpapi.Operator{
			Page: explorer.New(cart.MinorDigits), Token: operatorToken, History: queries,
			Look: w.operator.look, Follow: w.operator.follow, Replays: w.operator,
			Rebuild: w.operator.rebuild, Flip: w.operator.flip, Program: "/opt/evercart", Flags: "--data '/var/lib/my carts'", StreamFor: 50 * time.Millisecond,
		},
	}
	for _, change := range with {
		change(&c)
	}
	w.handler = httpapi.New(c)
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

func (a *answer) member(key string) any {
	var body map[string]any
	_ = json.Unmarshal([]byte(a.body), &body)
	return body[key]
}

func (a *answer) code() string {
	code, _ := a.member("code").(string)
	return code
}

// send sends a request; headers are "Name: value". A body has the type
// application/json unless headers say otherwise. What comes back is held against
// openapi.yaml; and whatever is refused must not have recorded anything.
func (w *world) send(method, target, body string, headers ...string) *answer {
	w.t.Helper()
	if w.asOperator && strings.HasPrefix(target, "/carts") {
		target, headers = "/operator"+target, asOperator(headers)
	}
	before := w.commits()
	r := newRequest(w.t.Context(), method, target, body, headers...)
	recorder := httptest.NewRecorder()
	w.handler.ServeHTTP(recorder, r)
	a := &answer{status: recorder.Code, header: recorder.Header(), body: lineOf(recorder.Body.String())}
	if a.status >= 400 {
		assert.Equal(w.t, before, w.commits(), "%s %s is refused and recorded", method, target)
	}
	w.checkDescribed(newRequest(w.t.Context(), method, target, body, headers...), a)
	return a
}

// asOperator puts the operator's token in place of one that is good for the public
// routes, or of none.
func asOperator(headers []string) []string {
	headers = slices.DeleteFunc(slices.Clone(headers), func(h string) bool { return h == bearer("ada") })
	if slices.ContainsFunc(headers, func(h string) bool { return strings.HasPrefix(h, "Authorization: ") }) {
		return headers
	}
	return append(headers, bearer(operatorToken))
}

func newRequest(ctx context.Context, method, target, body string, headers ...string) *http.Request {
	r := httptest.NewRequestWithContext(ctx, method, target, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		if name == "Content-Type" {
			r.Header.Del(name)
			if value == "" {
				continue
			}
		}
		r.Header.Add(name, value)
	}
	return r
}

// must is send, and stops the test unless the answer has the status.
func (w *world) must(status int, method, target, body string, headers ...string) *answer {
	w.t.Helper()
	a := w.send(method, target, body, headers...)
	require.Equal(w.t, status, a.status, "%s %s: %s", method, target, a.body)
	return a
}

// opened opens a cart, as the bearer of a token or as nobody, and returns its path.
func (w *world) opened(token string) string {
	w.t.Helper()
	var headers []string
	if token != "" {
		headers = append(headers, bearer(token))
	}
	return w.must(http.StatusCreated, "POST", "/carts", "", headers...).header.Get("Location")
}

func bearer(token string) string { return "Authorization: Bearer " + token }

// refused asserts that a is the problem of that code, in its whole form.
func (w *world) refused(code string, status int, a *answer) {
	w.t.Helper()
	assert.Equal(w.t, code, a.code(), a.body)
	assert.Equal(w.t, status, a.status, a.body)
	assert.Equal(w.t, "application/problem+json", a.header.Get("Content-Type"))
	assert.EqualValues(w.t, status, a.member("status"))
	assert.Equal(w.t, "about:blank", a.member("type"))
	assert.Equal(w.t, http.StatusText(status), a.member("title"))
	assert.Equal(w.t, "nosniff", a.header.Get("X-Content-Type-Options"))
}

// commits returns how many commits the store holds.
func (w *world) commits() (n int) {
	w.t.Helper()
	for _, err := range w.store.Scan(w.t.Context(), cart.Category) {
		require.NoError(w.t, err)
		n++
	}
	return n
}

// tokens verifies by a list.
type tokens map[string]string

func (l tokens) Verify(_ context.Context, token string) (string, error) {
	subject, ok := l[token]
	if !ok {
		return "", errors.New("no such token")
	}
	return subject, nil
}

// views answers what a test put into it, and notes what was asked.
type views struct {
	page    carts.Page
	related carts.RelatedItems
	err     error
	asked   carts.Query
	// behind is how often Reached says no before it says yes; below 0: always. What
	// was looked for is in seen.
	behind int
	seen   []carts.Seen
}

func (v *views) Reached(_ context.Context, _ string, seen []carts.Seen, _ es.Caller) (bool, error) {
	v.seen = seen
	reached := v.behind == 0
	if v.behind > 0 {
		v.behind--
	}
	return reached, v.err
}

func (v *views) List(_ context.Context, q carts.Query) (carts.Page, error) {
	v.asked = q
	return v.page, v.err
}

func (v *views) Related(_ context.Context, item string, limit int) (carts.RelatedItems, error) {
	v.asked.Limit = limit
	related := v.related
	related.Item = item
	return related, v.err
}

// do carries out a command behind the API's back.
func (w *world) do(path string, caller es.Caller, commandID string, c cart.Command) {
	w.t.Helper()
	_, err := w.commands.Handle(w.t.Context(), &app.Request[cart.Command]{
		ID: strings.TrimPrefix(path, "/carts/"), Command: c, CommandID: commandID, Caller: caller,
	})
	require.NoError(w.t, err)
}

// lineOf returns a JSON body without the line feed that ends it for people.
func lineOf(body string) string {
	if len(body) > 0 && (body[0] == '{' || body[0] == '[') {
		if line, ok := strings.CutSuffix(body, "\n"); ok {
			return line
		}
		return body + " (no line feed)"
	}
	return body
}
