package simulation_test

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/evercart/evercart/ports"
)

// attributes is an item as DynamoDB's JSON has it.
type attributes map[string]json.RawMessage

// table is the events table: what PutItem, Query and Scan make of it.
type table struct {
	w       *world
	items   map[string][]attributes // by stream, in the order of versions
	changed func(name string, item attributes)
}

func newTable(w *world, changed func(name string, item attributes)) *table {
	return &table{w: w, items: map[string][]attributes{}, changed: changed}
}

func (a attributes) text(name string) string {
	var v struct{ S, N string }
	_ = json.Unmarshal(a[name], &v) // one that is not there is empty
	return v.S + v.N
}

func (a attributes) version() int64 {
	n, _ := strconv.ParseInt(a.text("Version"), 10, 64)
	return n
}

func (a attributes) key() attributes {
	return attributes{"AggregateUuid": a["AggregateUuid"], "Version": a["Version"]}
}

// head returns the version at which a cart ends.
func (t *table) head(stream string) ports.Version {
	items := t.items[stream]
	if len(items) == 0 {
		return 0
	}
	last := items[len(items)-1]
	n, _ := strconv.ParseInt(cmp.Or(last.text("LastVersion"), last.text("Version")), 10, 64) // the older form has one
	return ports.Version(n)
}

func (t *table) serve(operation string, body []byte) (int, any) {
	switch operation {
	case "PutItem":
		return t.put(body)
	case "Query":
		return t.query(body)
	case "Scan":
		return t.scan()
	}
	return http.StatusBadRequest, map[string]string{"__type": "UnknownOperationException", "message": operation}
}

func (t *table) put(body []byte) (int, any) {
	var in struct {
		Item                attributes
		ConditionExpression string
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return invalid(err)
	}
	stream := in.Item.text("AggregateUuid")
	items := t.items[stream]
	at, there := find(items, in.Item.version())
	switch {
	case there && in.ConditionExpression != "" && !t.w.mutant.blind:
		return http.StatusBadRequest, map[string]any{
			"__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", "message": "The conditional request failed", "Item": items[at],
		}
	case there:
		items[at] = in.Item
		t.changed("MODIFY", in.Item)
	default:
		t.items[stream] = slices.Insert(items, at, in.Item)
		t.changed("INSERT", in.Item)
	}
	return http.StatusOK, struct{}{}
}

// find returns where the item of a version is, or would be.
func find(items []attributes, version int64) (int, bool) {
	return slices.BinarySearchFunc(items, version, func(a attributes, v int64) int { return cmp.Compare(a.version(), v) })
}

type queryInput struct {
	KeyConditionExpression    string
	ExpressionAttributeValues attributes
	ScanIndexForward          *bool
	ExclusiveStartKey         attributes
	Limit                     int
}

func (t *table) query(body []byte) (int, any) {
	var in queryInput
	if err := json.Unmarshal(body, &in); err != nil {
		return invalid(err)
	}
	values := in.ExpressionAttributeValues
	version, _ := strconv.ParseInt(values.text(":version"), 10, 64)
	low, high := int64(0), version
	if strings.Contains(in.KeyConditionExpression, "BETWEEN") {
		low = version
		high, _ = strconv.ParseInt(values.text(":last"), 10, 64)
	}
	backward := in.ScanIndexForward != nil && !*in.ScanIndexForward
	var found []attributes
	for _, item := range t.items[values.text(":stream")] {
		after := len(in.ExclusiveStartKey) == 0 || backward && item.version() < in.ExclusiveStartKey.version() || !backward && item.version() > in.ExclusiveStartKey.version()
		if v := item.version(); v >= low && v <= high && after {
			found = append(found, item)
		}
	}
	if backward {
		slices.Reverse(found)
	}
	return http.StatusOK, t.page(found, in.Limit)
}

// page cuts what was found: at the limit, and now and then earlier, as DynamoDB does
// after a MiB.
func (t *table) page(found []attributes, limit int) any {
	size := len(found)
	if limit > 0 {
		size = min(size, limit)
	}
	if size > 1 && t.w.chance(0.1) {
		size = 1 + t.w.pick(size)
	}
	answer := map[string]any{"Items": found[:size], "Count": size}
	if size > 0 && (size < len(found) || size == limit) {
		answer["LastEvaluatedKey"] = found[size-1].key()
	}
	if size == 0 {
		answer["Items"] = []attributes{}
	}
	return answer
}

func (t *table) scan() (int, any) {
	all := []attributes{}
	for _, stream := range slices.Sorted(maps.Keys(t.items)) {
		all = append(all, t.items[stream]...)
	}
	return http.StatusOK, map[string]any{"Items": all, "Count": len(all)}
}

func invalid(err error) (int, any) {
	return http.StatusBadRequest, map[string]string{"__type": "ValidationException", "message": err.Error()}
}
