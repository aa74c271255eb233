package simulation_test

import (
	"fmt"
	"maps"
	"math/rand/v2"

	"github.com/evercart/evercart/adapters/dynamostore"
)

// dynamoCall is a request as a client sends it.
type dynamoCall struct {
	operation string
	body      map[string]any
}

// requester throws requests like those of our adapters, on a few keys of the table of
// views, so that they meet one another.
type requester struct{ dice *rand.Rand }

// one returns one of some.
func one[T any](r *requester, some ...T) T { return some[r.dice.IntN(len(some))] }

func aString(s string) any { return map[string]any{"S": s} }
func aNumber(n int) any    { return map[string]any{"N": fmt.Sprint(n)} }

// key throws a key. No sort key is in two partitions.
func (r *requester) key() map[string]any {
	partition := one(r, "c#1", "c#2", "r#1", "é#\u2028")
	return map[string]any{"P": aString(partition), "S": aString(partition + one(r, "", "a", "ab", "b", "ü", "\U0001F600", "z"))}
}

func (r *requester) item() map[string]any {
	item := r.key()
	item["Revision"] = aNumber(r.dice.IntN(3))
	item["Expires"] = aString(one(r, "a", "b", "c"))
	if r.dice.IntN(2) == 0 {
		item["Q"] = aString(one(r, "q1", "q2"))
	}
	if r.dice.IntN(2) == 0 {
		item["V"] = map[string]any{"B": one(r, "", "AA==", "AAECAw==")}
	}
	return item
}

// on adds a condition, or none, to a write.
func (r *requester) on(write map[string]any) map[string]any {
	write["TableName"] = dynamostore.ViewsTable(prefix)
	switch r.dice.IntN(5) {
	case 0:
		write["ConditionExpression"] = "attribute_not_exists(P)"
	case 1:
		write["ConditionExpression"] = "Revision = :revision"
		write["ExpressionAttributeValues"] = map[string]any{":revision": one(r, aNumber(r.dice.IntN(3)), aString("1"))}
	case 2:
		write["ConditionExpression"] = "attribute_not_exists(P) OR Expires <= :now"
		write["ExpressionAttributeValues"] = map[string]any{":now": aString(one(r, "a", "b", "c"))}
	case 3:
		write["ConditionExpression"] = "Holder = :holder"
		write["ExpressionAttributeValues"] = map[string]any{":holder": aString("nobody")}
	}
	if r.dice.IntN(2) == 0 {
		write["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
	}
	return write
}

func (r *requester) next() dynamoCall {
	table := dynamostore.ViewsTable(prefix)
	switch r.dice.IntN(12) {
	case 0, 1, 2:
		return dynamoCall{"PutItem", r.on(map[string]any{"Item": r.item()})}
	case 3:
		return dynamoCall{"DeleteItem", r.on(map[string]any{"Key": r.key()})}
	case 4:
		return dynamoCall{"GetItem", map[string]any{"TableName": table, "Key": r.key(), "ConsistentRead": true}}
	case 5:
		return dynamoCall{"BatchGetItem", map[string]any{"RequestItems": map[string]any{table: map[string]any{"Keys": r.keys(), "ConsistentRead": true}}}}
	case 6:
		var deletions []any
		for _, key := range r.keys() {
			deletions = append(deletions, map[string]any{"DeleteRequest": map[string]any{"Key": key}})
		}
		return dynamoCall{"BatchWriteItem", map[string]any{"RequestItems": map[string]any{table: deletions}}}
	case 7:
		return dynamoCall{"Scan", map[string]any{
			"TableName": table, "ConsistentRead": true, "FilterExpression": "begins_with(P, :p)", "ProjectionExpression": "P, S",
			"ExpressionAttributeValues": map[string]any{":p": aString(one(r, "c#", "r#1", "é", "x"))},
		}}
	case 8, 9:
		return dynamoCall{"TransactWriteItems", map[string]any{"TransactItems": r.writes(), "ClientRequestToken": fmt.Sprint("token", r.dice.Uint64())}}
	}
	return r.query()
}

// keys throws some keys, no two of which are the same.
func (r *requester) keys() []any {
	different := map[string]any{}
	for range 1 + r.dice.IntN(5) {
		key := r.key()
		different[fmt.Sprint(key)] = key
	}
	var keys []any
	for key := range maps.Values(different) {
		keys = append(keys, key)
	}
	return keys
}

func (r *requester) writes() []any {
	var writes []any
	for i, key := range r.keys() {
		switch {
		case i > 0 && r.dice.IntN(2) == 0:
			writes = append(writes, map[string]any{"Delete": map[string]any{"TableName": dynamostore.ViewsTable(prefix), "Key": key}})
		default:
			item := r.item()
			maps.Copy(item, key.(map[string]any))
			writes = append(writes, map[string]any{"Put": r.on(map[string]any{"Item": item})})
		}
	}
	return writes
}

func (r *requester) query() dynamoCall {
	start := r.key()
	hash, sort := start["P"], start["S"]
	in := map[string]any{"TableName": dynamostore.ViewsTable(prefix), "ConsistentRead": true}
	values := map[string]any{":p": hash}
	condition := "P = :p"
	if r.dice.IntN(4) == 0 {
		in["IndexName"], in["ConsistentRead"] = "parked", false
		values[":p"], condition = aString(one(r, "q1", "q2")), "Q = :p"
		start["Q"] = values[":p"]
	}
	switch r.dice.IntN(4) {
	case 0:
		condition += " AND S > :s"
		values[":s"] = sort
	case 1:
		condition += " AND S < :s"
		values[":s"] = sort
	case 2:
		condition += " AND S BETWEEN :s AND :t"
		values[":s"], values[":t"] = sort, aString(sort.(map[string]any)["S"].(string)+"b")
	}
	in["KeyConditionExpression"], in["ExpressionAttributeValues"] = condition, values
	if r.dice.IntN(2) == 0 {
		in["ScanIndexForward"] = r.dice.IntN(2) == 0
	}
	if r.dice.IntN(2) == 0 {
		in["Limit"] = 1 + r.dice.IntN(3)
	}
	if r.dice.IntN(2) == 0 && condition == "P = :p" || r.dice.IntN(4) == 0 && condition == "Q = :p" {
		in["ExclusiveStartKey"] = start
	}
	return dynamoCall{"Query", in}
}
