package dynamostore

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// The attributes of an item of an events table: a stored contract.
const (
	attrStream         = "AggregateUuid"
	attrVersion        = "Version"
	attrLastVersion    = "LastVersion"
	attrFormat         = "Format"
	attrCommandID      = "CommandId"
	attrFingerprint    = "Fingerprint"
	attrEvents         = "Events"
	attrHash           = "Hash"
	attrSnapshot       = "Snapshot"
	attrSnapshotSchema = "SnapshotSchema"
)

// Item is an item of a table as the SDK has it.
type Item = map[string]types.AttributeValue

// MaxItemBytes is the most that an item may have, names included (Amazon DynamoDB
// Developer Guide, "Quotas": 400 KB).
const MaxItemBytes = 400 << 10

// encodeCommit returns the item of a commit. A snapshot that would make it too
// large is left out; a commit that is too large without one is a
// *ports.TooLargeError.
func encodeCommit(c *ports.Commit) (Item, error) {
	events, err := envelope.AppendStored(nil, c)
	if err != nil {
		return nil, &ports.InvalidCommitError{Stream: c.Stream, Err: err}
	}
	item := Item{
		attrStream:      text(c.Stream.ID),
		attrVersion:     number(int64(c.First)),
		attrLastVersion: number(int64(c.Last)),
		attrFormat:      number(envelope.Format),
		attrEvents:      text(string(events)),
	}
	if !c.Older() {
		item[attrCommandID] = text(c.CommandID)
		item[attrFingerprint] = binary(c.Fingerprint[:])
		item[attrHash] = binary(c.Hash[:])
	}
	size := itemSize(item)
	if size > MaxItemBytes {
		return nil, &ports.TooLargeError{What: fmt.Sprintf("commit of %s at version %d", c.Stream, c.First), Size: size, Max: MaxItemBytes}
	}
	if c.Snapshot != nil {
		item[attrSnapshot] = binary(c.Snapshot)
		item[attrSnapshotSchema] = number(int64(c.SnapshotSchema))
		if itemSize(item) > MaxItemBytes {
			delete(item, attrSnapshot)
			delete(item, attrSnapshotSchema)
		}
	}
	return item, nil
}

// DecodeCommit reads an item of the events table of a category, in our form or in
// the older one. Another format is a *ports.FormatError, an item that cannot be
// read a *ports.CorruptError; the commit then has what could be read of Stream and
// First.
func DecodeCommit(category string, item Item) (ports.Commit, error) {
	c := ports.Commit{Stream: ports.StreamID{Category: category}}
	r := reader{item: item}
	c.Stream.ID = r.text(attrStream)
	c.First = ports.Version(r.number(attrVersion))
	what := fmt.Sprintf("event item %s version %d", c.Stream, c.First)
	if _, ours := item[attrFormat]; !ours && r.err == nil {
		return decodeOlder(c, item, what)
	}
	if format := r.number(attrFormat); r.err == nil && format != envelope.Format {
		return c, &ports.FormatError{What: what, Got: fmt.Sprintf("format %d", format), Want: fmt.Sprintf("format %d", envelope.Format)}
	}
	c.Last = ports.Version(r.number(attrLastVersion))
	stored := r.text(attrEvents)
	c.CommandID = r.optionalText(attrCommandID)
	r.fill(attrFingerprint, c.Fingerprint[:])
	r.fill(attrHash, c.Hash[:])
	if item[attrSnapshot] != nil || item[attrSnapshotSchema] != nil {
		c.Snapshot, c.SnapshotSchema = r.bytes(attrSnapshot), int(r.number(attrSnapshotSchema))
	}
	if r.err == nil {
		c.Events, r.err = envelope.ParseStored(nil, stored, &c)
	}
	if r.err == nil {
		r.err = c.Validate()
	}
	if r.err != nil {
		return c, &ports.CorruptError{What: what, Err: r.err}
	}
	return c, nil
}

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

// binary returns bytes as a value; none at all as an empty one.
func binary(b []byte) types.AttributeValue {
	if b == nil {
		b = []byte{}
	}
	return &types.AttributeValueMemberB{Value: b}
}

// itemSize returns the size of an item as DynamoDB counts it: names and values in
// UTF-8 bytes, a number as half its digits and two, a boolean as one (Developer
// Guide, "DynamoDB item sizes and formats"). It never counts less than DynamoDB
// does. Lists and maps, which neither commits nor checkpoints have, are not counted.
func itemSize(item Item) int {
	size := 0
	for name, value := range item {
		size += len(name)
		switch v := value.(type) {
		case *types.AttributeValueMemberS:
			size += len(v.Value)
		case *types.AttributeValueMemberB:
			size += len(v.Value)
		case *types.AttributeValueMemberN:
			size += len(v.Value)/2 + 2
		case *types.AttributeValueMemberBOOL:
			size++
		}
	}
	return size
}

var errNoEvents = errors.New("it has neither Events nor EventUuid, Name and Data")
