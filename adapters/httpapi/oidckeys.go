package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"

	"github.com/evercart/evercart/ports"
)

// How long keys serve. A token with a key that is not known asks for new ones, but
// not more often than keysRest, so that forged tokens do not flood the issuer; and
// keys that the issuer took back serve no longer than keysFresh while it answers.
const (
	keysRest  = time.Second
	keysFresh = time.Hour
)

// keySet holds an issuer's keys and fetches them when they are asked for.
type keySet struct {
	fetch func() ([]jose.JSONWebKey, error)

	mu      sync.Mutex
	keys    []jose.JSONWebKey // the last ones fetched; nil: none yet
	err     error             // of the last fetch
	fetched time.Time         // when the last fetch ended
	running chan struct{}     // closed when the fetch under way ends; nil: none is
}

func newKeySet(fetch func() ([]jose.JSONWebKey, error)) *keySet { return &keySet{fetch: fetch} }

// forToken returns the keys that may have signed a token with that key ID (empty:
// it names none); none for a key ID that the issuer does not know.
func (s *keySet) forToken(ctx context.Context, kid string) ([]jose.JSONWebKey, error) {
	keys, err := s.current(ctx, kid)
	if err != nil {
		return nil, fmt.Errorf("%w: its keys: %w", ports.ErrUnavailable, err)
	}
	return withID(keys, kid), nil
}

func (s *keySet) current(ctx context.Context, kid string) ([]jose.JSONWebKey, error) {
	s.mu.Lock()
	known := len(withID(s.keys, kid)) > 0
	age := time.Since(s.fetched)
	fresh := age < keysRest || (known && age < keysFresh)
	if !fresh && s.running == nil {
		s.running = make(chan struct{})
		go s.refresh()
	}
	if fresh || (known && s.err != nil) { // nobody waits for an issuer that was away just now
		defer s.mu.Unlock()
		return s.usable(kid)
	}
	running := s.running
	s.mu.Unlock()

	select {
	case <-running:
	case <-ctx.Done():
		if !known {
			return nil, ctx.Err()
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.usable(kid)
}

// usable returns the keys, perhaps older ones while the issuer is away; where none
// has that ID, also the error of the last fetch.
func (s *keySet) usable(kid string) ([]jose.JSONWebKey, error) {
	if len(withID(s.keys, kid)) > 0 {
		return s.keys, nil
	}
	return s.keys, s.err
}

// refresh fetches the keys for all who wait, and keeps the old ones where that
// fails.
func (s *keySet) refresh() {
	keys, err := s.fetch()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		s.keys = keys
	}
	s.err, s.fetched = err, time.Now()
	close(s.running)
	s.running = nil
}

func withID(keys []jose.JSONWebKey, kid string) (matching []jose.JSONWebKey) {
	for i := range keys {
		if kid == "" || keys[i].KeyID == kid {
			matching = append(matching, keys[i])
		}
	}
	return matching
}

// fetchKeys reads the issuer's discovery document and then its key set.
func fetchKeys(ctx context.Context, issuer string, client *http.Client) ([]jose.JSONWebKey, error) {
	ctx, cancel := context.WithTimeout(ctx, issuerTimeout)
	defer cancel()
	provider, err := oidc.NewProvider(oidc.ClientContext(ctx, client), issuer)
	if err != nil {
		return nil, fmt.Errorf("discovery: %w", err)
	}
	var metadata struct {
		KeysURL string `json:"jwks_uri"`
	}
	if err := provider.Claims(&metadata); err != nil {
		return nil, fmt.Errorf("discovery: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, metadata.KeysURL, nil)
	if err != nil {
		return nil, err
	}
	response, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxKeySet))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", metadata.KeysURL, err)
	case response.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("%s: status %s", metadata.KeysURL, response.Status)
	}
	return parseKeys(text)
}

// parseKeys reads a key set and passes over keys that cannot sign for us: of
// unknown kinds, for encryption, and secret ones.
func parseKeys(text []byte) ([]jose.JSONWebKey, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(text, &set); err != nil {
		return nil, fmt.Errorf("key set: %w", err)
	}
	var keys []jose.JSONWebKey
	for _, raw := range set.Keys {
		var key jose.JSONWebKey
		if key.UnmarshalJSON(raw) == nil && key.Use != "enc" && key.IsPublic() {
			keys = append(keys, key)
		}
	}
	if keys == nil {
		return nil, errors.New("key set: it holds no public key for signatures")
	}
	return keys, nil
}
