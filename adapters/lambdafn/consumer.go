package lambdafn

import (
	"context"
	"log/slog"
	"time"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/ports"
)

// Consumer feeds a use case from Kinesis and, if it is a target of replays, from an
// SQS FIFO queue. A schedule lets it try parked streams again. The shape of the
// event tells which.
type Consumer struct {
	Consumer app.Consumer
	// Replay handles the records of a replay for one target; nil: the consumer is
	// none of replays.
	Replay app.ReplayTarget
	// RetryParked tries parked streams again; nil: the consumer parks none.
	RetryParked func(ctx context.Context) error
	// Finish is app.Rebuilder's FinishFrom; nil: the consumer has no generations.
	Finish     func(ctx context.Context, target ports.Target, after string) (next string, err error)
	Quarantine ports.Quarantine
	Meter      ports.Meter
	Now        func() time.Time
	Log        *slog.Logger
}

// Handle feeds one batch and answers with what must come again.
func (c *Consumer) Handle(ctx context.Context, payload []byte) (any, error) {
	switch got := shapeOf(payload); {
	case got == shapeKinesis:
		return c.kinesis(ctx, payload)
	case got == shapeSQS && c.Replay != nil:
		return c.sqs(ctx, payload)
	case c.RetryParked != nil && fromSchedule(payload):
		return nil, c.RetryParked(ctx)
	case got == shapeDirect && c.Finish != nil:
		return c.finish(ctx, payload)
	default:
		return nil, errShape(got, shapeKinesis, shapeSQS, shapeSchedule)
	}
}

// failed tells that some of a batch comes again.
func (c *Consumer) failed(ctx context.Context, failures []app.Failure) {
	c.Meter.Add(ports.MetricFailed, c.Consumer.Name(), 1)
	c.Log.WarnContext(ctx, "some records failed and come again",
		slog.String("consumer", c.Consumer.Name()), slog.Int("records", len(failures)), slog.Any("error", failures[0].Err))
}

// setAside puts a message that cannot be read into the quarantine.
func (c *Consumer) setAside(ctx context.Context, position string, payload []byte, reason error) error {
	err := c.Quarantine.PutQuarantined(ctx, ports.Quarantined{
		Consumer: c.Consumer.Name(), Shard: replayShard, Position: ports.Position(position),
		Reason: reason.Error(), Payload: payload, At: c.Now().UTC().Truncate(time.Microsecond),
	})
	if err == nil {
		c.Meter.Add(ports.MetricQuarantined, c.Consumer.Name(), 1)
		c.Log.ErrorContext(ctx, "a message cannot be read and is in quarantine",
			slog.String("consumer", c.Consumer.Name()), slog.String("position", position), slog.Any("error", reason))
	}
	return err
}
