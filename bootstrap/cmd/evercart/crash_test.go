package main_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/filearchive"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

const (
	kills    = 20 // 4 with -short
	shoppers = 8
	// lifetime is how long a server runs before it is killed.
	lifetime = 250 * time.Millisecond
)

// A server under load is killed again and again. Whatever it acknowledged is
// there, once, at the version that it said; no history has a hole; and when it
// runs in peace the archive and the views have everything.
func TestNothingAcknowledgedIsLostByKills(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	rounds := kills
	if testing.Short() {
		rounds = 4
	}
	var url atomic.Pointer[string]
	s := serve(t, data)
	url.Store(&s.url)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var all []*shopper
	var shopping sync.WaitGroup
	for i := range shoppers {
		sh := &shopper{name: i, url: &url, client: &http.Client{Timeout: 10 * time.Second}}
		all = append(all, sh)
		shopping.Go(func() { sh.shop(ctx) })
	}
	started := time.Now()
	for range rounds {
		timer := time.NewTimer(lifetime)
		<-timer.C
		s.kill()
		s = serve(t, data)
		url.Store(&s.url)
	}
	stop()
	shopping.Wait()
	acked := 0
	histories := map[string][]event{}
	for _, sh := range all {
		require.NoError(t, sh.fault)
		acked += len(sh.acked)
		for _, a := range sh.acked {
			if histories[a.cart] == nil {
				histories[a.cart] = history(t, s.url, a.cart)
			}
			requireRecorded(t, histories[a.cart], a)
		}
	}
	t.Logf("%d kills survived, %d commands acknowledged on %d carts, %.0f/s", rounds, acked, len(histories), float64(acked)/time.Since(started).Seconds())
	require.Greater(t, acked, rounds, "the load was real")
	requireArchived(t, filepath.Join(data, "archive"), histories)
	requireListed(t, data, histories)
}

// event is what a history says of one event.
type event struct {
	version   int64
	commandID string
	kind      string
	line      string // as HTTP shows it
}

// history reads all pages of a cart's history and checks that it has no hole.
func history(t *testing.T, url, cart string) []event {
	t.Helper()
	var all []event
	for after := int64(0); ; {
		status, _, body, err := request(t.Context(), http.DefaultClient, http.MethodGet, fmt.Sprintf("%s/carts/%s/events?limit=50&after=%d", url, cart, after), "", "")
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, status, "%s", body)
		var page struct {
			Events []json.RawMessage
			Next   int64
		}
		require.NoError(t, json.Unmarshal(body, &page))
		for _, line := range page.Events {
			e, err := envelope.ParseWire(string(line))
			require.NoError(t, err)
			require.Equal(t, int64(len(all)+1), int64(e.Version), "cart %s has a hole", cart)
			all = append(all, event{version: int64(e.Version), commandID: e.CommandID, kind: e.Type, line: string(line)})
		}
		if page.Next == 0 {
			return all
		}
		after = page.Next
	}
}

// requireRecorded checks that a command stands in its history once, and where the
// answer said.
func requireRecorded(t *testing.T, history []event, a acknowledged) {
	t.Helper()
	found := 0
	for _, e := range history {
		if e.commandID == a.key {
			found++
			require.Equal(t, a.version, e.version, "cart %s, command %s", a.cart, a.key)
		}
	}
	if found == 0 {
		// Setting what is so already records nothing and answers with the version then.
		require.LessOrEqual(t, a.version, int64(len(history)), "cart %s", a.cart)
		require.Equal(t, "no-op", a.outcome(history), "cart %s: command %s at version %d is lost", a.cart, a.key, a.version)
		return
	}
	require.Equal(t, 1, found, "cart %s, command %s", a.cart, a.key)
}

// outcome says whether a command that is not in the history may have recorded
// nothing: only a change of quantity can.
func (a acknowledged) outcome(history []event) string {
	for _, e := range history {
		if e.version == a.version && (e.kind == "ItemQuantityChanged" || e.kind == "ItemAdded") {
			return "no-op"
		}
	}
	return "lost"
}

// requireArchived waits until the archive holds every event, byte for byte.
func requireArchived(t *testing.T, folder string, histories map[string][]event) {
	t.Helper()
	want := map[string]bool{}
	for _, h := range histories {
		for _, e := range h {
			want[e.line] = true
		}
	}
	archive, err := filearchive.New(folder)
	require.NoError(t, err)
	eventually(t, "every event in the archive", func() bool {
		have := map[string]bool{}
		for object, err := range archive.Objects(t.Context(), time.Time{}, time.Time{}) {
			require.NoError(t, err)
			for line, err := range archive.Lines(t.Context(), object.Key) {
				require.NoError(t, err)
				have[string(line)] = true
			}
		}
		for line := range want {
			if !have[line] {
				return false
			}
		}
		return true
	})
}

// requireListed waits until the view has every cart at its last version.
func requireListed(t *testing.T, data string, histories map[string][]event) {
	t.Helper()
	eventually(t, "every cart in the view", func() bool {
		behind := len(histories)
		for after := ""; ; {
			args := []string{"cart", "list", "--json", "--limit", "1000", "--data", data}
			if after != "" {
				args = append(args, "--after", after)
			}
			code, stdout, stderr := run(t, args...)
			require.Zero(t, code, stderr)
			var page struct {
				Carts []struct {
					ID      string
					Version ports.Version
				}
				Next string
			}
			require.NoError(t, json.Unmarshal([]byte(stdout), &page))
			for _, c := range page.Carts {
				if h := histories[c.ID]; h != nil && int64(c.Version) == h[len(h)-1].version {
					behind--
				}
			}
			if after = page.Next; after == "" {
				break
			}
		}
		assert.GreaterOrEqual(t, behind, 0)
		return behind == 0
	})
}
