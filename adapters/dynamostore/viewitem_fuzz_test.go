package dynamostore_test

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/assert"

	"github.com/evercart/evercart/ports"
)

// FuzzViewItem gives arbitrary items to every reader of the table of views: each
// reads it or says, by a typed error, that it cannot.
func FuzzViewItem(f *testing.F) {
	forms := goldenForms()
	for _, name := range slices.Sorted(maps.Keys(forms)) {
		f.Add(golden(f, name, nil))
	}
	f.Add([]byte(`{"P":{"S":"carts"},"S":{"S":"carts"},"Revision":{"N":"1e3"},"Generations":{"S":"[[1,2,3],[]]"},"Live":{"N":"-1"}}`))
	f.Fuzz(func(t *testing.T, item []byte) {
		var image map[string]events.DynamoDBAttributeValue
		if json.Unmarshal(item, &image) != nil {
			return // no server sends that
		}
		for _, name := range slices.Sorted(maps.Keys(forms)) {
			_, err := forms[name].read(t, viewsBy(stored(item)))
			var corrupt *ports.CorruptError
			var format *ports.FormatError
			assert.True(t, err == nil || errors.As(err, &corrupt) || errors.As(err, &format), "%s: %v", name, err)
		}
	})
}
