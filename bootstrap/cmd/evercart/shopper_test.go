package main_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
)

// acknowledged is a command that was answered as recorded.
type acknowledged struct {
	cart, key string
	version   int64
}

// shopper sends commands to whichever server there is, each under one key until
// it is answered.
type shopper struct {
	name   int
	url    *atomic.Pointer[string] // of the server that runs now
	client *http.Client
	carts  []string
	acked  []acknowledged
	sent   int
	fault  error // an answer that must not be
}

// shop goes on until ctx ends.
func (s *shopper) shop(ctx context.Context) {
	for ctx.Err() == nil && s.fault == nil {
		if len(s.carts) == 0 || s.sent%12 == 11 {
			s.open(ctx)
			continue
		}
		cart := s.carts[s.sent%len(s.carts)]
		item := fmt.Sprintf("item %d of %d", s.sent%7, s.name)
		switch s.sent % 4 {
		case 0, 1:
			s.do(ctx, cart, http.MethodPost, "/items", fmt.Sprintf(`{"item":%q,"unit_price":{"amount":%d,"currency":"EUR"}}`, item, s.sent%900))
		case 2:
			s.do(ctx, cart, http.MethodPatch, "/items", fmt.Sprintf(`{"item":%q,"quantity":%d}`, item, 1+s.sent%99))
		default:
			if s.sent%40 == 39 {
				s.do(ctx, cart, http.MethodPost, "/close", "")
				continue
			}
			s.do(ctx, cart, http.MethodPost, "/items", fmt.Sprintf(`{"item":"unpriced %d"}`, s.sent))
		}
	}
}

func (s *shopper) open(ctx context.Context) {
	key := uuid.NewString()
	if cart, ok := s.send(ctx, "", http.MethodPost, "/carts", key, ""); ok {
		s.carts = append(s.carts, cart)
	}
}

func (s *shopper) do(ctx context.Context, cart, method, path, body string) {
	s.send(ctx, cart, method, "/carts/"+cart+path, uuid.NewString(), body)
}

// send repeats one command until it is answered, and notes what was recorded.
func (s *shopper) send(ctx context.Context, cart, method, path, key, body string) (string, bool) {
	s.sent++
	for ctx.Err() == nil {
		status, header, content, err := request(ctx, s.client, method, *s.url.Load()+path, key, body)
		if err != nil || status == http.StatusServiceUnavailable {
			pause(ctx) // the server is being killed or started
			continue
		}
		if status >= 500 {
			s.fault = fmt.Errorf("%s %s: %d %s", method, path, status, content)
			return "", false
		}
		if status >= 300 {
			return "", false // refused: nothing is recorded
		}
		var answer struct {
			ID      string
			Version int64
		}
		if err := json.Unmarshal(content, &answer); err != nil || header.Get("Idempotency-Key") != key {
			s.fault = fmt.Errorf("%s %s: answer %q with key %q: %w", method, path, content, header.Get("Idempotency-Key"), err)
			return "", false
		}
		if cart != "" && answer.ID != cart {
			s.fault = fmt.Errorf("%s %s: it is of cart %s", method, path, answer.ID)
			return "", false
		}
		s.acked = append(s.acked, acknowledged{cart: answer.ID, key: key, version: answer.Version})
		return answer.ID, true
	}
	return "", false
}

func pause(ctx context.Context) {
	timer := time.NewTimer(10 * time.Millisecond)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
