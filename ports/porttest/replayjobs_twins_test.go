package porttest_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

// jobsDouble is memory replay jobs whose calls can be replaced one by one.
type jobsDouble struct {
	*memory.ReplayJobs
	save func(context.Context, ports.ReplayJob) (ports.ReplayJob, error)
	get  func(context.Context, string) (ports.ReplayJob, error)
	list func(context.Context, string, int) ([]ports.ReplayJob, error)
}

func newJobsDouble(breakIt func(*jobsDouble)) ports.ReplayJobs {
	r := memory.NewReplayJobs()
	d := &jobsDouble{ReplayJobs: r, save: r.SaveReplayJob, get: r.ReplayJob, list: r.ListReplayJobs}
	breakIt(d)
	return d
}

func (d *jobsDouble) SaveReplayJob(ctx context.Context, job ports.ReplayJob) (ports.ReplayJob, error) {
	return d.save(ctx, job)
}

func (d *jobsDouble) ReplayJob(ctx context.Context, id string) (ports.ReplayJob, error) {
	return d.get(ctx, id)
}

func (d *jobsDouble) ListReplayJobs(ctx context.Context, after string, limit int) ([]ports.ReplayJob, error) {
	return d.list(ctx, after, limit)
}

// each changes jobs as both reads return them.
func (d *jobsDouble) each(change func(*ports.ReplayJob)) {
	d.get = func(ctx context.Context, id string) (ports.ReplayJob, error) {
		job, err := d.ReplayJobs.ReplayJob(ctx, id)
		change(&job)
		return job, err
	}
	d.lists(func(_ string, _ int, jobs []ports.ReplayJob) []ports.ReplayJob {
		for i := range jobs {
			change(&jobs[i])
		}
		return jobs
	})
}

// lists changes the list of jobs.
func (d *jobsDouble) lists(change func(after string, limit int, jobs []ports.ReplayJob) []ports.ReplayJob) {
	d.list = func(ctx context.Context, after string, limit int) ([]ports.ReplayJob, error) {
		jobs, err := d.ReplayJobs.ListReplayJobs(ctx, after, limit)
		return change(after, limit, jobs), err
	}
}

// force stores job over whatever there is.
func (d *jobsDouble) force(ctx context.Context, job ports.ReplayJob) (ports.ReplayJob, error) {
	for {
		old, _ := d.ReplayJobs.ReplayJob(ctx, job.ID)
		job.Revision = old.Revision
		saved, err := d.ReplayJobs.SaveReplayJob(ctx, job)
		if !errors.Is(err, ports.ErrJobMoved) {
			return saved, err
		}
	}
}

const (
	jobAbsent   = "a job that was never saved is ErrNoJob"
	jobFields   = "every field of a job is read back as written"
	jobReplaced = "each save replaces the job and adds one to its revision"
	jobMoved    = "a job saved over another revision is ErrJobMoved and changes nothing"
	jobOneSaver = "of 32 who save one job exactly one wins each revision"
	jobsNewest  = "jobs are listed newest first"
	jobsPages   = "jobs come in pages"
	jobsOwn     = "the jobs keep no reference and give none away"
	jobsEnd     = "a dead context ends every call of replay jobs"
)

func TestReplayJobsChecksBite(t *testing.T) {
	t.Parallel()
	bites(t, porttest.ReplayJobs(), newJobsDouble, slices.Concat(
		jobFieldTwins(), jobSaveTwins(), jobListTwins(), jobOwnershipTwins(), jobContextTwins()))
}

