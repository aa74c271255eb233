package lambdafn

import "context"

// Job is a function that a schedule starts, or anybody by hand. What the event
// says does not matter.
type Job struct {
	Run func(ctx context.Context) (any, error)
}

// Handle runs the job.
func (j *Job) Handle(ctx context.Context, _ []byte) (any, error) { return j.Run(ctx) }
