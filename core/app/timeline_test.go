package app_test

import (
	"context"
	"iter"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/core/es/estest"
	"github.com/evercart/evercart/ports"
)

// doctored is a store that shows events otherwise than they were recorded.
type doctored struct {
	ports.EventStore
	change func(p *ports.Published)
}

func (d doctored) Read(ctx context.Context, stream ports.StreamID, a, b ports.Version) iter.Seq2[ports.Published, error] {
	return func(yield func(ports.Published, error) bool) {
		for p, err := range d.EventStore.Read(ctx, stream, a, b) {
			d.change(&p)
			if !yield(p, err) {
				return
			}
		}
	}
}

func TestATimeline(t *testing.T) {
	t.Parallel()
	w := newWorld(t, estest.TallyView{})
	for _, times := range []int{1, 3, 1, 2} { // commits of versions 1, 2-4, 5, 6-7
		w.count("a", 1, times)
	}
	of := func(change func(p *ports.Published)) *app.Queries[estest.TallyState, estest.TallyCommand, estest.TallyEvent] {
		return app.NewQueries(estest.Tally{}, ports.EventStore(doctored{w.store, change}), "/test")
	}
	whole := of(func(*ports.Published) {})
	proofs := func(steps []app.Proven) map[ports.Version]app.Proof {
		all := map[ports.Version]app.Proof{}
		for _, s := range steps {
			all[s.Version] = s.Proof
		}
		return all
	}

	t.Run("is the history, each event verified, in pages of any size", func(t *testing.T) {
		t.Parallel()
		want, _, err := whole.History(t.Context(), es.Caller{}, "a", 0, 100)
		require.NoError(t, err)
		for limit := 1; limit <= 8; limit++ {
			var got []ports.Published
			for after := ports.Version(0); ; {
				steps, next, err := whole.Timeline(t.Context(), es.Caller{}, "a", after, limit)
				require.NoError(t, err)
				require.LessOrEqual(t, len(steps), limit)
				for _, s := range steps {
					assert.Equal(t, app.ProofVerified, s.Proof, "version %d, limit %d", s.Version, limit)
					got = append(got, s.Published)
				}
				if next == 0 {
					break
				}
				require.Equal(t, steps[len(steps)-1].Version, next)
				after = next
			}
			assert.Equal(t, want, got, limit)
		}
	})
	t.Run("shows which commit is not what was recorded", func(t *testing.T) {
		t.Parallel()
		q := of(func(p *ports.Published) {
			if p.Version == 3 {
				p.Data = `{"n":2}`
			}
		})
		steps, _, err := q.Timeline(t.Context(), es.Caller{}, "a", 0, 100)
		require.NoError(t, err)
		assert.Equal(t, map[ports.Version]app.Proof{1: "verified", 2: "broken", 3: "broken", 4: "broken", 5: "verified", 6: "verified", 7: "verified"}, proofs(steps))
	})
	t.Run("shows a commit whose predecessor is another one", func(t *testing.T) {
		t.Parallel()
		q := of(func(p *ports.Published) {
			if p.Version == 1 {
				p.CommitHash[0]++
			}
		})
		steps, _, err := q.Timeline(t.Context(), es.Caller{}, "a", 1, 3)
		require.NoError(t, err)
		assert.Equal(t, map[ports.Version]app.Proof{2: "broken", 3: "broken", 4: "broken"}, proofs(steps))
	})
	t.Run("has no proof of the older form, and the chain begins anew after it", func(t *testing.T) {
		t.Parallel()
		q := of(func(p *ports.Published) {
			if p.Version == 1 {
				p.CommitHash, p.Fingerprint, p.CommandID = ports.Hash{}, ports.Fingerprint{}, ""
			}
		})
		steps, _, err := q.Timeline(t.Context(), es.Caller{}, "a", 0, 1)
		require.NoError(t, err)
		assert.Equal(t, map[ports.Version]app.Proof{1: "none"}, proofs(steps))
	})
	t.Run("ends where the stream does", func(t *testing.T) {
		t.Parallel()
		for _, after := range []ports.Version{7, 8, 1<<63 - 1} {
			steps, next, err := whole.Timeline(t.Context(), es.Caller{}, "a", after, 10)
			require.NoError(t, err)
			assert.Empty(t, steps)
			assert.Zero(t, next)
		}
	})
	t.Run("is not for a caller who is not admitted, nor of what does not exist", func(t *testing.T) {
		t.Parallel()
		for id, caller := range map[string]es.Caller{"b": {}, "a": {Subject: "stranger"}} {
			_, _, err := whole.Timeline(t.Context(), caller, id, 0, 10)
			assert.ErrorIs(t, err, estest.ErrNoTally)
		}
	})
}
