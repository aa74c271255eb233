package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/evercart/evercart/ports"
)

// replayInto returns the replay that fills target, a generation that was begun at an
// instant, and starts one where there is none, or it failed. A paused one is a
// *NotReadyError.
func (b *Rebuilder) replayInto(ctx context.Context, target ports.Target, begun time.Time) (ports.ReplayJob, error) {
	job, found, err := b.jobOf(ctx, target)
	if err != nil {
		return job, err
	}
	return b.fill(ctx, target, begun, job, found)
}

// Refill starts a replay into a generation that was begun at an instant and has none.
// Where there is one by now, it returns that.
func (b *Rebuilder) Refill(ctx context.Context, target ports.Target, begun time.Time) (ports.ReplayJob, error) {
	return b.fill(ctx, target, begun, ports.ReplayJob{}, false)
}

// fill goes on with the newest replay into target that was found, or starts one. Of
// those who start one at once, all are given the same: its ID follows from what they saw.
func (b *Rebuilder) fill(ctx context.Context, target ports.Target, begun time.Time, job ports.ReplayJob, found bool) (ports.ReplayJob, error) {
	kind, err := b.kind(target.Consumer)
	for {
		switch {
		case err != nil:
			return job, err
		case found && job.Target != target: // of another view, by chance
			begun = begun.Add(time.Millisecond)
		case found && job.State == ports.ReplayPaused:
			return job, &NotReadyError{target, fmt.Sprintf("%s: its replay %s is paused; resume it first", target, job.ID)}
		case found && job.State != ports.ReplayFailed:
			return job, nil
		case found: // the next one's ID comes after its own
			begun = job.Started.Add(time.Millisecond)
			if job.Finished.After(begun) {
				begun = job.Finished
			}
		}
		fresh := ports.ReplayJob{
			ID: rebuildID(target, begun), Target: target, Filter: ports.ReplayFilter{Category: kind.Category},
			State: ports.ReplayRunning, Started: begun.UTC().Truncate(time.Microsecond), Updated: b.now(),
		}
		if job, err = b.Jobs.SaveReplayJob(ctx, fresh); !errors.Is(err, ports.ErrJobMoved) {
			return job, err
		}
		job, err = b.Jobs.ReplayJob(ctx, fresh.ID)
		found = true
	}
}

// rebuildID makes the ID of the replay that fills a generation: the time in UTC at
// which that was begun, or the replay before failed, and four characters of the
// generation's name.
func rebuildID(target ports.Target, begun time.Time) string {
	name := sha256.Sum256([]byte(target.String()))
	at := strings.Replace(begun.UTC().Format("20060102t150405.000"), ".", "", 1)
	return at + "-" + hex.EncodeToString(name[:2])
}

// jobOf returns the newest replay into target, and whether there is one.
func (b *Rebuilder) jobOf(ctx context.Context, target ports.Target) (ports.ReplayJob, bool, error) {
	for job, err := range allJobs(ctx, b.Jobs) {
		if err != nil || job.Target == target {
			return job, err == nil, err
		}
	}
	return ports.ReplayJob{}, false, nil
}
