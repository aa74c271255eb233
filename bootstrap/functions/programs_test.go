package functions_test

import (
	"context"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/bootstrap/config"
	"github.com/evercart/evercart/bootstrap/functions"
	"github.com/evercart/evercart/bootstrap/functions/archive"
	"github.com/evercart/evercart/bootstrap/functions/canary"
	"github.com/evercart/evercart/bootstrap/functions/fronts"
	"github.com/evercart/evercart/bootstrap/functions/notify"
	"github.com/evercart/evercart/bootstrap/functions/project"
	"github.com/evercart/evercart/bootstrap/functions/relay"
	"github.com/evercart/evercart/bootstrap/functions/remind"
	"github.com/evercart/evercart/bootstrap/functions/replay"
	"github.com/evercart/evercart/bootstrap/functions/verify"
	"github.com/evercart/evercart/core/cart"
)

// inLambda is an environment as Lambda sets it.
func inLambda(variables ...string) []string {
	return append([]string{
		"AWS_REGION=eu-central-1", "AWS_ACCESS_KEY_ID=key", "AWS_SECRET_ACCESS_KEY=secret", "AWS_SESSION_TOKEN=token",
		"AWS_LAMBDA_FUNCTION_NAME=evercart-add-item", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=256", "EVERCART_ARCHIVE=s3://bucket/evercart",
	}, variables...)
}

func TestEveryFunctionIsWhole(t *testing.T) {
	t.Parallel()
	for name, program := range map[string]fx.Option{
		"open-cart": fronts.Command(lambdafn.OpenCart), "get-cart": fronts.GetCart(), "cart-history": fronts.CartHistory(),
		"list-carts": fronts.ListCarts(), "related-items": fronts.RelatedItems(),
		"relay": relay.Relay(), "archive": archive.Archive(), "remind": remind.Remind(), "notify": notify.Notify(), "replay": replay.Replay(), "verify": verify.Verify(), "canary": canary.Canary(),
		"project-carts": project.View(cart.CartsView{}), "project-related": project.View(cart.RelatedView{}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.NoError(t, fx.ValidateApp(functions.Program(name, inLambda(), io.Discard, program, &lambdafn.Function{})))
			f, err := functions.New(name, inLambda(), io.Discard, program)
			require.NoError(t, err)
			assert.NotNil(t, f.Handler)
			assert.NotNil(t, f.Meter)
		})
	}
}

func TestAFunctionThatCannotBeBuilt(t *testing.T) {
	t.Parallel()
	none := fx.Provide(func() lambdafn.Handler { return nil })
	t.Run("names every fault of its configuration", func(t *testing.T) {
		t.Parallel()
		_, err := functions.New("add-item", inLambda("EVERCART_PREFIX=", "EVERCART_TIMEOUT=soon", "EVERCART_PARK_AFTER=0"), io.Discard, none)
		var faults *config.Error
		require.ErrorAs(t, err, &faults)
		assert.Len(t, faults.Faults, 2)
		assert.ErrorContains(t, err, "function add-item: configuration:")
	})
	t.Run("names what Lambda would have set", func(t *testing.T) {
		t.Parallel()
		_, err := functions.New("add-item", []string{"AWS_MAX_ATTEMPTS=many"}, io.Discard, none)
		for _, want := range []string{"AWS_REGION", "AWS_ACCESS_KEY_ID", `AWS_MAX_ATTEMPTS is "many"`} {
			assert.ErrorContains(t, err, want)
		}
	})
	t.Run("says which variable lacks a place for the archive", func(t *testing.T) {
		t.Parallel()
		_, err := functions.New("archive", inLambda("EVERCART_ARCHIVE="), io.Discard, archive.Archive())
		assert.ErrorContains(t, err, "function archive: EVERCART_ARCHIVE: ")
	})
}

func TestTheAWSConfigurationOfAFunction(t *testing.T) {
	t.Parallel()
	built := func(t *testing.T, variables ...string) *functions.Base {
		t.Helper()
		var got *functions.Base
		_, err := functions.New("add-item", inLambda(variables...), io.Discard, fx.Provide(func(b *functions.Base) lambdafn.Handler {
			got = b
			return nil
		}))
		require.NoError(t, err)
		return got
	}
	t.Run("is the environment's", func(t *testing.T) {
		t.Parallel()
		b := built(t, "AWS_MAX_ATTEMPTS=7", "AWS_RETRY_MODE=adaptive")
		assert.Equal(t, "eu-central-1", b.AWS.Region)
		assert.Equal(t, 7, b.AWS.RetryMaxAttempts)
		assert.EqualValues(t, "adaptive", b.AWS.RetryMode)
		assert.Equal(t, "evercart-add-item", b.Name)
		key, err := b.AWS.Credentials.Retrieve(t.Context())
		require.NoError(t, err)
		assert.Equal(t, [3]string{"key", "secret", "token"}, [3]string{key.AccessKeyID, key.SecretAccessKey, key.SessionToken})
	})
	t.Run("follows the SDK's own variables for endpoints", func(t *testing.T) {
		t.Parallel()
		b := built(t)
		assert.Nil(t, b.AWS.BaseEndpoint)
		assert.Empty(t, b.Environment.Endpoint("Lambda"))
		b = built(t, "AWS_ENDPOINT_URL=http://all", "AWS_ENDPOINT_URL_DYNAMODB=http://dynamodb")
		assert.Equal(t, "http://all", *b.AWS.BaseEndpoint)
		assert.Equal(t, "http://all", b.Environment.Endpoint("Lambda"))
		assert.Equal(t, "http://dynamodb", b.Environment.Endpoint("DynamoDB"))
		b = built(t, "AWS_ENDPOINT_URL=http://all", "AWS_ENDPOINT_URL_LAMBDA=http://lambda", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true")
		assert.Nil(t, b.AWS.BaseEndpoint)
		assert.Empty(t, b.Environment.Endpoint("Lambda"))
	})
	t.Run("knows FIPS and dual-stack endpoints", func(t *testing.T) {
		t.Parallel()
		for _, c := range []struct {
			variable         string
			fips, dual, deaf bool
		}{{"AWS_USE_FIPS_ENDPOINT=true", true, false, false}, {"AWS_USE_DUALSTACK_ENDPOINT=TRUE", false, true, false}, {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true", false, false, true}} {
			env := functions.ReadEnvironment([]string{c.variable})
			_, fips, _ := env.GetUseFIPSEndpoint(context.Background())
			_, dual, _ := env.GetUseDualStackEndpoint(context.Background())
			_, deaf, _ := env.GetIgnoreConfiguredEndpoints(context.Background())
			assert.Equal(t, [3]bool{c.fips, c.dual, c.deaf}, [3]bool{fips, dual, deaf}, c.variable)
		}
	})
}
