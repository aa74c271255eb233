package porttest

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/evercart/evercart/ports"
)

// Positions returns the promises of ports.Positions, each to be kept by one that
// has nothing saved.
func Positions() []Check[ports.Positions] {
	return []Check[ports.Positions]{
		{"a follower that saved nothing is at the zero bookmark", positionsZero},
		{"a saved bookmark comes back, and replaces the one before, also backwards", positionsReplace},
		{"followers do not touch each other", positionsApart},
		{"32 followers save side by side", positionsSideBySide},
		{"nothing is read or saved under an ended context", positionsEnded},
	}
}

func bookmark(n int) ports.Bookmark {
	return ports.Bookmark{Position: ports.Position(fmt.Sprintf("feed%016d", n)), Arrival: sampleTime(ports.Version(n))}
}

// isAt returns an error unless follower's bookmark is want.
func isAt(ctx context.Context, positions ports.Positions, follower string, want ports.Bookmark) error {
	got, err := positions.Position(ctx, follower)
	if err != nil {
		return err
	}
	if got.Position != want.Position {
		return fmt.Errorf("%s is at position %q, want %q", follower, got.Position, want.Position)
	}
	if err := sameTime(got.Arrival, want.Arrival); err != nil {
		return fmt.Errorf("%s: arrival: %w", follower, err)
	}
	return nil
}

func positionsZero(ctx context.Context, positions ports.Positions) error {
	if err := positions.SavePosition(ctx, "somebody", bookmark(1)); err != nil {
		return err
	}
	return isAt(ctx, positions, "relay", ports.Bookmark{})
}

func positionsReplace(ctx context.Context, positions ports.Positions) error {
	noArrival := ports.Bookmark{Position: bookmark(7).Position}
	longest := ports.Bookmark{Position: ports.Position(strings.Repeat("9", 128)), Arrival: bookmark(9).Arrival}
	for _, b := range []ports.Bookmark{bookmark(1), bookmark(2), noArrival, longest, bookmark(1), {}} {
		if err := positions.SavePosition(ctx, "relay", b); err != nil {
			return err
		}
		if err := isAt(ctx, positions, "relay", b); err != nil {
			return err
		}
	}
	return nil
}

func positionsApart(ctx context.Context, positions ports.Positions) error {
	followers := []string{"relay", "Relay", "relay ", "archive", "carts-1", "carts-10", "carts/1", "carts.1", "carts_1", "1", "01", "é"}
	for n, follower := range followers {
		if err := positions.SavePosition(ctx, follower, bookmark(n)); err != nil {
			return err
		}
	}
	for n, follower := range followers {
		if err := isAt(ctx, positions, follower, bookmark(n)); err != nil {
			return err
		}
	}
	return nil
}

func positionsSideBySide(ctx context.Context, positions ports.Positions) error {
	return together(func(i int) error {
		follower := fmt.Sprintf("follower-%d", i)
		for n := range 5 {
			if err := positions.SavePosition(ctx, follower, bookmark(n)); err != nil {
				return err
			}
			if err := isAt(ctx, positions, follower, bookmark(n)); err != nil {
				return err
			}
		}
		return nil
	})
}

func positionsEnded(ctx context.Context, positions ports.Positions) error {
	if err := positions.SavePosition(ctx, "relay", bookmark(1)); err != nil {
		return err
	}
	err := honoursDeadContexts(ctx, []portCall{
		{"Position", func(ctx context.Context) error { _, err := positions.Position(ctx, "relay"); return err }},
		{"SavePosition", func(ctx context.Context) error { return positions.SavePosition(ctx, "relay", bookmark(2)) }},
	})
	return errors.Join(err, isAt(ctx, positions, "relay", bookmark(1)))
}
