package dynamostore

import (
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	streamtypes "github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"

	"github.com/evercart/evercart/ports"
)

// ErrTampered says that somebody changed or removed an item of an events table,
// which Evercart never does.
var ErrTampered = errors.New("a stored item was changed or removed")

// DecodeLambdaRecord returns the commit that a record of a table's stream brings to
// Lambda. prefix is that of the tables: the record's source names the table, and
// so the category. A change or a removal is ErrTampered.
func DecodeLambdaRecord(prefix string, record *events.DynamoDBEventRecord) (ports.Commit, error) {
	category, err := categoryOf(prefix, record.EventSourceArn)
	if err != nil {
		return ports.Commit{}, err
	}
	image, keys := record.Change.NewImage, record.Change.Keys
	return decodeImage(category, record.EventID, record.EventName, keys, image, fromLambda)
}

// DecodeStreamRecord returns the commit that a record of a category's stream holds,
// as the Streams API has it. A change or a removal is ErrTampered.
func DecodeStreamRecord(category string, record *streamtypes.Record) (ports.Commit, error) {
	var image, keys map[string]streamtypes.AttributeValue
	if record.Dynamodb != nil {
		image, keys = record.Dynamodb.NewImage, record.Dynamodb.Keys
	}
	return decodeImage(category, value(record.EventID), string(record.EventName), keys, image, fromStream)
}

// decodeImage returns the commit of a stream record's new image. With an error it
// has what the record's keys say of Stream and First.
func decodeImage[V any](
	category, id, event string, keys, image map[string]V, from func(V) (types.AttributeValue, error),
) (ports.Commit, error) {
	commit := ports.Commit{Stream: ports.StreamID{Category: category}}
	what := "stream record " + id
	key, err := itemOf(keys, from)
	if err == nil && len(key) > 0 {
		r := reader{item: key}
		commit.Stream.ID, commit.First = r.text(attrStream), ports.Version(r.number(attrVersion))
		what = fmt.Sprintf("%s of %s version %d", what, commit.Stream, commit.First)
	}
	switch {
	case event == "MODIFY" || event == "REMOVE":
		return commit, fmt.Errorf("%s, %s: %w", what, event, ErrTampered)
	case event != "INSERT":
		return commit, &ports.FormatError{What: what, Got: fmt.Sprintf("event %q", event), Want: "INSERT"}
	case len(image) == 0:
		return commit, &ports.CorruptError{What: what, Err: errNoImage}
	}
	item, err := itemOf(image, from)
	if err != nil {
		return commit, &ports.CorruptError{What: what, Err: err}
	}
	return DecodeCommit(category, item)
}

var errNoImage = errors.New("it has no new image: the stream's view type must be NEW_IMAGE")

func itemOf[V any](attributes map[string]V, from func(V) (types.AttributeValue, error)) (Item, error) {
	item := make(Item, len(attributes))
	for name, v := range attributes {
		var err error
		if item[name], err = from(v); err != nil {
			return nil, fmt.Errorf("attribute %s: %w", name, err)
		}
	}
	return item, nil
}

// categoryOf reads the category from a stream's ARN,
// "arn:aws:dynamodb:REGION:ACCOUNT:table/<prefix>-<category>-events/stream/LABEL".
func categoryOf(prefix, arn string) (string, error) {
	_, table, _ := strings.Cut(arn, ":table/")
	table, _, _ = strings.Cut(table, "/")
	category, ok := strings.CutPrefix(table, prefix+"-")
	category, events := strings.CutSuffix(category, "-events")
	if !ok || !events || category == "" {
		return "", &ports.FormatError{What: "stream " + arn, Got: fmt.Sprintf("table %q", table), Want: EventsTable(prefix, "CATEGORY")}
	}
	return category, nil
}

func fromLambda(v events.DynamoDBAttributeValue) (types.AttributeValue, error) {
	switch v.DataType() {
	case events.DataTypeString:
		return text(v.String()), nil
	case events.DataTypeNumber:
		return &types.AttributeValueMemberN{Value: v.Number()}, nil
	case events.DataTypeBinary:
		return binary(v.Binary()), nil
	case events.DataTypeBoolean:
		return &types.AttributeValueMemberBOOL{Value: v.Boolean()}, nil
	case events.DataTypeNull:
		return &types.AttributeValueMemberNULL{Value: true}, nil
	case events.DataTypeStringSet:
		return &types.AttributeValueMemberSS{Value: v.StringSet()}, nil
	case events.DataTypeNumberSet:
		return &types.AttributeValueMemberNS{Value: v.NumberSet()}, nil
	case events.DataTypeBinarySet:
		return &types.AttributeValueMemberBS{Value: v.BinarySet()}, nil
	case events.DataTypeList:
		return listOf(v.List(), fromLambda)
	case events.DataTypeMap:
		return mapOf(v.Map(), fromLambda)
	}
	return nil, fmt.Errorf("a value of the unknown kind %d", v.DataType())
}

func fromStream(v streamtypes.AttributeValue) (types.AttributeValue, error) {
	switch v := v.(type) {
	case *streamtypes.AttributeValueMemberS:
		return text(v.Value), nil
	case *streamtypes.AttributeValueMemberN:
		return &types.AttributeValueMemberN{Value: v.Value}, nil
	case *streamtypes.AttributeValueMemberB:
		return binary(v.Value), nil
	case *streamtypes.AttributeValueMemberBOOL:
		return &types.AttributeValueMemberBOOL{Value: v.Value}, nil
	case *streamtypes.AttributeValueMemberNULL:
		return &types.AttributeValueMemberNULL{Value: true}, nil
	case *streamtypes.AttributeValueMemberSS:
		return &types.AttributeValueMemberSS{Value: v.Value}, nil
	case *streamtypes.AttributeValueMemberNS:
		return &types.AttributeValueMemberNS{Value: v.Value}, nil
	case *streamtypes.AttributeValueMemberBS:
		return &types.AttributeValueMemberBS{Value: v.Value}, nil
	case *streamtypes.AttributeValueMemberL:
		return listOf(v.Value, fromStream)
	case *streamtypes.AttributeValueMemberM:
		return mapOf(v.Value, fromStream)
	}
	return nil, fmt.Errorf("a value of the unknown kind %T", v)
}

func listOf[V any](values []V, from func(V) (types.AttributeValue, error)) (types.AttributeValue, error) {
	list := make([]types.AttributeValue, len(values))
	for i, v := range values {
		var err error
		if list[i], err = from(v); err != nil {
			return nil, err
		}
	}
	return &types.AttributeValueMemberL{Value: list}, nil
}

func mapOf[V any](values map[string]V, from func(V) (types.AttributeValue, error)) (types.AttributeValue, error) {
	m, err := itemOf(values, from)
	if err != nil {
		return nil, err
	}
	return &types.AttributeValueMemberM{Value: m}, nil
}
