package porttest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/evercart/evercart/ports"
)

// ReplayJobs returns the promises of ports.ReplayJobs, each to be kept by one
// without jobs.
func ReplayJobs() []Check[ports.ReplayJobs] {
	return []Check[ports.ReplayJobs]{
		{"a job that was never saved is ErrNoJob", jobAbsent},
		{"every field of a job is read back as written", jobRoundTrips},
		{"each save replaces the job and adds one to its revision", jobIsReplaced},
		{"a job saved over another revision is ErrJobMoved and changes nothing", jobMoved},
		{"of 32 who save one job exactly one wins each revision", jobHasOneSaver},
		{"jobs are listed newest first", jobsNewestFirst},
		{"jobs come in pages", jobsArePaged},
		{"the jobs keep no reference and give none away", jobsKeepNoReference},
		{"a dead context ends every call of replay jobs", jobsHonourDeadContexts},
	}
}

// jobID returns the ID of the n-th sample job; IDs order by n.
func jobID(n int) string { return fmt.Sprintf("20260504t0302%02d-4f", n) }

// fullJob returns the n-th sample job with every field set.
func fullJob(n int) ports.ReplayJob {
	at := time.Date(2026, 5, 4, 3, 2, n, 123_456_000, time.UTC)
	return ports.ReplayJob{
		ID: jobID(n), Target: ports.Target{Consumer: "carts", Generation: 3},
		Filter: ports.ReplayFilter{
			From: at.Add(-48 * time.Hour), To: at.Add(-time.Hour), Stream: "cart/0190", Category: "cart",
			Types: []string{"ItemAdded", "CartClosed"},
		},
		Rate: 2500, State: ports.ReplayFailed, Reason: "ünreadable\n\"quoted\"",
		CursorKey: "events/date=2026-05-04/hour=03/0-a-b.ndjson.gz", CursorLine: 1 << 40,
		Objects: 1<<40 + 1, Bytes: 1<<40 + 2, ObjectsDone: 1<<40 + 3, BytesDone: 1<<40 + 4,
		Read: 1<<40 + 5, Duplicates: 1<<40 + 6, Filtered: 1<<40 + 7, Sent: 1<<40 + 8, Unreadable: 1<<40 + 9,
		Started: at, Updated: at.Add(time.Minute), Finished: at.Add(time.Hour),
	}
}

func jobText(j ports.ReplayJob) string {
	times := ""
	for _, at := range []*time.Time{&j.Filter.From, &j.Filter.To, &j.Started, &j.Updated, &j.Finished} {
		times += " " + timeText(*at)
		*at = time.Time{}
	}
	if len(j.Filter.Types) == 0 && j.Filter.Types != nil {
		times += " types that are not nil"
	}
	return fmt.Sprintf("%+v with times%s", j, times)
}

// save saves job and returns an error unless the answer is the job in its next
// revision.
func save(ctx context.Context, r ports.ReplayJobs, job ports.ReplayJob) error {
	got, err := r.SaveReplayJob(ctx, job)
	if err != nil {
		return fmt.Errorf("save %s over revision %d: %w", job.ID, job.Revision, err)
	}
	job.Revision++
	return sameText("the saved job", jobText(got), jobText(job))
}

// expectJob returns an error unless both reads return want.
func expectJob(ctx context.Context, r ports.ReplayJobs, want ports.ReplayJob) error {
	got, err := r.ReplayJob(ctx, want.ID)
	if err != nil {
		return fmt.Errorf("job %s: %w", want.ID, err)
	}
	if err := sameText("job "+want.ID, jobText(got), jobText(want)); err != nil {
		return err
	}
	all, err := r.ListReplayJobs(ctx, "", 1000)
	if err != nil {
		return fmt.Errorf("list: %w", err)
	}
	i := slices.IndexFunc(all, func(j ports.ReplayJob) bool { return j.ID == want.ID })
	if i < 0 {
		return fmt.Errorf("job %s is not in the list", want.ID)
	}
	return sameText("listed job "+want.ID, jobText(all[i]), jobText(want))
}

func expectNoJob(ctx context.Context, r ports.ReplayJobs, id string) error {
	job, err := r.ReplayJob(ctx, id)
	if !errors.Is(err, ports.ErrNoJob) {
		return fmt.Errorf("job %s that was never saved: got %s and %w, want ErrNoJob", id, jobText(job), orNil(err))
	}
	return nil
}

func jobAbsent(ctx context.Context, r ports.ReplayJobs) error {
	if err := save(ctx, r, fullJob(1)); err != nil {
		return err
	}
	return errors.Join(expectNoJob(ctx, r, jobID(2)), expectNoJob(ctx, r, jobID(1)[:10]))
}

