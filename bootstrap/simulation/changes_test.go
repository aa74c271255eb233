package simulation_test

import (
	"time"
)

const (
	prefix     = "shop"
	accountARN = "eu-central-1:123456789012"
)

// changeStream returns what puts a table's changes on its stream. DynamoDB promises
// the order of changes of one item only: a change may come after a later one of
// another item, also of the same cart.
func changeStream(f *feed) func(name string, item attributes) {
	last := map[string]time.Time{} // of each cart: when its newest change comes
	return func(name string, item attributes) {
		key := item.text("AggregateUuid")
		w := f.w
		if !w.streams {
			return
		}
		comes := time.Now().Add(w.between(10*time.Millisecond, 300*time.Millisecond))
		late := w.plan.hits(w, w.plan.reorder, "table's stream: late change")
		switch {
		case late:
			comes = comes.Add(w.between(time.Second, 20*time.Second))
		case comes.Before(last[key]):
			comes = last[key].Add(time.Microsecond)
		}
		if !late {
			last[key] = comes
		}
		stored := time.Now()
		w.account.moving++
		w.at(time.Until(comes), func() {
			w.account.moving--
			f.add(f.shardOf(key), f.position(), func(_, position string, _ time.Time) any {
				return changeRecord(name, position, item, stored)
			})
		})
	}
}

// changeRecord is a record of a table's stream as Lambda hands it over.
func changeRecord(name, position string, item attributes, stored time.Time) any {
	change := map[string]any{
		"ApproximateCreationDateTime": stored.Unix(), "Keys": item.only("AggregateUuid", "Version"), "SequenceNumber": position, "StreamViewType": "NEW_IMAGE",
	}
	if name != "REMOVE" {
		change["NewImage"] = item
	}
	return map[string]any{
		"eventID": "e" + position, "eventName": name, "eventVersion": "1.1", "eventSource": "aws:dynamodb", "awsRegion": "eu-central-1",
		"dynamodb": change, "eventSourceARN": "arn:aws:dynamodb:" + accountARN + ":table/" + prefix + "-cart-events/stream/2026-01-01T00:00:00.000",
	}
}
