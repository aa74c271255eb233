package functions_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/bootstrap/functions/player"
	"github.com/evercart/evercart/ports"
)

// proxy stands before a server and counts or disturbs what is called there.
type proxy struct {
	*httptest.Server
	mu     sync.Mutex
	before func(operation string, body []byte) bool // reports whether the call ends here; may be nil, and so may after
	after  func(operation string, body []byte) bool // the server has answered, the caller does not know yet
}

func newProxy(t *testing.T, server string) *proxy {
	t.Helper()
	p := &proxy{}
	to, err := url.Parse(server)
	require.NoError(t, err)
	forward := &httputil.ReverseProxy{
		Rewrite:      func(r *httputil.ProxyRequest) { r.SetURL(to) },
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // the server refuses half a body
		_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		if p.tell(p.hook(&p.before), operation, body) {
			panic(http.ErrAbortHandler) // its caller is dead; the call must not arrive all the same
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		answer := httptest.NewRecorder()
		forward.ServeHTTP(answer, r)
		p.tell(p.hook(&p.after), operation, body)
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes()) // the caller may be dead
	}))
	t.Cleanup(p.Close)
	return p
}

func (p *proxy) hook(h *func(string, []byte) bool) func(string, []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return *h
}

func (p *proxy) set(h *func(string, []byte) bool, to func(string, []byte) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	*h = to
}

func (*proxy) tell(hook func(string, []byte) bool, operation string, body []byte) bool {
	return hook != nil && hook(operation, body)
}

// TestTheDisturbedPipeline kills functions in the midst of their work.
func TestTheDisturbedPipeline(t *testing.T) {
	t.Parallel()
	var p *proxy
	d := deploy(t, func(s *player.Stack) {
		p = newProxy(t, s.Endpoints.DynamoDB)
		s.Tempo.Retries, s.Tempo.Window = 2, 200*time.Millisecond
		s.Environment = func(program string) []string {
			if program == "project-carts" {
				return []string{"AWS_ENDPOINT_URL_DYNAMODB=" + p.URL}
			}
			return nil
		}
	})
	live := ports.Target{Consumer: "carts", Generation: 1}
	// killAt returns a hook that kills the projector at its writes about a cart, the
	// first times of them, and reports whether it did.
	killAt := func(id string, times int) func(string, []byte) bool {
		var mu sync.Mutex
		return func(operation string, body []byte) bool {
			mu.Lock()
			defer mu.Unlock()
			if times == 0 || operation != "TransactWriteItems" || !bytes.Contains(body, []byte(id)) {
				return false
			}
			times--
			return d.Kill("project-carts", func(event []byte) bool { return brings(t, event, id) }) > 0
		}
	}
	crashes := func() (n int) {
		for _, i := range d.invocations("project-carts", "aws:kinesis") {
			if i.Err != nil {
				n++
			}
		}
		return n
	}

	t.Run("killed when its write has landed and it does not know: nothing is lost, and nothing doubled", func(t *testing.T) {
		id := newCartID(t)
		p.set(&p.after, killAt(id, 1))
		d.direct(t, "open-cart", `{"ShoppingCartID": "`+id+`"}`)
		d.direct(t, "add-item", `{"ShoppingCartID": "`+id+`", "ItemName": "Tea"}`)
		require.Eventually(t, func() bool { return d.settled(t, live, map[string]ports.Version{id: 2}) }, soon, often)
		require.Eventually(t, func() bool { return crashes() == 1 }, soon, often)
		rows := d.rows(t, live)
		assert.Len(t, rows, 2, "among the open ones, and those to remind: %v", rows)
		assert.Empty(t, d.failures(t))
		p.set(&p.after, nil)
	})
	t.Run("killed by one record again and again: its neighbours go on, and it ends in quarantine", func(t *testing.T) {
		poison := newCartID(t)
		p.set(&p.before, killAt(poison, 1000))
		want := map[string]ports.Version{}
		for i := range 9 {
			id := newCartID(t)
			if want[id] = 1; i == 4 {
				d.direct(t, "open-cart", `{"ShoppingCartID": "`+poison+`"}`)
			}
			d.direct(t, "open-cart", `{"ShoppingCartID": "`+id+`"}`)
		}
		require.Eventually(t, func() bool { return d.settled(t, live, want) }, soon, often)
		var redriven []lambdafn.Redriven
		require.Eventually(t, func() bool { redriven = d.redriven(t); return len(redriven) == 1 }, soon, often)
		assert.Equal(t, lambdafn.Redriven{Records: 0, Quarantined: 1}, redriven[0])
		assert.Len(t, d.failures(t), 1)
		quarantined, err := d.views.ListQuarantined(t.Context(), "", 10)
		require.NoError(t, err)
		require.Len(t, quarantined, 1)
		assert.Equal(t, "carts", quarantined[0].Consumer)
		assert.Contains(t, string(quarantined[0].Payload), poison)
		p.set(&p.before, nil)
	})
	t.Run("given up after its retries, and well again: what S3 holds is handed over once more", func(t *testing.T) {
		id := newCartID(t)
		p.set(&p.before, killAt(id, 1+d.stack.Tempo.Retries))
		d.direct(t, "open-cart", `{"ShoppingCartID": "`+id+`"}`)
		var redriven []lambdafn.Redriven
		require.Eventually(t, func() bool { redriven = d.redriven(t); return len(redriven) == 2 }, soon, often)
		assert.Equal(t, lambdafn.Redriven{Records: 1}, redriven[1])
		assert.True(t, d.settled(t, live, map[string]ports.Version{id: 1}))
		assert.Len(t, d.failures(t), 2)
	})
}

// brings reports whether a batch of the feed holds an event about a cart.
func brings(t *testing.T, batch []byte, id string) bool {
	t.Helper()
	var event struct {
		Records []struct{ Kinesis struct{ Data []byte } }
	}
	assert.NoError(t, json.Unmarshal(batch, &event))
	for _, r := range event.Records {
		if bytes.Contains(r.Kinesis.Data, []byte(id)) {
			return true
		}
	}
	return false
}

// failures returns the keys of what mappings gave up.
func (d *deployed) failures(t *testing.T) (keys []string) {
	t.Helper()
	listed, err := d.objects.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: awssdk.String(d.stack.FailureBucket())})
	require.NoError(t, err)
	for _, object := range listed.Contents {
		keys = append(keys, *object.Key)
	}
	return keys
}

// redriven returns what function replay made of them.
func (d *deployed) redriven(t *testing.T) (done []lambdafn.Redriven) {
	t.Helper()
	for _, i := range d.invocations("replay", "async") {
		var one lambdafn.Redriven
		if bytes.Contains(i.Payload, []byte("aws:s3")) {
			require.NoError(t, i.Err)
			require.NoError(t, json.Unmarshal(i.Answer, &one))
			done = append(done, one)
		}
	}
	return done
}