func jobRoundTrips(ctx context.Context, r ports.ReplayJobs) error {
	running := fullJob(2)
	running.State, running.Reason, running.Finished = ports.ReplayRunning, "", time.Time{}
	for _, want := range []ports.ReplayJob{fullJob(1), running, {ID: jobID(3), State: ports.ReplayPaused}} {
		if err := save(ctx, r, want); err != nil {
			return err
		}
		want.Revision = 1
		if err := expectJob(ctx, r, want); err != nil {
			return err
		}
	}
	west, kept := fullJob(4), fullJob(4)
	west.Started = time.Date(2026, 12, 31, 23, 59, 59, 999_999_999, time.FixedZone("west", -8*3600))
	kept.Started = time.Date(2027, 1, 1, 7, 59, 59, 999_999_000, time.UTC)
	kept.Revision = 1
	saved, err := r.SaveReplayJob(ctx, west)
	if err != nil {
		return fmt.Errorf("save a time of another zone: %w", err)
	}
	if err := sameText("the saved job", jobText(saved), jobText(kept)); err != nil {
		return err
	}
	return expectJob(ctx, r, kept)
}

func jobIsReplaced(ctx context.Context, r ports.ReplayJobs) error {
	bare := ports.ReplayJob{ID: jobID(1), State: ports.ReplayRunning}
	for i, job := range []ports.ReplayJob{bare, fullJob(1), bare, fullJob(1)} {
		job.Revision = int64(i)
		if err := save(ctx, r, job); err != nil {
			return err
		}
		job.Revision++
		if err := expectJob(ctx, r, job); err != nil {
			return err
		}
	}
	return nil
}

func jobMoved(ctx context.Context, r ports.ReplayJobs) error {
	stored := fullJob(1)
	for stored.Revision < 2 {
		if err := save(ctx, r, stored); err != nil {
			return err
		}
		stored.Revision++
	}
	for _, late := range []ports.ReplayJob{
		{ID: jobID(1), Revision: 0}, {ID: jobID(1), Revision: 1}, {ID: jobID(1), Revision: 3}, {ID: jobID(2), Revision: 1},
	} {
		if _, err := r.SaveReplayJob(ctx, late); !errors.Is(err, ports.ErrJobMoved) {
			return fmt.Errorf("save %s over revision %d: got %w, want ErrJobMoved", late.ID, late.Revision, orNil(err))
		}
		if err := expectJob(ctx, r, stored); err != nil {
			return err
		}
	}
	return expectNoJob(ctx, r, jobID(2))
}

func jobHasOneSaver(ctx context.Context, r ports.ReplayJobs) error {
	for revision := range int64(10) {
		job := fullJob(1)
		job.Revision = revision
		winner, err := oneWinner(race(racers, func(i int) error {
			mine := job
			mine.Sent = int64(i)
			_, err := r.SaveReplayJob(ctx, mine)
			return err
		}), ports.ErrJobMoved)
		if err != nil {
			return fmt.Errorf("savers over revision %d: %w", revision, err)
		}
		job.Revision, job.Sent = revision+1, int64(winner)
		if err := expectJob(ctx, r, job); err != nil {
			return err
		}
	}
	return nil
}

func jobsKeepNoReference(ctx context.Context, r ports.ReplayJobs) error {
	given := fullJob(1)
	saved, err := r.SaveReplayJob(ctx, given)
	if err != nil {
		return fmt.Errorf("save: %w", err)
	}
	given.Filter.Types[0], saved.Filter.Types[0] = "Changed", "Changed"
	one, err := r.ReplayJob(ctx, given.ID)
	if err != nil {
		return fmt.Errorf("job: %w", err)
	}
	all, err := r.ListReplayJobs(ctx, "", 10)
	if err != nil {
		return fmt.Errorf("list: %w", err)
	}
	for _, job := range append(all, one) {
		if job.Filter.Types[0] == "Changed" {
			return errors.New("the types that a save was given or returned were kept")
		}
		job.Filter.Types[0] = "Read"
	}
	want := fullJob(1)
	want.Revision = 1
	return expectJob(ctx, r, want)
}

func jobsHonourDeadContexts(ctx context.Context, r ports.ReplayJobs) error {
	if err := save(ctx, r, fullJob(1)); err != nil {
		return err
	}
	return honoursDeadContexts(ctx, []portCall{
		{"SaveReplayJob", func(ctx context.Context) error { _, err := r.SaveReplayJob(ctx, fullJob(2)); return err }},
		{"ReplayJob", func(ctx context.Context) error { _, err := r.ReplayJob(ctx, jobID(1)); return err }},
		{"ListReplayJobs", func(ctx context.Context) error { _, err := r.ListReplayJobs(ctx, "", 10); return err }},
	})
}