func jobFieldTwins() []twin[jobsDouble] {
	var twins []twin[jobsDouble]
	for field, forget := range map[string]func(*ports.ReplayJob){
		"target":      func(j *ports.ReplayJob) { j.Target = ports.Target{} },
		"generation":  func(j *ports.ReplayJob) { j.Target.Generation = 0 },
		"from":        func(j *ports.ReplayJob) { j.Filter.From = time.Time{} },
		"to":          func(j *ports.ReplayJob) { j.Filter.To = time.Time{} },
		"stream":      func(j *ports.ReplayJob) { j.Filter.Stream = "" },
		"category":    func(j *ports.ReplayJob) { j.Filter.Category = "" },
		"types":       func(j *ports.ReplayJob) { j.Filter.Types = nil },
		"rate":        func(j *ports.ReplayJob) { j.Rate = 0 },
		"state":       func(j *ports.ReplayJob) { j.State = ports.ReplayRunning },
		"reason":      func(j *ports.ReplayJob) { j.Reason = strings.ToValidUTF8(strings.Trim(j.Reason, "ü"), "") },
		"key":         func(j *ports.ReplayJob) { j.CursorKey = "" },
		"line":        func(j *ports.ReplayJob) { j.CursorLine = int64(int32(j.CursorLine)) },
		"objects":     func(j *ports.ReplayJob) { j.Objects = 0 },
		"bytes":       func(j *ports.ReplayJob) { j.Bytes = j.BytesDone },
		"objectsdone": func(j *ports.ReplayJob) { j.ObjectsDone = j.Objects },
		"bytesdone":   func(j *ports.ReplayJob) { j.BytesDone = 0 },
		"read":        func(j *ports.ReplayJob) { j.Read = j.Sent },
		"duplicates":  func(j *ports.ReplayJob) { j.Duplicates = 0 },
		"filtered":    func(j *ports.ReplayJob) { j.Filtered = 0 },
		"sent":        func(j *ports.ReplayJob) { j.Sent = 0 },
		"unreadable":  func(j *ports.ReplayJob) { j.Unreadable = 0 },
		"started":     func(j *ports.ReplayJob) { j.Started = j.Started.Truncate(time.Second) },
		"updated":     func(j *ports.ReplayJob) { j.Updated = j.Started },
		"finished":    func(j *ports.ReplayJob) { j.Finished = j.Updated },
		"zone":        func(j *ports.ReplayJob) { j.Started = j.Started.In(time.FixedZone("", 3600)) },
	} {
		twins = append(twins, twin[jobsDouble]{"mistakes " + field, func(d *jobsDouble) { d.each(forget) }, []string{jobFields}})
	}
	return append(twins, twin[jobsDouble]{"makes a list of no types", func(d *jobsDouble) {
		d.each(func(j *ports.ReplayJob) { j.Filter.Types = append([]string{}, j.Filter.Types...) })
	}, []string{jobFields}})
}

func jobSaveTwins() []twin[jobsDouble] {
	return []twin[jobsDouble]{
		{"returns an empty job for none", func(d *jobsDouble) {
			d.get = func(ctx context.Context, id string) (ports.ReplayJob, error) {
				job, err := d.ReplayJobs.ReplayJob(ctx, id)
				if errors.Is(err, ports.ErrNoJob) {
					err = nil
				}
				return job, err
			}
		}, []string{jobAbsent}},
		{"finds a job by the start of its ID", func(d *jobsDouble) {
			d.get = func(ctx context.Context, id string) (ports.ReplayJob, error) {
				jobs, _ := d.ReplayJobs.ListReplayJobs(ctx, "", 100)
				for _, job := range jobs {
					if strings.HasPrefix(job.ID, id) {
						return job, nil
					}
				}
				return d.ReplayJobs.ReplayJob(ctx, id)
			}
		}, []string{jobAbsent}},
		{"returns the old revision", func(d *jobsDouble) {
			d.save = func(ctx context.Context, job ports.ReplayJob) (ports.ReplayJob, error) {
				saved, err := d.ReplayJobs.SaveReplayJob(ctx, job)
				saved.Revision = job.Revision
				return saved, err
			}
		}, []string{jobReplaced}},
		{"keeps the finish that a job had", func(d *jobsDouble) {
			d.save = func(ctx context.Context, job ports.ReplayJob) (ports.ReplayJob, error) {
				old, _ := d.ReplayJobs.ReplayJob(ctx, job.ID)
				if job.Finished.IsZero() {
					job.Finished = old.Finished
				}
				return d.ReplayJobs.SaveReplayJob(ctx, job)
			}
		}, []string{jobReplaced}},
		{"saves over any revision", func(d *jobsDouble) { d.save = d.force }, []string{jobMoved, jobOneSaver}},
		{"saves over any newer revision", func(d *jobsDouble) {
			d.save = func(ctx context.Context, job ports.ReplayJob) (ports.ReplayJob, error) {
				if old, err := d.ReplayJobs.ReplayJob(ctx, job.ID); err == nil && job.Revision > old.Revision {
					return d.force(ctx, job)
				}
				return d.ReplayJobs.SaveReplayJob(ctx, job)
			}
		}, []string{jobMoved}},
		{"stores what it refuses", func(d *jobsDouble) {
			d.save = func(ctx context.Context, job ports.ReplayJob) (ports.ReplayJob, error) {
				saved, err := d.ReplayJobs.SaveReplayJob(ctx, job)
				if errors.Is(err, ports.ErrJobMoved) {
					_, _ = d.force(ctx, job)
				}
				return saved, err
			}
		}, []string{jobMoved, jobOneSaver}},
		{"calls a moved job absent", func(d *jobsDouble) {
			d.save = func(ctx context.Context, job ports.ReplayJob) (ports.ReplayJob, error) {
				saved, err := d.ReplayJobs.SaveReplayJob(ctx, job)
				if errors.Is(err, ports.ErrJobMoved) {
					err = ports.ErrNoJob
				}
				return saved, err
			}
		}, []string{jobMoved, jobOneSaver}},
	}
}

