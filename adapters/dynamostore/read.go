package dynamostore

import (
	"context"
	"fmt"
	"iter"

	"github.com/evercart/evercart/ports"
)

// Since implements ports.EventStore: a forward Query after the known version.
func (s *EventStore) Since(ctx context.Context, head ports.Head) ([]ports.Commit, ports.Head, error) {
	var commits []ports.Commit
	for commit, err := range s.forward(ctx, head.Stream(), head.Version()+1, maxVersion) {
		if err != nil {
			return nil, ports.Head{}, err
		}
		commits = append(commits, commit)
	}
	if len(commits) > 0 {
		head = ports.HeadOf(&commits[len(commits)-1])
	}
	return commits, head, nil
}

// Read implements ports.EventStore. Commits are keyed by their first version, so
// it begins at the greatest key at or before a and trims.
func (s *EventStore) Read(ctx context.Context, stream ports.StreamID, a, b ports.Version) iter.Seq2[ports.Published, error] {
	return func(yield func(ports.Published, error) bool) {
		from, err := s.keyAt(ctx, stream, a)
		if err != nil {
			yield(ports.Published{}, err)
			return
		}
		for commit, err := range s.forward(ctx, stream, from, b) {
			if err != nil {
				yield(ports.Published{}, err)
				return
			}
			for _, p := range commit.Published("") {
				if p.Version >= a && p.Version <= b && !yield(p, nil) {
					return
				}
			}
		}
	}
}

// keyAt returns the first version of the commit that version a is in; a itself
// where there is none.
func (s *EventStore) keyAt(ctx context.Context, stream ports.StreamID, a ports.Version) (ports.Version, error) {
	if err := stream.Validate(); err != nil {
		return 0, fmt.Errorf("dynamostore: read: %w", err)
	}
	if a <= 1 {
		return 1, nil
	}
	backward, consistent, one, key := false, true, int32(1), attrVersion
	in := s.query(stream, attrStream+" = :stream AND "+attrVersion+" <= :version", a)
	in.ScanIndexForward, in.ConsistentRead, in.Limit, in.ProjectionExpression = &backward, &consistent, &one, &key
	out, err := s.client.Query(ctx, in)
	if err != nil {
		return 0, classify(ctx, err, "read %s from version %d", stream, a)
	}
	s.consumed(out.ConsumedCapacity, false)
	if len(out.Items) == 0 {
		return a, nil
	}
	r := reader{item: out.Items[0]}
	return ports.Version(r.number(attrVersion)), r.corrupt(fmt.Sprintf("event item %s at or before version %d", stream, a))
}

// forward yields the commits of a stream that begin from version a to version b.
func (s *EventStore) forward(ctx context.Context, stream ports.StreamID, a, b ports.Version) iter.Seq2[ports.Commit, error] {
	return func(yield func(ports.Commit, error) bool) {
		if b < a {
			return
		}
		consistent := true
		in := s.query(stream, attrStream+" = :stream AND "+attrVersion+" BETWEEN :version AND :last", a)
		in.ExpressionAttributeValues[":last"] = number(int64(b))
		in.ConsistentRead = &consistent
		for {
			out, err := s.client.Query(ctx, in)
			if err != nil {
				yield(ports.Commit{}, classify(ctx, err, "read %s from version %d", stream, a))
				return
			}
			s.consumed(out.ConsumedCapacity, false)
			for _, item := range out.Items {
				commit, err := DecodeCommit(stream.Category, item)
				if err != nil {
					err = fmt.Errorf("dynamostore: read %s: %w", stream, err)
				} else if ended := ctx.Err(); ended != nil {
					err = classify(ctx, ended, "read %s from version %d", stream, a)
				}
				if !yield(commit, err) || err != nil {
					return
				}
			}
			if in.ExclusiveStartKey = out.LastEvaluatedKey; in.ExclusiveStartKey == nil {
				return
			}
		}
	}
}
