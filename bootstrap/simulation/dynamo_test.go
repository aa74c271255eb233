package simulation_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// dynamo is a simulated DynamoDB: what the requests of our adapters do to its tables,
// and the answers that they get. It knows the operations, members and expressions
// that the adapters send, and no others. Whatever else comes, and whatever DynamoDB
// calls invalid, it refuses and writes down as a fault: no adapter may send it. It is
// not safe for concurrent use.
type dynamo struct {
	whims  whims
	tables map[string]*dynamoTable
	tokens map[string]transacted // transactions, by their token
	faults []error
}

// whims are what DynamoDB decides by itself.
type whims struct {
	now     func() time.Time
	cut     func(n int) int      // how many of n items (1 or more) come in one page: 1 to n
	leave   func() bool          // whether one item of a batch is left unprocessed
	collide func() string        // why a write that may meet a transaction is refused; empty: it is not
	lag     func() time.Duration // how long a write takes to reach indexes and copies
	order   func(n int) []int    // in which order a batch of n is answered
}

func newDynamo(w whims) *dynamo {
	return &dynamo{whims: w, tables: map[string]*dynamoTable{}, tokens: map[string]transacted{}}
}

// awsError is an answer that the adapters must understand.
type awsError struct {
	code    string
	message string
	more    map[string]any // members of the answer; may be nil
}

func (e *awsError) Error() string { return e.code + ": " + e.message }

func (e *awsError) answer() any {
	answer := map[string]any{"__type": "com.amazonaws.dynamodb.v20120810#" + e.code, "message": e.message}
	for name, value := range e.more {
		answer[name] = value
	}
	return answer
}

// dynamoRequest is the body of a request of one operation.
type dynamoRequest interface {
	// serve carries the request out. An error that is no *awsError is a fault of ours.
	serve(d *dynamo) (any, error)
}

// requestOf returns an empty request of an operation; nil for one that no adapter
// asks for.
func requestOf(operation string) dynamoRequest {
	switch operation {
	case "GetItem":
		return &getItem{}
	case "BatchGetItem":
		return &batchGetItem{}
	case "Query":
		return &query{}
	case "Scan":
		return &scan{}
	case "PutItem":
		return &putItem{}
	case "DeleteItem":
		return &deleteItem{}
	case "BatchWriteItem":
		return &batchWriteItem{}
	case "TransactWriteItems":
		return &transactWriteItems{}
	case "CreateTable":
		return &createTable{}
	case "DescribeTable":
		return &describeTable{}
	}
	return nil
}

// serve answers a request.
func (d *dynamo) serve(operation string, body []byte) (int, any) {
	answer, err := d.carryOut(operation, body)
	if err == nil {
		return http.StatusOK, answer
	}
	known, ok := errors.AsType[*awsError](err)
	if !ok {
		d.faults = append(d.faults, fmt.Errorf("%s of %.1000s: %w", operation, body, err))
		known = &awsError{code: "ValidationException", message: err.Error()}
	}
	return http.StatusBadRequest, known.answer()
}

func (d *dynamo) carryOut(operation string, body []byte) (any, error) {
	request := requestOf(operation)
	if request == nil {
		return nil, errors.New("an operation that the simulated DynamoDB does not know")
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(request); err != nil {
		return nil, err
	}
	return request.serve(d)
}

// table returns the table of a name.
func (d *dynamo) table(name string) (*dynamoTable, error) {
	if t := d.tables[name]; t != nil {
		return t, nil
	}
	return nil, &awsError{code: "ResourceNotFoundException", message: "there is no table " + name}
}
