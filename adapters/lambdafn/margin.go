package lambdafn

import (
	"context"
	"time"
)

// defaultMargin is the time that long work leaves for what comes after it.
const defaultMargin = 10 * time.Second

// endingBefore returns ctx with its end, if it has one, drawn nearer by margin (0:
// 10 s), but by no more than half of the time that is left.
func endingBefore(ctx context.Context, now time.Time, margin time.Duration) (context.Context, context.CancelFunc) {
	end, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	if margin == 0 {
		margin = defaultMargin
	}
	margin = min(margin, end.Sub(now)/2)
	return context.WithDeadline(ctx, end.Add(-margin))
}
