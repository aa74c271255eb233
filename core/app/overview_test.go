package app_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/es/estest"
	"github.com/evercart/evercart/ports"
)

// overviewed is a world with a feed, and an overview of it.
type overviewed struct {
	*world
	feed      *memory.Feed
	positions *memory.Positions
	jobs      *memory.ReplayJobs
	overview  *app.Overview
}

func newOverviewed(t *testing.T) *overviewed {
	t.Helper()
	o := &overviewed{world: newWorld(t, estest.TallyView{}), positions: memory.NewPositions(), jobs: memory.NewReplayJobs()}
	clock := func() time.Time { return o.now }
	o.feed = memory.NewFeed(clock)
	o.overview = &app.Overview{
		Reach: app.Reach{Changes: o.store, Feed: o.feed, Positions: o.positions}, Followers: []string{"sums"},
		Catalog: o.catalog, Views: o.views, Quarantine: o.quarantine, Jobs: o.jobs, Now: clock,
	}
	_, err := app.EnsureView(t.Context(), o.catalog, "sums", o.now)
	require.NoError(t, err)
	return o
}

func (o *overviewed) look() app.PipelineState {
	o.t.Helper()
	s, err := o.overview.Look(o.t.Context())
	require.NoError(o.t, err)
	return s
}

// relayed notes that the relay has done with all that is stored.
func (o *overviewed) relayed() {
	o.t.Helper()
	end, err := o.store.End(o.t.Context())
	require.NoError(o.t, err)
	require.NoError(o.t, o.positions.SavePosition(o.t.Context(), app.RelayName, ports.Bookmark{Position: end, Arrival: o.now}))
}

// seen notes that the consumer has done with all that is on the feed.
func (o *overviewed) seen() {
	o.t.Helper()
	tip, err := o.feed.Tip(o.t.Context())
	require.NoError(o.t, err)
	require.NoError(o.t, o.positions.SavePosition(o.t.Context(), "sums", ports.Bookmark{Position: tip.Position, Arrival: tip.Arrival}))
}

func TestAnOverview(t *testing.T) {
	t.Parallel()
	t.Run("of an empty store shows all at the tip", func(t *testing.T) {
		t.Parallel()
		s := newOverviewed(t).look()
		assert.Equal(t, &app.FollowerState{Name: "relay", AtTip: true}, s.Relay)
		assert.Equal(t, []app.FollowerState{{Name: "sums", AtTip: true}}, s.Followers)
		assert.Equal(t, noon, s.At)
		assert.Equal(t, "sums", s.Views[0].Name)
	})
	t.Run("shows for how long the oldest commit waits for the relay", func(t *testing.T) {
		t.Parallel()
		o := newOverviewed(t)
		o.count("a", 1, 1)
		o.now = noon.Add(time.Minute)
		o.count("a", 1, 1)
		o.now = noon.Add(3 * time.Minute)
		assert.Equal(t, 3*time.Minute, o.look().Relay.Lag)
		o.relayed()
		assert.True(t, o.look().Relay.AtTip)
		assert.Zero(t, o.look().Relay.Lag)
	})
	t.Run("counts an old commit from when the relay was last at work", func(t *testing.T) {
		t.Parallel()
		o := newOverviewed(t)
		o.count("a", 1, 1)
		o.now = noon.Add(48 * time.Hour)
		o.relayed()
		o.now = noon // a restored commit
		o.count("b", 1, 1)
		o.now = noon.Add(48*time.Hour + time.Second)
		assert.Equal(t, time.Second, o.look().Relay.Lag)
	})
	t.Run("shows for how long the oldest record waits for a consumer", func(t *testing.T) {
		t.Parallel()
		o := newOverviewed(t)
		for i := range 3 {
			o.now = noon.Add(time.Duration(i) * time.Minute)
			require.NoError(t, o.feed.Publish(t.Context(), []ports.Outgoing{{Key: "k", Data: []byte("x")}}))
			if i == 0 {
				o.seen()
			}
		}
		sums := o.look().Followers[0]
		assert.Equal(t, time.Minute, sums.Lag)
		assert.False(t, sums.AtTip)
		assert.Equal(t, noon, sums.Arrival)
		o.seen()
		assert.True(t, o.look().Followers[0].AtTip)
	})
	t.Run("shows parked streams and the quarantine: the first of them, and how many", func(t *testing.T) {
		t.Parallel()
		o := newOverviewed(t)
		for i := range 25 {
			stream := ports.StreamID{Category: "tally", ID: fmt.Sprintf("t-%02d", i)}
			change := ports.ViewChange{Checkpoint: ports.Checkpoint{Stream: stream, Parked: &ports.Parked{Reason: "poison", Version: 1, Since: noon}}}
			target := []ports.Target{firstTarget, app.NotifyTarget()}[i%2]
			require.NoError(t, o.views.Apply(t.Context(), target, []ports.ViewChange{change})[0])
			item := ports.Quarantined{Consumer: "archive", Shard: "0", Position: ports.Position(fmt.Sprintf("%02d", i)), Reason: "no JSON", At: noon}
			require.NoError(t, o.quarantine.PutQuarantined(t.Context(), item))
		}
		s := o.look()
		assert.Equal(t, []int{25, 25}, []int{s.ParkedCount, s.Quarantine})
		assert.Equal(t, map[string]int{firstTarget.Consumer: 13, app.NotifyName: 12}, s.ParkedBy)
		assert.Len(t, s.Parked, app.OverviewFaults)
		assert.Len(t, s.Quarantined, app.OverviewFaults)
		assert.Equal(t, "poison", s.Parked[0].Reason)
		assert.Equal(t, app.NotifyTarget(), s.Parked[0].Target)
		assert.Equal(t, firstTarget, s.Parked[19].Target)
	})
	t.Run("shows the newest replays", func(t *testing.T) {
		t.Parallel()
		o := newOverviewed(t)
		for i := range 12 {
			_, err := o.jobs.SaveReplayJob(t.Context(), ports.ReplayJob{ID: fmt.Sprintf("r-%02d", i), State: ports.ReplayDone, Started: noon, Updated: noon})
			require.NoError(t, err)
		}
		s := o.look()
		assert.Len(t, s.Replays, app.OverviewReplays)
		assert.Equal(t, "r-11", s.Replays[0].ID)
	})
	t.Run("where functions run the pipeline, shows all but how far they have come", func(t *testing.T) {
		t.Parallel()
		o := newOverviewed(t)
		o.overview.Changes, o.overview.Feed = nil, nil
		s := o.look()
		assert.Nil(t, s.Relay)
		assert.Empty(t, s.Followers)
		assert.Equal(t, "sums", s.Views[0].Name)
	})
	t.Run("fails where a part cannot be asked", func(t *testing.T) {
		t.Parallel()
		o := newOverviewed(t)
		o.overview.Feed = deafFeed{}
		_, err := o.overview.Look(t.Context())
		assert.ErrorIs(t, err, ports.ErrUnavailable)
	})
}
