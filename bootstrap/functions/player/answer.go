package player

import (
	"bytes"
	"encoding/json"
)

// failuresIn returns the identifiers of what a function says must come again. ok is
// false where its answer cannot be read, or names nothing: Lambda then takes the
// whole batch for failed ("Configuring partial batch response with Kinesis Data
// Streams and Lambda", "Success and failure conditions"; for SQS "Handling errors
// for an SQS event source in Lambda").
func failuresIn(answer []byte) (identifiers []string, ok bool) {
	if answer = bytes.TrimSpace(answer); len(answer) == 0 {
		return nil, true
	}
	var batch *struct {
		BatchItemFailures []map[string]json.RawMessage `json:"batchItemFailures"`
	}
	if err := json.Unmarshal(answer, &batch); err != nil {
		return nil, false
	}
	if batch == nil {
		return nil, true
	}
	for _, failure := range batch.BatchItemFailures {
		var identifier string
		if err := json.Unmarshal(failure["itemIdentifier"], &identifier); err != nil || identifier == "" {
			return nil, false
		}
		identifiers = append(identifiers, identifier)
	}
	return identifiers, true
}

// firstFailed returns the lowest of a batch's records from which on they must come
// again; one beyond all where none must. An identifier that is none of the batch's
// fails all of it.
func firstFailed(answer []byte, batch []record) int {
	identifiers, ok := failuresIn(answer)
	if !ok {
		return 0
	}
	lowest := len(batch)
	for _, identifier := range identifiers {
		at := 0
		for at < len(batch) && batch[at].sequence != identifier {
			at++
		}
		if at == len(batch) {
			return 0
		}
		lowest = min(lowest, at)
	}
	return lowest
}
