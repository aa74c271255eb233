package simulation_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"
)

// transactWriteItems is a TransactWriteItems request.
type transactWriteItems struct {
	TransactItems          []transactItem
	ClientRequestToken     string
	ReturnConsumedCapacity string
}

type transactItem struct {
	Put *struct {
		write
		Item attributes
	}
	Delete *struct {
		write
		Key attributes
	}
}

// mostTransacted is the most items of a transaction, and tokenLasts how long its
// token is known (Amazon DynamoDB API Reference).
const (
	mostTransacted = 100
	tokenLasts     = 10 * time.Minute
)

// transacted is a transaction that was carried out.
type transacted struct {
	items []transactItem
	at    time.Time
}

// serve carries out all writes, or none. A transaction that comes again under its
// token was carried out already.
func (in *transactWriteItems) serve(d *dynamo) (any, error) {
	if in.ClientRequestToken == "" {
		return nil, errors.New("a transaction without a token: nobody can send it again")
	}
	if before, known := d.tokens[in.ClientRequestToken]; known && d.whims.now().Sub(before.at) < tokenLasts {
		if !reflect.DeepEqual(before.items, in.TransactItems) {
			return nil, errors.New("a token of another transaction")
		}
		return map[string]any{}, nil
	}
	writes, err := in.plan(d)
	if err != nil {
		return nil, err
	}
	if err := cancelled(d, writes); err != nil {
		return nil, err
	}
	for _, w := range writes {
		w.table.store(d, w.cell, w.item)
	}
	d.tokens[in.ClientRequestToken] = transacted{in.TransactItems, d.whims.now()}
	return map[string]any{}, nil
}

// plan finds all cells, no two of which are the same.
func (in *transactWriteItems) plan(d *dynamo) ([]*planned, error) {
	if n := len(in.TransactItems); n == 0 || n > mostTransacted {
		return nil, errors.New("a transaction has 1 to 100 items")
	}
	writes := make([]*planned, len(in.TransactItems))
	seen := map[*cell]bool{}
	for i, one := range in.TransactItems {
		var err error
		switch {
		case one.Put != nil && one.Delete == nil:
			writes[i], err = d.plan(&one.Put.write, one.Put.Item, one.Put.Item)
		case one.Delete != nil && one.Put == nil:
			writes[i], err = d.plan(&one.Delete.write, one.Delete.Key, nil)
		default:
			err = errors.New("an item of a transaction is one write")
		}
		if err != nil {
			return nil, err
		}
		if seen[writes[i].cell] {
			return nil, fmt.Errorf("a transaction writes to %s %s twice", writes[i].hash, writes[i].sort.text)
		}
		seen[writes[i].cell] = true
		writes[i].table.contended = true
	}
	return writes, nil
}

// cancelled returns why a transaction is not carried out: a condition does not hold,
// or one of its items is taken or throttled; nil where nothing stands in its way.
func cancelled(d *dynamo, writes []*planned) error {
	reasons := make([]map[string]any, len(writes))
	codes := make([]string, len(writes))
	stopped := false
	for i, w := range writes {
		reasons[i], codes[i] = map[string]any{"Code": "None"}, "None"
		if !w.holds {
			stopped = true
			codes[i] = "ConditionalCheckFailed"
			reasons[i] = map[string]any{"Code": codes[i], "Message": failedCondition}
			for name, value := range w.old() {
				reasons[i][name] = value
			}
		}
	}
	if why := d.collision(writes[0].table); why != "" {
		at := d.whims.order(len(writes))[0]
		if writes[at].holds {
			stopped = true
			codes[at], reasons[at] = why, map[string]any{"Code": why, "Message": "simulated"}
		}
	}
	if !stopped {
		return nil
	}
	return &awsError{
		code:    "TransactionCanceledException",
		message: fmt.Sprintf("Transaction cancelled, please refer cancellation reasons for specific reasons [%s]", strings.Join(codes, ", ")),
		more:    map[string]any{"CancellationReasons": reasons},
	}
}
