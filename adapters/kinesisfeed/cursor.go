package kinesisfeed

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/evercart/evercart/ports"
)

// maxPage is the most records of one GetRecords call.
const maxPage = 10_000

// Start says where in a shard to begin. The zero Start is its oldest record kept.
type Start struct {
	After ports.Position // the record after this one
	At    time.Time      // the first record that arrived then or later; where After is empty
}

// Page is what one look at a shard gave.
type Page struct {
	Records []ports.Record // may be empty, also where more follow
	Behind  time.Duration  // how far the page lies behind the newest record; 0: at the tip
	Ended   bool           // the shard is closed, and these are its last records
}

// Cursor reads one shard from its start on. It is for one goroutine.
type Cursor struct {
	reader   *Reader
	shard    string
	start    Start   // of what was not returned yet
	iterator *string // for start; nil: none yet
	ended    bool
}

// Open returns a cursor on a shard. It makes no call.
func (r *Reader) Open(shard string, start Start) *Cursor {
	return &Cursor{reader: r, shard: shard, start: start}
}

// Next returns at most limit (1 to 10 000) records, those after the page before,
// and does not wait for any. After an error the cursor stands where it stood. A
// position that the stream never gave is ports.ErrForeignPosition. AWS allows five
// looks a second at a shard, of all readers together; more are ErrUnavailable.
func (c *Cursor) Next(ctx context.Context, limit int) (Page, error) {
	if err := ctx.Err(); err != nil {
		return Page{}, err
	}
	if c.ended {
		return Page{Ended: true}, nil
	}
	page, err := c.look(ctx, limit)
	if expired(err) {
		c.iterator = nil
		page, err = c.look(ctx, limit)
	}
	return page, err
}

// look makes one call of GetRecords, and before it one for an iterator where there
// is none.
func (c *Cursor) look(ctx context.Context, limit int) (Page, error) {
	if err := c.aim(ctx); err != nil {
		return Page{}, err
	}
	answer, err := c.reader.client.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: c.iterator, Limit: aws.Int32(int32(min(limit, maxPage)))})
	if err != nil {
		return Page{}, c.reader.fault(ctx, "read shard "+c.shard, err)
	}
	page := Page{
		Records: make([]ports.Record, len(answer.Records)),
		Behind:  time.Duration(aws.ToInt64(answer.MillisBehindLatest)) * time.Millisecond,
		Ended:   answer.NextShardIterator == nil,
	}
	for i := range answer.Records {
		r := &answer.Records[i]
		page.Records[i] = ports.Record{
			Shard: c.shard, Position: ports.Position(aws.ToString(r.SequenceNumber)),
			Arrival: aws.ToTime(r.ApproximateArrivalTimestamp).UTC(), Data: r.Data,
		}
	}
	if n := len(page.Records); n > 0 {
		c.start = Start{After: page.Records[n-1].Position}
	}
	c.iterator, c.ended = answer.NextShardIterator, page.Ended
	return page, nil
}

// aim gets an iterator for the start, unless there is one.
func (c *Cursor) aim(ctx context.Context) error {
	if c.iterator != nil {
		return nil
	}
	input := &kinesis.GetShardIteratorInput{StreamName: &c.reader.stream, ShardId: &c.shard, ShardIteratorType: types.ShardIteratorTypeTrimHorizon}
	switch {
	case c.start.After != "":
		input.ShardIteratorType = types.ShardIteratorTypeAfterSequenceNumber
		input.StartingSequenceNumber = aws.String(string(c.start.After))
	case !c.start.At.IsZero():
		input.ShardIteratorType, input.Timestamp = types.ShardIteratorTypeAtTimestamp, &c.start.At
	}
	answer, err := c.reader.client.GetShardIterator(ctx, input)
	if err != nil && c.start.After != "" && foreign(err) {
		err = errors.Join(fmt.Errorf("%w: %s", ports.ErrForeignPosition, c.start.After), err)
	}
	if err != nil {
		return c.reader.fault(ctx, "aim at shard "+c.shard, err)
	}
	c.iterator = answer.ShardIterator
	return nil
}
