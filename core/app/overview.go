package app

import (
	"context"
	"errors"
	"time"

	"github.com/evercart/evercart/ports"
)

// Overview tells how the pipeline stands. It only reads, in whatever process. It
// is safe for concurrent use.
type Overview struct {
	Reach               // where relay and consumers have come
	Followers  []string // all who read the feed, by name
	Catalog    ports.ViewCatalog
	Views      ports.ViewStore
	Quarantine ports.Quarantine
	Jobs       ports.ReplayJobs
	Now        func() time.Time
}

// PipelineState is how the pipeline stands. Lists of what went wrong hold the first
// OverviewFaults; their counts are exact up to OverviewCount.
type PipelineState struct {
	At          time.Time
	Relay       *FollowerState // of the store's change feed; nil: not known here
	Followers   []FollowerState
	Views       []ports.ViewEntry
	Parked      []ParkedStream
	ParkedCount int
	ParkedBy    map[string]int // by consumer, those without any among them
	Quarantined []ports.Quarantined
	Quarantine  int               // how many
	Replays     []ports.ReplayJob // the newest first
}

const (
	// OverviewFaults is how many parked streams, and how many quarantined records, an
	// overview shows.
	OverviewFaults = 20
	// OverviewCount is how far an overview counts them.
	OverviewCount = 1000
	// OverviewReplays is how many replays an overview shows.
	OverviewReplays = 10
)

// FollowerState is how far one follower has come.
type FollowerState struct {
	Name     string
	Position ports.Position // the last that it has done with; empty: none yet
	Arrival  time.Time      // when that one arrived
	AtTip    bool           // nothing waits for it
	Lag      time.Duration  // age of the oldest that waits for it; 0 at the tip
}

// ParkedStream is a stream that a target has set aside.
type ParkedStream struct {
	Target ports.Target
	Stream ports.StreamID
	ports.Parked
}

// Look looks once.
func (o *Overview) Look(ctx context.Context) (PipelineState, error) {
	s := PipelineState{At: o.Now().UTC(), ParkedBy: map[string]int{}}
	err := o.reached(ctx, &s)
	if err != nil {
		return s, err
	}
	if s.Views, err = o.Catalog.Views(ctx); err != nil {
		return s, err
	}
	if err := o.faults(ctx, &s); err != nil {
		return s, err
	}
	s.Replays, err = o.Jobs.ListReplayJobs(ctx, "", OverviewReplays)
	return s, err
}

// reached looks how far relay and consumers have come, where that is known.
func (o *Overview) reached(ctx context.Context, s *PipelineState) error {
	if o.Changes == nil || o.Feed == nil {
		return nil
	}
	relay, err := o.relay(ctx, s.At)
	if err != nil {
		return err
	}
	s.Relay = &relay
	for _, name := range o.Followers {
		follower, err := o.follower(ctx, name, s.At)
		if err != nil {
			return err
		}
		s.Followers = append(s.Followers, follower)
	}
	return nil
}

// relay returns how far the relay has come. What waits counts from its commit, but
// not from before the relay was last at work: a restored store holds old commits.
func (o *Overview) relay(ctx context.Context, now time.Time) (FollowerState, error) {
	at, err := o.Positions.Position(ctx, RelayName)
	s := FollowerState{Name: RelayName, Position: at.Position, Arrival: at.Arrival}
	if err != nil {
		return s, err
	}
	end, err := o.Changes.End(ctx)
	if s.AtTip = err == nil && end == at.Position; s.AtTip || err != nil {
		return s, err
	}
	next, err := o.Changes.Changes(ctx, at.Position, 1)
	if errors.Is(err, ports.ErrForeignPosition) {
		return s, nil
	}
	if err == nil && len(next) > 0 && next[0].Err == nil {
		since := next[0].Commit.Events[0].Time
		if since.Before(at.Arrival) {
			since = at.Arrival
		}
		if !since.IsZero() {
			s.Lag = max(0, now.Sub(since))
		}
	}
	return s, err
}

// follower returns how far a consumer has come.
func (o *Overview) follower(ctx context.Context, name string, now time.Time) (FollowerState, error) {
	at, err := o.Positions.Position(ctx, name)
	s := FollowerState{Name: name, Position: at.Position, Arrival: at.Arrival}
	if err != nil {
		return s, err
	}
	tip, err := o.Feed.Tip(ctx)
	if s.AtTip = err == nil && tip.Position == at.Position; s.AtTip || err != nil {
		return s, err
	}
	next, err := o.Feed.Fetch(ctx, at.Position, 1)
	if errors.Is(err, ports.ErrForeignPosition) {
		return s, nil
	}
	if err == nil && len(next) > 0 {
		s.Lag = max(0, now.Sub(next[0].Arrival))
	}
	return s, err
}

// faults looks for parked streams of every generation and for quarantined records.
func (o *Overview) faults(ctx context.Context, s *PipelineState) error {
	targets := []ports.Target{NotifyTarget()}
	for _, entry := range s.Views {
		for _, g := range entry.Generations {
			targets = append(targets, ports.Target{Consumer: entry.Name, Generation: g.Number})
		}
	}
	for _, target := range targets {
		some, err := o.Views.Parked(ctx, target, "", OverviewCount)
		if err != nil {
			return err
		}
		s.ParkedCount += len(some)
		s.ParkedBy[target.Consumer] += len(some)
		for i := range some {
			if len(s.Parked) < OverviewFaults {
				s.Parked = append(s.Parked, ParkedStream{Target: target, Stream: some[i].Stream, Parked: *some[i].Parked})
			}
		}
	}
	records, err := o.Quarantine.ListQuarantined(ctx, "", OverviewCount)
	s.Quarantine = len(records)
	s.Quarantined = records[:min(len(records), OverviewFaults)]
	return err
}
