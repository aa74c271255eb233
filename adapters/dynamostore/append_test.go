package dynamostore_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

// inTheWay answers a write with a failed condition, and the item that stands there.
func inTheWay(item string) answers {
	return func(string, string) (int, string) {
		if item != "" {
			item = `,"Item":` + item
		}
		return 400, `{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"` + item + `}`
	}
}

func TestWhatStandsInAnAppendsWay(t *testing.T) {
	t.Parallel()
	ours := porttest.Commit(asOfVersion2(), "command-1", 2)
	append1 := func(t *testing.T, commit ports.Commit, item string) (ports.Head, error) {
		t.Helper()
		return eventsBy(inTheWay(item)).Append(t.Context(), asOfVersion2(), commit)
	}
	kept := func(t *testing.T) string { t.Helper(); return string(golden(t, "event-item", nil)) }
	t.Run("is our own commit: that is success", func(t *testing.T) {
		t.Parallel()
		head, err := append1(t, ours, kept(t))
		require.NoError(t, err)
		assert.Equal(t, ports.HeadOf(&ours), head)
	})
	t.Run("is another's: the conflict carries it", func(t *testing.T) {
		t.Parallel()
		_, err := append1(t, porttest.Commit(asOfVersion2(), "command-2", 1), kept(t))
		var conflict *ports.ConflictError
		require.ErrorAs(t, err, &conflict)
		assert.Equal(t, ours, conflict.Commit)
		assert.Equal(t, ports.HeadOf(&ours), conflict.Head)
		assert.Equal(t, conflict.Wanted, ours.First)
	})
	t.Run("cannot be read: that is neither success nor a conflict", func(t *testing.T) {
		t.Parallel()
		for attribute, item := range spoiled(t, golden(t, "event-item", nil)) {
			_, err := append1(t, ours, string(item))
			var corrupt *ports.CorruptError
			assert.ErrorAs(t, err, &corrupt, attribute)
			var conflict *ports.ConflictError
			assert.NotErrorAs(t, err, &conflict, attribute)
		}
	})
	t.Run("is in a newer form: that is neither, too", func(t *testing.T) {
		t.Parallel()
		_, err := append1(t, ours, `{"AggregateUuid":{"S":"a"},"Version":{"N":"3"},"Format":{"N":"3"}}`)
		var format *ports.FormatError
		assert.ErrorAs(t, err, &format)
	})
	t.Run("does not come with the refusal: nothing is claimed", func(t *testing.T) {
		t.Parallel()
		_, err := append1(t, ours, "")
		assert.ErrorContains(t, err, porttest.Stream(1).String()+" at version 3")
		var conflict *ports.ConflictError
		assert.NotErrorAs(t, err, &conflict)
	})
}
