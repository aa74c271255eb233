package replay

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTheConsumerBehindAFunction(t *testing.T) {
	t.Parallel()
	const of = "arn:aws:lambda:eu-central-1:123456789012:function:"
	t.Run("is told by the program after the deployment's prefix", func(t *testing.T) {
		t.Parallel()
		for function, want := range map[string]string{
			"shop-eu-relay": "relay", "shop-eu-archive": "archive", "shop-eu-project-carts:live": "carts",
			"shop-eu-project-related:7": "related", "shop-eu-notify": "notify",
		} {
			got, err := consumerOf("shop-eu", of+function)
			assert.NoError(t, err, function)
			assert.Equal(t, want, got, function)
		}
	})
	t.Run("is none where the function reads no stream, or is another deployment's", func(t *testing.T) {
		t.Parallel()
		for _, arn := range []string{
			of + "shop-eu-add-item", of + "shop-eurelay", of + "relay", of + "shop-relay", of + "my-shop-eu-relay", of + "shop-eu-x-relay", "shop-eu-relay", "",
		} {
			_, err := consumerOf("shop-eu", arn)
			assert.ErrorContains(t, err, "reads a stream", arn)
		}
	})
}

func TestABatchGoesToTheVersionInForce(t *testing.T) {
	t.Parallel()
	const function = "arn:aws:lambda:eu-central-1:123456789012:function:shop-relay"
	for _, arn := range []string{function, function + ":live", function + ":7", function + ":$LATEST"} {
		assert.Equal(t, function+":live", inForce(arn))
	}
}
