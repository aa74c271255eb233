package simulation_test

import (
	"encoding/json"
	"net/http"
	"strings"
)

// serve has DynamoDB answer a request as a mutant makes it, and gives the answer back
// as the mutant reads it.
func (m *mutant) serve(d *dynamo, operation string, body []byte) (int, any) {
	if m.request != nil {
		body = edited(body, func(in map[string]any) { m.request(operation, in) })
	}
	status, answer := d.serve(operation, body)
	if m.answer == nil {
		return status, answer
	}
	text, err := json.Marshal(answer)
	if err != nil {
		panic(err) // it was to be sent
	}
	text = edited(text, func(out map[string]any) {
		m.answer(operation, out)
		if out["__type"] == nil {
			status = http.StatusOK
		}
	})
	return status, json.RawMessage(text)
}

func edited(text []byte, edit func(map[string]any)) []byte {
	var members map[string]any
	if err := json.Unmarshal(text, &members); err != nil {
		panic(err) // the SDK wrote it, or we did
	}
	edit(members)
	text, err := json.Marshal(members)
	if err != nil {
		panic(err) // it was JSON before
	}
	return text
}

// anyCommit stores commits whatever stands in their place.
func anyCommit(operation string, in map[string]any) {
	if operation == "PutItem" && strings.HasSuffix(in["TableName"].(string), "-events") {
		unconditional(in)
	}
}

// anyCheckpoint writes checkpoints whatever stands there.
func anyCheckpoint(operation string, in map[string]any) {
	put := in
	if operation == "TransactWriteItems" {
		put = in["TransactItems"].([]any)[0].(map[string]any)["Put"].(map[string]any)
	}
	item, _ := put["Item"].(map[string]any)
	key, _ := item["P"].(map[string]any)
	if of, _ := key["S"].(string); strings.HasPrefix(of, "c#") {
		unconditional(put)
	}
}

func unconditional(write map[string]any) {
	delete(write, "ConditionExpression")
	delete(write, "ExpressionAttributeValues")
}

// fromCopy reads single items without asking for consistency.
func fromCopy(operation string, in map[string]any) {
	if operation == "GetItem" {
		delete(in, "ConsistentRead")
	}
}

// neverCancelled takes a cancelled transaction for one that was carried out.
func neverCancelled(operation string, out map[string]any) {
	if operation == "TransactWriteItems" {
		clear(out)
	}
}

// firstPage reads one page of what a query of views found.
func firstPage(operation string, out map[string]any) {
	if operation == "Query" {
		delete(out, "LastEvaluatedKey")
	}
}

// forgetRest does not ask again for what a batch left.
func forgetRest(_ string, out map[string]any) {
	delete(out, "UnprocessedKeys")
	delete(out, "UnprocessedItems")
}
