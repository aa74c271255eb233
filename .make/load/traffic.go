package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// traffic is what shoppers do with carts that are open already: they change
// quantities and look at their cart, two changes to one look.
type traffic struct {
	url   string
	carts []string

	mu     sync.Mutex // vegeta asks from many goroutines
	random *rand.Rand
}

const (
	carts        = 2000
	linesOfACart = 5
)

// newTraffic opens the carts and fills them.
func newTraffic(ctx context.Context, url string) (*traffic, error) {
	t := &traffic{url: url, random: rand.New(rand.NewPCG(1, 2))}
	for range carts {
		cart, err := post(ctx, url+"/carts", `{}`)
		if err != nil {
			return nil, err
		}
		for i := range linesOfACart {
			if _, err := post(ctx, url+cart+"/items", fmt.Sprintf(`{"item":"item %d","unit_price":{"amount":499,"currency":"EUR"}}`, i)); err != nil {
				return nil, err
			}
		}
		t.carts = append(t.carts, cart)
	}
	return t, nil
}

// post sends a body and returns the Location of the answer, which must be 201.
func post(ctx context.Context, url, body string) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader([]byte(body)))
	if err != nil {
		return "", err
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusCreated {
		return "", fmt.Errorf("POST %s is answered %s", url, answer.Status)
	}
	return answer.Header.Get("Location"), nil
}

// target is the next request.
func (t *traffic) target(next *vegeta.Target) error {
	t.mu.Lock()
	cart, item, quantity, look := t.carts[t.random.IntN(len(t.carts))], t.random.IntN(linesOfACart), 1+t.random.IntN(999), t.random.IntN(3) == 0
	t.mu.Unlock()
	if look {
		*next = vegeta.Target{Method: http.MethodGet, URL: t.url + cart}
		return nil
	}
	*next = vegeta.Target{
		Method: http.MethodPatch, URL: t.url + cart + "/items", Header: http.Header{"Content-Type": {"application/json"}},
		Body: fmt.Appendf(nil, `{"item":"item %d","quantity":%d}`, item, quantity),
	}
	return nil
}

// load is how hard, and for how long.
type load struct {
	rate    int // requests a second, sent whether or not earlier ones are answered; 0: as many as workers get answered
	workers int // connections, with rate 0
	lasts   time.Duration
}

// seen is what came of a load. Latencies are those of answers, not of 503.
type seen struct {
	requests, shed, errors int
	errorTexts             []string // the first of each kind
	took                   time.Duration
	p50, p99, p999         time.Duration
	memory                 float64 // MiB, the most
}

// answered is how many were answered a second, without 503.
func (s *seen) answered() float64 {
	return float64(s.requests-s.shed-s.errors) / max(s.took.Seconds(), 1e-9)
}

// maxWorkers bounds the connections of an open load: who waits longer for one is
// told as the generator's own delay.
const maxWorkers = 2000

func (t *traffic) drive(ctx context.Context, s *server, l load) seen {
	options := []func(*vegeta.Attacker){
		vegeta.Timeout(30 * time.Second), vegeta.MaxConnections(maxWorkers), vegeta.Connections(maxWorkers), vegeta.MaxWorkers(maxWorkers),
	}
	rate := vegeta.Rate{Freq: l.rate, Per: time.Second}
	if l.rate == 0 {
		options = append(options, vegeta.Workers(uint64(l.workers)), vegeta.MaxWorkers(uint64(l.workers)))
	}
	attacker := vegeta.NewAttacker(options...)
	var answers vegeta.LatencyMetrics
	var out seen
	texts := map[string]bool{}
	began := time.Now()
	looked := began
	for r := range attacker.Attack(t.target, rate, l.lasts, "") {
		if ctx.Err() != nil {
			attacker.Stop()
		}
		out.requests++
		switch {
		case r.Code == http.StatusOK:
			answers.Add(r.Latency)
		case r.Code == http.StatusServiceUnavailable && r.Headers.Get("Retry-After") != "":
			out.shed++
		default:
			out.errors++
			if text := fmt.Sprintf("status %d: %s%s", r.Code, r.Error, r.Body); !texts[text] && len(texts) < 3 {
				texts[text] = true
				out.errorTexts = append(out.errorTexts, text)
			}
		}
		if time.Since(looked) > time.Second/4 {
			looked, out.memory = time.Now(), max(out.memory, s.memory())
		}
	}
	out.took = time.Since(began)
	out.p50, out.p99, out.p999 = answers.Quantile(0.5), answers.Quantile(0.99), answers.Quantile(0.999)
	return out
}
