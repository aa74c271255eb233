package main_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/filearchive"
	"github.com/evercart/evercart/ports/envelope"
)

// archived reads the whole archive of a data folder: how often it holds each line,
// by "subject sequence line".
func archived(ctx context.Context, data string) (map[string]int, error) {
	archive, err := filearchive.Open(filepath.Join(data, "archive"))
	if err != nil {
		return nil, err
	}
	found := map[string]int{}
	for object, err := range archive.Objects(ctx, time.Time{}, time.Time{}) {
		if err != nil {
			return nil, err
		}
		for line, err := range archive.Lines(ctx, object.Key) {
			if err != nil {
				return nil, err
			}
			event, err := envelope.ParseWire(string(line))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", object.Key, err)
			}
			found[fmt.Sprintf("%s %d %s", event.Stream, event.Version, line)]++
		}
	}
	return found, nil
}

// areArchived waits until the archive holds every event byte for byte, and checks
// that it holds nothing else. It returns how many lines it holds again.
func (all stories) areArchived(t *testing.T, data string) (twice int) {
	t.Helper()
	var found map[string]int
	events := 0
	within(t, patience, "everything is archived", func() (err error) {
		if found, err = archived(t.Context(), data); err != nil {
			return err
		}
		events = 0
		for id, h := range all {
			for i, wire := range h.wire {
				if events++; found[fmt.Sprintf("cart/%s %d %s", id, i+1, wire)] == 0 {
					return fmt.Errorf("version %d of cart %s is not archived as it is", i+1, id)
				}
			}
		}
		return nil
	})
	require.Len(t, found, events, "the archive holds what no history does")
	twice = -events
	for _, n := range found {
		twice += n
	}
	t.Logf("%d events are archived, and %d lines are there again", events, twice)
	return twice
}

// listed is a cart as `evercart cart list --json` has it.
type listed struct {
	ID      string `json:"id"`
	Version int    `json:"version"`
	Status  string `json:"status"`
	Items   int    `json:"items"`
	Changed string `json:"changed_at"`
}

// list reads the view of carts, in pages, with the command line.
func list(t *testing.T, data string, args ...string) []listed {
	t.Helper()
	all := []listed{}
	for after := []string(nil); ; {
		var page struct {
			Carts []listed
			Next  string
		}
		out := operate(t, data, slices.Concat([]string{"cart", "list", "--json", "--limit", "1000"}, args, after)...)
		require.NoError(t, json.Unmarshal([]byte(out), &page))
		all = append(all, page.Carts...)
		if page.Next == "" {
			return all
		}
		after = []string{"--after", page.Next}
	}
}

// areListed waits until the list of carts is what the histories say.
func (all stories) areListed(t *testing.T, data string) {
	t.Helper()
	want := []listed{}
	for id, h := range all {
		c := h.carts[len(h.carts)-1]
		want = append(want, listed{id, c.Version, c.Status, len(c.Lines), c.Changed})
	}
	slices.SortFunc(want, func(a, b listed) int {
		return -cmp.Or(strings.Compare(a.Changed, b.Changed), strings.Compare(a.ID, b.ID))
	})
	within(t, patience, "all carts are listed", func() error {
		if got := list(t, data); !reflect.DeepEqual(want, got) {
			return fmt.Errorf("the list of %d carts is not that of the %d histories", len(got), len(want))
		}
		return nil
	})
	require.NotContains(t, operate(t, data, "views", "list", "--json"), `"reason"`, "nothing is parked")
}

// related is what was bought together, as GET /related has it.
type related struct {
	Item    string
	Carts   int
	Related []relatedItem
}

type relatedItem struct {
	Item  string
	Count int
}

// areRelated waits until GET /related answers for every item what the histories
// say.
func (all stories) areRelated(t *testing.T, s *server) {
	t.Helper()
	for _, item := range pool {
		want := all.related(item)
		within(t, patience, "related items are counted", func() error {
			var got related
			if err := s.get(t.Context(), "/related?limit=1000&item="+url.QueryEscape(item), &got); err != nil {
				return err
			}
			if !reflect.DeepEqual(want, got) {
				return fmt.Errorf("got %+v, want %+v", got, want)
			}
			return nil
		})
	}
}

// related counts what else was in the newest 200 closed carts with item.
func (all stories) related(item string) related {
	var with []cart
	for _, h := range all {
		c := h.carts[len(h.carts)-1]
		if c.Status == "closed" && slices.ContainsFunc(c.Lines, func(l cartLine) bool { return l.Item == item }) {
			with = append(with, c)
		}
	}
	slices.SortFunc(with, func(a, b cart) int {
		return -cmp.Or(strings.Compare(a.ClosedAt, b.ClosedAt), strings.Compare(a.ID, b.ID))
	})
	with = with[:min(len(with), 200)]
	r, counts := related{Item: item, Carts: len(with), Related: []relatedItem{}}, map[string]int{}
	for _, c := range with {
		for _, l := range c.Lines {
			counts[l.Item]++
		}
	}
	delete(counts, item)
	for other, count := range counts {
		r.Related = append(r.Related, relatedItem{other, count})
	}
	slices.SortFunc(r.Related, func(a, b relatedItem) int { return cmp.Or(b.Count-a.Count, strings.Compare(a.Item, b.Item)) })
	return r
}
