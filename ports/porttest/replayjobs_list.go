package porttest

import (
	"context"
	"fmt"
	"slices"

	"github.com/evercart/evercart/ports"
)

// expectJobs returns an error unless the list after an ID is want, in order.
func expectJobs(ctx context.Context, r ports.ReplayJobs, after string, limit int, want ...ports.ReplayJob) error {
	got, err := r.ListReplayJobs(ctx, after, limit)
	if err != nil {
		return fmt.Errorf("list after %q: %w", after, err)
	}
	ids := func(jobs []ports.ReplayJob) string {
		text := fmt.Sprintf("%d jobs", len(jobs))
		for _, j := range jobs {
			text += "\n\t" + j.ID
		}
		return text
	}
	return sameText(fmt.Sprintf("jobs after %q, at most %d", after, limit), ids(got), ids(want))
}

// saveMany saves n jobs in no order and returns them, newest first.
func saveMany(ctx context.Context, r ports.ReplayJobs, n int) ([]ports.ReplayJob, error) {
	var jobs []ports.ReplayJob
	for i := range n {
		jobs = append(jobs, fullJob(n-i))
	}
	for i := range jobs {
		if err := save(ctx, r, jobs[(i*7+3)%n]); err != nil {
			return nil, err
		}
	}
	return jobs, nil
}

func jobsNewestFirst(ctx context.Context, r ports.ReplayJobs) error {
	if err := expectJobs(ctx, r, "", 10); err != nil {
		return err
	}
	jobs, err := saveMany(ctx, r, 20)
	if err != nil {
		return err
	}
	oldest := jobs[len(jobs)-1]
	oldest.Revision = 1
	oldest.Updated = jobs[0].Updated.AddDate(1, 0, 0)
	if err := save(ctx, r, oldest); err != nil { // that it was changed last makes it no newer
		return err
	}
	for i, job := range jobs {
		if err := expectJobs(ctx, r, job.ID, 100, jobs[i+1:]...); err != nil {
			return err
		}
	}
	return expectJobs(ctx, r, "", 100, jobs...)
}

func jobsArePaged(ctx context.Context, r ports.ReplayJobs) error {
	jobs, err := saveMany(ctx, r, 50)
	if err != nil {
		return err
	}
	after := ""
	for page := range slices.Chunk(jobs, 15) {
		if err := expectJobs(ctx, r, after, 15, page...); err != nil {
			return err
		}
		after = page[len(page)-1].ID
	}
	if err := expectJobs(ctx, r, after, 15); err != nil {
		return err
	}
	return expectJobs(ctx, r, jobs[3].ID[:len(jobs[3].ID)-1]+"g", 2, jobs[3:5]...) // between the third and the fourth
}
