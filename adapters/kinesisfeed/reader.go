package kinesisfeed

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/evercart/evercart/ports"
)

// Reader reads the shards of one Kinesis stream. It is safe for concurrent use.
type Reader struct {
	client *kinesis.Client
	stream string
}

// NewReader returns a reader of the Kinesis stream of that name.
func NewReader(client *kinesis.Client, stream string) *Reader {
	return &Reader{client: client, stream: stream}
}

// Shard is a part of a Kinesis stream that keeps its order.
type Shard struct {
	ID      string   // "shardId-000000000000"
	Parents []string // the shards that were split or merged into it, of those still listed
	Closed  bool     // it takes no more records: it was split or merged itself
}

// Shards returns all shards whose records may still be kept, each after its
// parents: whoever reads them in this order reads each stream's events in order,
// also where shards were split and merged.
func (r *Reader) Shards(ctx context.Context) ([]Shard, error) {
	var listed []types.Shard
	input := &kinesis.ListShardsInput{StreamName: &r.stream}
	for {
		page, err := r.client.ListShards(ctx, input)
		if err != nil {
			return nil, r.fault(ctx, "list the shards", err)
		}
		listed = append(listed, page.Shards...)
		if page.NextToken == nil {
			break
		}
		input = &kinesis.ListShardsInput{NextToken: page.NextToken} // which stands for the stream too
	}
	return parentsFirst(listed), nil
}

// parentsFirst orders shards by their generation, and by ID within one.
func parentsFirst(listed []types.Shard) []Shard {
	shards := make(map[string]Shard, len(listed))
	for i := range listed {
		s := &listed[i]
		shard := Shard{ID: aws.ToString(s.ShardId), Closed: s.SequenceNumberRange != nil && s.SequenceNumberRange.EndingSequenceNumber != nil}
		for _, parent := range []*string{s.ParentShardId, s.AdjacentParentShardId} {
			known := func(other types.Shard) bool { return parent != nil && aws.ToString(other.ShardId) == *parent }
			if slices.ContainsFunc(listed, known) {
				shard.Parents = append(shard.Parents, *parent)
			}
		}
		shards[shard.ID] = shard
	}
	generations := make(map[string]int, len(shards))
	var generation func(id string) int
	generation = func(id string) int {
		g, known := generations[id]
		if !known {
			for _, parent := range shards[id].Parents {
				g = max(g, generation(parent)+1)
			}
			generations[id] = g
		}
		return g
	}
	ordered := make([]Shard, 0, len(shards))
	for _, shard := range shards {
		ordered = append(ordered, shard)
	}
	slices.SortFunc(ordered, func(a, b Shard) int {
		return cmp.Or(cmp.Compare(generation(a.ID), generation(b.ID)), cmp.Compare(a.ID, b.ID))
	})
	return ordered
}

// Records yields the records that arrived in [from, to), shard after shard,
// parents before their children, each in its order; a zero from is the oldest
// record kept. With a zero to, a shard is read to where it has no more for the
// moment, which under load may never be. It yields an error at most once, as its
// last pair.
func (r *Reader) Records(ctx context.Context, from, to time.Time) iter.Seq2[ports.Record, error] {
	return func(yield func(ports.Record, error) bool) {
		shards, err := r.Shards(ctx)
		if err != nil {
			yield(ports.Record{}, err)
			return
		}
		for _, shard := range shards {
			if !r.yieldShard(ctx, r.Open(shard.ID, Start{At: from}), to, yield) {
				return
			}
		}
	}
}

// yieldShard yields the records that arrived before to, and reports whether to go
// on.
func (r *Reader) yieldShard(ctx context.Context, c *Cursor, to time.Time, yield func(ports.Record, error) bool) bool {
	for {
		page, err := c.Next(ctx, maxPage)
		if err != nil {
			yield(ports.Record{}, err)
			return false
		}
		for _, record := range page.Records {
			if !to.IsZero() && !record.Arrival.Before(to) {
				return true
			}
			if !yield(record, nil) {
				return false
			}
		}
		if page.Ended || len(page.Records) == 0 && page.Behind == 0 {
			return true
		}
	}
}

func (r *Reader) fault(ctx context.Context, doing string, err error) error {
	return fmt.Errorf("kinesisfeed: %s of %s: %w", doing, r.stream, classify(ctx, err))
}
