package main_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// wish is one command as HTTP carries it, with a key of its own.
type wish struct {
	method, path, body string
	key                string
}

func newWish(method, path, body string) wish {
	return wish{method: method, path: path, body: body, key: uuid.NewString()}
}

func openCart() wish { return newWish(http.MethodPost, "/carts", "") }

func addItem(cart, item string, quantity int) wish {
	return newWish(http.MethodPost, "/carts/"+cart+"/items", fmt.Sprintf(`{"item":%q,"quantity":%d}`, item, quantity))
}

func setItem(cart, item string, quantity int) wish {
	return newWish(http.MethodPatch, "/carts/"+cart+"/items", fmt.Sprintf(`{"item":%q,"quantity":%d}`, item, quantity))
}

func removeItem(cart, item string) wish {
	return newWish(http.MethodDelete, "/carts/"+cart+"/items?item="+url.QueryEscape(item), "")
}

func closeCart(cart string) wish { return newWish(http.MethodPost, "/carts/"+cart+"/close", "") }

// answer is what HTTP answered.
type answer struct {
	status   int
	header   http.Header
	content  []byte
	replayed bool
}

// cart is a cart as HTTP answers it.
type cart struct {
	ID       string     `json:"id"`
	Version  int        `json:"version"`
	Status   string     `json:"status"`
	Lines    []cartLine `json:"lines"`
	OpenedAt string     `json:"opened_at"`
	Changed  string     `json:"changed_at"`
	ClosedAt string     `json:"closed_at,omitempty"`
}

type cartLine struct {
	Item     string `json:"item"`
	Quantity int    `json:"quantity"`
}

// cart reads the answer's cart.
func (a *answer) cart() (c cart, err error) {
	decoder := json.NewDecoder(strings.NewReader(string(a.content)))
	decoder.DisallowUnknownFields()
	return c, decoder.Decode(&c)
}

// code returns a problem's code.
func (a *answer) code() string {
	var problem struct{ Code string }
	_ = json.Unmarshal(a.content, &problem) // what is no problem has no code
	return problem.Code
}

func (a *answer) String() string { return fmt.Sprintf("%d %s", a.status, a.content) }

// client speaks HTTP. What hangs is an error in the end.
var client = http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}, Timeout: patience}

// send sends the wish once.
func send(ctx context.Context, server string, w wish) (*answer, error) {
	request, err := http.NewRequestWithContext(ctx, w.method, server+w.path, strings.NewReader(w.body))
	if err != nil {
		return nil, err
	}
	if w.body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	if w.key != "" {
		request.Header.Set("Idempotency-Key", w.key)
	}
	got, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	if err != nil {
		return nil, err
	}
	return &answer{got.StatusCode, got.Header, body, got.Header.Get("Idempotency-Replayed") == "true"}, nil
}

// must sends the wish, which the server must carry out, and returns the cart
// after it.
func (s *server) must(t *testing.T, w wish) cart {
	t.Helper()
	got, err := send(t.Context(), s.url, w)
	require.NoError(t, err)
	require.Contains(t, []int{http.StatusOK, http.StatusCreated}, got.status, "%s %s: %s", w.method, w.path, got)
	after, err := got.cart()
	require.NoError(t, err)
	return after
}

// get reads a resource into into.
func (s *server) get(ctx context.Context, path string, into any) error {
	got, err := send(ctx, s.url, wish{method: http.MethodGet, path: path})
	if err != nil {
		return err
	}
	if got.status != http.StatusOK {
		return fmt.Errorf("GET %s: %s", path, got)
	}
	return json.Unmarshal(got.content, into)
}

// since tells a duration for people.
func since(begun time.Time) time.Duration { return time.Since(begun).Round(time.Millisecond) }
