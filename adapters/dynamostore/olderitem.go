package dynamostore

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// The attributes of an item in the older form, beside the key: one event an item.
const (
	attrEventID = "EventUuid"
	attrName    = "Name"
	attrData    = "Data"
)

// decodeOlder reads an item in the older form: a commit of one event of schema 1,
// without time, command and hash.
func decodeOlder(c ports.Commit, item Item, what string) (ports.Commit, error) {
	r := reader{item: item}
	c.Last = c.First
	event := ports.Event{Stream: c.Stream, Version: c.First, ID: r.text(attrEventID), Type: r.text(attrName), Schema: 1}
	data, ok := item[attrData].(*types.AttributeValueMemberM)
	if !ok || r.err != nil {
		return c, &ports.CorruptError{What: what, Err: errNoEvents}
	}
	rendered, err := appendJSON(nil, data, 0)
	if err != nil {
		return c, &ports.CorruptError{What: what, Err: fmt.Errorf("attribute %s: %w", attrData, err)}
	}
	event.Data = string(rendered)
	c.Events = []ports.Event{event}
	if err := c.Validate(); err != nil {
		return c, &ports.CorruptError{What: what, Err: err}
	}
	return c, nil
}

// appendJSON renders a value as JSON: keys sorted by their bytes, numbers as they
// are stored, bytes in base64, sets as arrays in the order of their elements.
func appendJSON(b []byte, value types.AttributeValue, depth int) ([]byte, error) {
	if depth > 32 {
		return nil, fmt.Errorf("nested more than 32 deep")
	}
	switch v := value.(type) {
	case *types.AttributeValueMemberS:
		return envelope.AppendString(b, v.Value), nil
	case *types.AttributeValueMemberN:
		return append(b, v.Value...), nil
	case *types.AttributeValueMemberBOOL:
		return fmt.Appendf(b, "%t", v.Value), nil
	case *types.AttributeValueMemberNULL:
		return append(b, "null"...), nil
	case *types.AttributeValueMemberB:
		return envelope.AppendString(b, base64.StdEncoding.EncodeToString(v.Value)), nil
	case *types.AttributeValueMemberL:
		return appendList(b, v.Value, depth)
	case *types.AttributeValueMemberSS:
		return appendSet(b, v.Value, text, depth)
	case *types.AttributeValueMemberNS:
		return appendSet(b, v.Value, func(s string) types.AttributeValue { return &types.AttributeValueMemberN{Value: s} }, depth)
	case *types.AttributeValueMemberBS:
		list := make([]types.AttributeValue, len(v.Value))
		for i, one := range v.Value {
			list[i] = binary(one)
		}
		return appendList(b, list, depth)
	case *types.AttributeValueMemberM:
		b = append(b, '{')
		for i, key := range slices.Sorted(maps.Keys(v.Value)) {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(envelope.AppendString(b, key), ':')
			var err error
			if b, err = appendJSON(b, v.Value[key], depth+1); err != nil {
				return nil, err
			}
		}
		return append(b, '}'), nil
	}
	return nil, fmt.Errorf("a value of an unknown kind %T", value)
}

func appendSet(b []byte, set []string, value func(string) types.AttributeValue, depth int) ([]byte, error) {
	list := make([]types.AttributeValue, len(set))
	for i, one := range slices.Sorted(slices.Values(set)) {
		list[i] = value(one)
	}
	return appendList(b, list, depth)
}

func appendList(b []byte, list []types.AttributeValue, depth int) ([]byte, error) {
	b = append(b, '[')
	for i, one := range list {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = appendJSON(b, one, depth+1); err != nil {
			return nil, err
		}
	}
	return append(b, ']'), nil
}
