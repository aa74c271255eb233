package dynamostore

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/evercart/evercart/ports"
)

// SaveReplayJob implements ports.ReplayJobs.
func (v *Views) SaveReplayJob(ctx context.Context, job ports.ReplayJob) (ports.ReplayJob, error) {
	revision := job.Revision
	job.Revision++
	item := encodeJob(&job)
	moved, err := v.putIf(ctx, item, revision)
	switch {
	case moved:
		return ports.ReplayJob{}, ports.ErrJobMoved
	case err != nil:
		return ports.ReplayJob{}, classify(ctx, err, "replay %s", job.ID)
	}
	return decodeJob(item) // with its times as they are stored
}

// ReplayJob implements ports.ReplayJobs.
func (v *Views) ReplayJob(ctx context.Context, id string) (ports.ReplayJob, error) {
	item, err := v.item(ctx, replayPartition, id)
	if err != nil {
		return ports.ReplayJob{}, classify(ctx, err, "replay %s", id)
	}
	if item == nil {
		return ports.ReplayJob{}, fmt.Errorf("dynamostore: replay %q: %w", id, ports.ErrNoJob)
	}
	return decodeJob(item)
}

// ListReplayJobs implements ports.ReplayJobs.
func (v *Views) ListReplayJobs(ctx context.Context, after string, limit int) ([]ports.ReplayJob, error) {
	items, err := v.after(ctx, replayPartition, after, false, limit)
	if err != nil {
		return nil, classify(ctx, err, "replays after %q", after)
	}
	jobs := make([]ports.ReplayJob, len(items))
	for i, item := range items {
		if jobs[i], err = decodeJob(item); err != nil {
			return nil, err
		}
	}
	return jobs, nil
}

// counters names the numbers of a job: a stored contract.
func counters(j *ports.ReplayJob) map[string]*int64 {
	return map[string]*int64{
		attrRevision: &j.Revision, "CursorLine": &j.CursorLine, "Objects": &j.Objects, "Bytes": &j.Bytes,
		"ObjectsDone": &j.ObjectsDone, "BytesDone": &j.BytesDone, "Read": &j.Read, "Duplicates": &j.Duplicates,
		"Filtered": &j.Filtered, "Sent": &j.Sent, "Unreadable": &j.Unreadable,
	}
}

// texts names the texts of a job: a stored contract.
func texts(j *ports.ReplayJob) map[string]*string {
	return map[string]*string{
		"Target": &j.Target.Consumer, "Reason": &j.Reason, "CursorKey": &j.CursorKey, "Stream": &j.Filter.Stream, "Category": &j.Filter.Category,
	}
}

func encodeJob(j *ports.ReplayJob) Item {
	item := itemKey(replayPartition, j.ID)
	for name, n := range counters(j) {
		item[name] = number(*n)
	}
	for name, s := range texts(j) {
		setText(item, name, *s)
	}
	item["Generation"] = number(int64(j.Target.Generation))
	item["Rate"] = number(int64(j.Rate))
	setText(item, "State", string(j.State))
	if j.Filter.Types != nil {
		list := &types.AttributeValueMemberL{Value: []types.AttributeValue{}}
		for _, t := range j.Filter.Types {
			list.Value = append(list.Value, text(t))
		}
		item["Types"] = list
	}
	setTime(item, "From", j.Filter.From)
	setTime(item, "To", j.Filter.To)
	setTime(item, "Started", j.Started)
	setTime(item, "Updated", j.Updated)
	setTime(item, "Finished", j.Finished)
	return item
}

func decodeJob(item Item) (ports.ReplayJob, error) {
	r := reader{item: item}
	j := ports.ReplayJob{ID: r.text(attrSort)}
	for name, n := range counters(&j) {
		*n = r.number(name)
	}
	for name, s := range texts(&j) {
		*s = r.optionalText(name)
	}
	j.Target.Generation, j.Rate = int(r.number("Generation")), int(r.number("Rate"))
	j.State = ports.ReplayState(r.optionalText("State"))
	if item["Types"] != nil {
		list, ok := item["Types"].(*types.AttributeValueMemberL)
		if !ok {
			r.fail("Types", "a list")
			list = &types.AttributeValueMemberL{}
		}
		j.Filter.Types = []string{}
		for _, t := range list.Value {
			one := reader{item: Item{"t": t}}
			j.Filter.Types = append(j.Filter.Types, one.text("t"))
			if r.err == nil {
				r.err = one.err
			}
		}
	}
	j.Filter.From, j.Filter.To = r.time("From"), r.time("To")
	j.Started, j.Updated, j.Finished = r.time("Started"), r.time("Updated"), r.time("Finished")
	return j, r.corrupt(fmt.Sprintf("replay %q", j.ID))
}

// after returns at most limit items of a partition after a sort key (empty: from
// the start), in the direction asked.
func (v *Views) after(ctx context.Context, partition, after string, forward bool, limit int) ([]Item, error) {
	sign := ">"
	if after == "" {
		after = " "
		if !forward {
			after = strings.Repeat("\U0010FFFF", 4)
		}
	}
	if !forward {
		sign = "<"
	}
	return v.pages(ctx, &dynamodb.QueryInput{
		TableName: &v.table, ConsistentRead: pointer(true), ScanIndexForward: &forward,
		KeyConditionExpression:    pointer(attrPartition + " = :p AND " + attrSort + " " + sign + " :after"),
		ExpressionAttributeValues: Item{":p": text(partition), ":after": text(after)},
	}, limit)
}
