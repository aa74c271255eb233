package dynamostore

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/evercart/evercart/ports"
)

// The attributes of a checkpoint: a stored contract.
const (
	attrRevision      = "Revision"
	attrPart          = "Part"
	attrState         = "State"
	attrFailures      = "Failures"
	attrFailing       = "FailingSince"
	attrEvent         = "EventId"
	attrReason        = "ParkedReason"
	attrTransient     = "ParkedTransient"
	attrParkedSince   = "ParkedSince"
	attrRetryAt       = "ParkedRetryAt"
	attrParkedVersion = "ParkedVersion"
	attrParkedEvent   = "ParkedEventId"
	attrHeld          = "ParkedHeld"
	attrMark          = "Mark" // random bytes, others at each write; see Apply
)

// encodeCheckpoint returns the item of a checkpoint as it stands after the write.
func encodeCheckpoint(target ports.Target, c *ports.Checkpoint) Item {
	item := checkpointKey(target, c.Stream.String())
	item[attrRevision] = number(c.Revision + 1)
	item[attrVersion] = number(int64(c.Version))
	setText(item, attrEvent, c.EventID)
	if c.Part != 0 {
		item[attrPart] = number(int64(c.Part))
	}
	if c.State != nil {
		item[attrState] = binary(c.State)
	}
	if c.Failures != 0 {
		item[attrFailures] = number(int64(c.Failures))
	}
	setTime(item, attrFailing, c.FailingSince)
	if p := c.Parked; p != nil {
		item[attrParked] = text(target.String())
		setText(item, attrReason, p.Reason)
		item[attrTransient] = &types.AttributeValueMemberBOOL{Value: p.Transient}
		setTime(item, attrParkedSince, p.Since)
		setTime(item, attrRetryAt, p.RetryAt)
		item[attrParkedVersion] = number(int64(p.Version))
		setText(item, attrParkedEvent, p.EventID)
		item[attrHeld] = number(p.Held)
	}
	return item
}

func decodeCheckpoint(target ports.Target, item Item) (ports.Checkpoint, error) {
	r := reader{item: item}
	stream := r.text(attrSort)
	c := ports.Checkpoint{
		Revision: r.number(attrRevision), Version: ports.Version(r.number(attrVersion)), EventID: r.optionalText(attrEvent),
		Part: int(r.optionalNumber(attrPart)), Failures: int(r.optionalNumber(attrFailures)), FailingSince: r.time(attrFailing),
	}
	if item[attrState] != nil {
		c.State = r.bytes(attrState)
	}
	if item[attrParked] != nil {
		c.Parked = &ports.Parked{
			Reason: r.optionalText(attrReason), Transient: r.boolean(attrTransient),
			Since: r.time(attrParkedSince), RetryAt: r.time(attrRetryAt),
			Version: ports.Version(r.number(attrParkedVersion)), EventID: r.optionalText(attrParkedEvent), Held: r.number(attrHeld),
		}
	}
	if r.err == nil {
		c.Stream, r.err = ports.ParseStreamID(stream)
	}
	return c, r.corrupt(fmt.Sprintf("checkpoint of %s, stream %q", target, stream))
}

// Checkpoints implements ports.ViewStore.
func (v *Views) Checkpoints(ctx context.Context, target ports.Target, streams []ports.StreamID) ([]ports.Checkpoint, error) {
	keys := make([]Item, len(streams))
	for i, s := range streams {
		keys[i] = checkpointKey(target, s.String())
	}
	items, err := v.get(ctx, keys)
	if err != nil {
		return nil, classify(ctx, err, "checkpoints of %s", target)
	}
	found := make(map[string]Item, len(items))
	for _, item := range items {
		r := reader{item: item}
		found[r.text(attrSort)] = item
	}
	checkpoints := make([]ports.Checkpoint, len(streams))
	for i, s := range streams {
		checkpoints[i].Stream = s
		if item := found[s.String()]; item != nil {
			if checkpoints[i], err = decodeCheckpoint(target, item); err != nil {
				return nil, err
			}
		}
	}
	return checkpoints, nil
}
