package app

import (
	"context"

	"github.com/evercart/evercart/ports"
)

// ReplayPlan is what a replay would do.
type ReplayPlan struct {
	Objects    int64 // archive objects read
	Bytes      int64 // their size, compressed
	Events     int64 // events in them
	Duplicates int64 // of those, events read before
	Filtered   int64 // of those, events that the filter leaves out
	Sent       int64 // of those, events that would be delivered
	SentBytes  int64 // the size of their wire form
	Unreadable int64 // lines and objects that cannot be read
}

// Plan reads what a replay would read and counts, without delivering anything.
// progress, if it is not nil, is called after each object.
func (r *Replayer) Plan(ctx context.Context, filter ports.ReplayFilter, progress func(ReplayPlan)) (ReplayPlan, error) {
	var plan ReplayPlan
	seen := newSeen()
	for object := range readAhead(ctx, r.Archive, filter.From, filter.To, nil) {
		if object.err != nil {
			return plan, object.err
		}
		for chunk := range object.chunks {
			for i := range chunk {
				if err := chunk[i].err; err != nil && !spoiled(err) {
					return plan, err
				}
				plan.count(&chunk[i], seen, &filter)
			}
		}
		if err := ctx.Err(); err != nil {
			return plan, err
		}
		plan.Objects++
		plan.Bytes += object.Size
		if progress != nil {
			progress(plan)
		}
	}
	return plan, ctx.Err()
}

func (p *ReplayPlan) count(l *readLine, seen *seen, filter *ports.ReplayFilter) {
	if l.err != nil {
		p.Unreadable++
		return
	}
	p.Events++
	switch {
	case !seen.first(&l.event):
		p.Duplicates++
	case !lets(filter, &l.event):
		p.Filtered++
	default:
		p.Sent++
		p.SentBytes += int64(len(l.data))
	}
}
