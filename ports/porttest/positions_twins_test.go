package porttest_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

const (
	positionsZero    = "a follower that saved nothing is at the zero bookmark"
	positionsReplace = "a saved bookmark comes back, and replaces the one before, also backwards"
	positionsApart   = "followers do not touch each other"
	positionsBeside  = "32 followers save side by side"
	positionsEnded   = "nothing is read or saved under an ended context"
)

// positionsDouble keeps memory positions whose calls can be replaced one by one.
type positionsDouble struct {
	*memory.Positions
	position func(context.Context, string) (ports.Bookmark, error)
	save     func(context.Context, string, ports.Bookmark) error
}

func (d *positionsDouble) Position(ctx context.Context, follower string) (ports.Bookmark, error) {
	return d.position(ctx, follower)
}

func (d *positionsDouble) SavePosition(ctx context.Context, follower string, b ports.Bookmark) error {
	return d.save(ctx, follower, b)
}

func newPositionsDouble(breakIt func(*positionsDouble)) ports.Positions {
	p := memory.NewPositions()
	d := &positionsDouble{Positions: p, position: p.Position, save: p.SavePosition}
	breakIt(d)
	return d
}

// naming returns a fault that saves and finds followers under other names.
func naming(name func(string) string) func(*positionsDouble) {
	return func(d *positionsDouble) {
		d.position = func(ctx context.Context, follower string) (ports.Bookmark, error) {
			return d.Positions.Position(ctx, name(follower))
		}
		d.save = func(ctx context.Context, follower string, b ports.Bookmark) error {
			return d.Positions.SavePosition(ctx, name(follower), b)
		}
	}
}

// savingOther returns a fault that saves something else than it was given.
func savingOther(alter func(old, given ports.Bookmark) ports.Bookmark) func(*positionsDouble) {
	return func(d *positionsDouble) {
		d.save = func(ctx context.Context, follower string, b ports.Bookmark) error {
			old, err := d.Positions.Position(ctx, follower)
			if err != nil {
				return err
			}
			return d.Positions.SavePosition(ctx, follower, alter(old, b))
		}
	}
}

func TestPositionsBite(t *testing.T) {
	t.Parallel()
	bites(t, porttest.Positions(), newPositionsDouble, []twin[positionsDouble]{
		{"does not know a follower that saved nothing", func(d *positionsDouble) {
			d.position = func(ctx context.Context, follower string) (ports.Bookmark, error) {
				b, err := d.Positions.Position(ctx, follower)
				if err == nil && b == (ports.Bookmark{}) {
					err = errors.New("unknown follower")
				}
				return b, err
			}
		}, []string{positionsZero}},
		{"keeps one bookmark for all", naming(func(string) string { return "all" }), []string{positionsZero, positionsApart}},
		{"takes no heed of case", naming(strings.ToLower), []string{positionsApart}},
		{"trims names", naming(strings.TrimSpace), []string{positionsApart}},
		{"keeps the greatest position", savingOther(func(old, given ports.Bookmark) ports.Bookmark {
			if old.Position > given.Position {
				return old
			}
			return given
		}), []string{positionsReplace}},
		{"keeps the first bookmark", savingOther(func(old, given ports.Bookmark) ports.Bookmark {
			if old.Position != "" {
				return old
			}
			return given
		}), []string{positionsReplace, positionsBeside}},
		{"forgets arrivals", savingOther(func(_, given ports.Bookmark) ports.Bookmark {
			return ports.Bookmark{Position: given.Position}
		}), []string{positionsReplace, positionsApart}},
		{"keeps milliseconds of arrivals", savingOther(func(_, given ports.Bookmark) ports.Bookmark {
			given.Arrival = given.Arrival.Truncate(time.Millisecond)
			return given
		}), []string{positionsReplace}},
		{"saves under an ended context", func(d *positionsDouble) {
			d.save = func(ctx context.Context, follower string, b ports.Bookmark) error {
				return errors.Join(d.Positions.SavePosition(context.WithoutCancel(ctx), follower, b), ctx.Err())
			}
		}, []string{positionsEnded}},
		{"reads under an ended context", func(d *positionsDouble) {
			d.position = func(ctx context.Context, follower string) (ports.Bookmark, error) {
				return d.Positions.Position(context.WithoutCancel(ctx), follower)
			}
		}, []string{positionsEnded}},
	})
}
