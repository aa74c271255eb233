package replay

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTheConsumerBehindAFunction(t *testing.T) {
	t.Parallel()
	const of = "arn:aws:lambda:eu-central-1:123456789012:function:"
	t.Run("is told by the program that its name ends in", func(t *testing.T) {
		t.Parallel()
		for function, want := range map[string]string{
			"relay": "relay", "evercart-relay": "relay", "shop-eu-archive": "archive", "evercart-project-carts:live": "carts",
			"evercart-project-related:7": "related", "evercart-notify": "notify",
		} {
			got, err := consumerOf(of + function)
			assert.NoError(t, err, function)
			assert.Equal(t, want, got, function)
		}
	})
	t.Run("is none where the function reads no stream", func(t *testing.T) {
		t.Parallel()
		for _, arn := range []string{of + "evercart-add-item", of + "evercartrelay", "relay", ""} {
			_, err := consumerOf(arn)
			assert.ErrorContains(t, err, "reads a stream", arn)
		}
	})
}