func jobListTwins() []twin[jobsDouble] {
	return []twin[jobsDouble]{
		{"lists the oldest first", func(d *jobsDouble) {
			d.lists(func(_ string, _ int, jobs []ports.ReplayJob) []ports.ReplayJob { return reversed(jobs) })
		}, []string{jobsNewest, jobsPages}},
		{"lists the last changed first", func(d *jobsDouble) {
			d.lists(func(_ string, _ int, jobs []ports.ReplayJob) []ports.ReplayJob {
				slices.SortFunc(jobs, func(a, b ports.ReplayJob) int { return b.Updated.Compare(a.Updated) })
				return jobs
			})
		}, []string{jobsNewest}},
		{"lists the job after which it was to go on", func(d *jobsDouble) {
			d.lists(func(after string, limit int, jobs []ports.ReplayJob) []ports.ReplayJob {
				if job, err := d.ReplayJobs.ReplayJob(context.Background(), after); err == nil {
					jobs = append([]ports.ReplayJob{job}, jobs...)
				}
				return jobs[:min(limit, len(jobs))]
			})
		}, []string{jobsNewest, jobsPages}},
		{"lists all jobs at once", func(d *jobsDouble) {
			d.list = func(ctx context.Context, after string, _ int) ([]ports.ReplayJob, error) {
				return d.ReplayJobs.ListReplayJobs(ctx, after, 1<<20)
			}
		}, []string{jobsPages}},
		{"goes on only after a job that is there", func(d *jobsDouble) {
			d.lists(func(after string, _ int, jobs []ports.ReplayJob) []ports.ReplayJob {
				if _, err := d.ReplayJobs.ReplayJob(context.Background(), after); err != nil && after != "" {
					return nil
				}
				return jobs
			})
		}, []string{jobsPages}},
	}
}

func jobOwnershipTwins() []twin[jobsDouble] {
	return []twin[jobsDouble]{
		{"keeps the types that it is given", func(d *jobsDouble) {
			var kept []string
			d.save = func(ctx context.Context, job ports.ReplayJob) (ports.ReplayJob, error) {
				kept = job.Filter.Types
				return d.ReplayJobs.SaveReplayJob(ctx, job)
			}
			d.each(func(j *ports.ReplayJob) { j.Filter.Types = slices.Clone(kept) })
		}, []string{jobsOwn}},
		{"keeps the types that a save returns", func(d *jobsDouble) {
			var kept []string
			d.save = func(ctx context.Context, job ports.ReplayJob) (ports.ReplayJob, error) {
				saved, err := d.ReplayJobs.SaveReplayJob(ctx, job)
				kept = saved.Filter.Types
				return saved, err
			}
			d.each(func(j *ports.ReplayJob) { j.Filter.Types = slices.Clone(kept) })
		}, []string{jobsOwn}},
		{"gives its own types away", func(d *jobsDouble) {
			var own []string
			d.each(func(j *ports.ReplayJob) {
				if own == nil {
					own = j.Filter.Types
				}
				j.Filter.Types = own
			})
		}, []string{jobsOwn}},
	}
}

func jobContextTwins() []twin[jobsDouble] {
	return []twin[jobsDouble]{
		{"saves under a dead context", func(d *jobsDouble) {
			d.save = func(ctx context.Context, job ports.ReplayJob) (ports.ReplayJob, error) {
				return d.ReplayJobs.SaveReplayJob(context.WithoutCancel(ctx), job)
			}
		}, []string{jobsEnd}},
		{"reads under a dead context", func(d *jobsDouble) {
			d.get = func(ctx context.Context, id string) (ports.ReplayJob, error) {
				return d.ReplayJobs.ReplayJob(context.WithoutCancel(ctx), id)
			}
		}, []string{jobsEnd}},
		{"lists under a dead context", func(d *jobsDouble) {
			d.list = func(ctx context.Context, after string, limit int) ([]ports.ReplayJob, error) {
				return d.ReplayJobs.ListReplayJobs(context.WithoutCancel(ctx), after, limit)
			}
		}, []string{jobsEnd}},
	}
}
