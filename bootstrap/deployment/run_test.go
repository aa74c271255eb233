package deployment_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/lambdafn/runtimetest"
	"github.com/evercart/evercart/bootstrap/deployment"
)

// occasions are events that a function of that name may get.
func occasions(t *testing.T, name string) [][]byte {
	t.Helper()
	const cart = `{"ShoppingCartID": "0190a000-0000-7000-8000-00000000ca01", "ItemName": "Tea", "Quantity": 2}`
	switch name {
	case "cart-history":
		return [][]byte{[]byte(`{"id": "0190a000-0000-7000-8000-00000000ca01"}`)}
	case "list-carts":
		return [][]byte{[]byte(`{}`)}
	case "related-items":
		return [][]byte{[]byte(`{"item": "Tea"}`)}
	case "relay":
		return [][]byte{recorded(t, "dynamodb-inserts.json"), recorded(t, "dynamodb-older.json"), recorded(t, "dynamodb-unreadable.json")}
	case "archive":
		return [][]byte{recorded(t, "kinesis.json"), recorded(t, "kinesis-unreadable.json")}
	case "project-carts", "project-related":
		return [][]byte{
			recorded(t, "kinesis.json"), recorded(t, "kinesis-unreadable.json"), recorded(t, "schedule-scheduler.json"), []byte(`{"finish": {"generation": 2}}`),
		}
	case "notify":
		return [][]byte{recorded(t, "kinesis.json"), recorded(t, "kinesis-unreadable.json"), recorded(t, "schedule-scheduler.json")}
	case "replay":
		return [][]byte{recorded(t, "s3-failure.json"), recorded(t, "schedule-scheduler.json"), []byte(`{"id": "20260131t120000"}`)}
	case "remind", "verify", "canary":
		return [][]byte{recorded(t, "schedule-scheduler.json")}
	default:
		return [][]byte{[]byte(cart)}
	}
}

// seenOnly has a program handle what it may get, and holds what it asks AWS for
// against its list. It may fail at its work: there is no data.
func (p *program) seenOnly(t *testing.T, f *deployment.Function) {
	t.Helper()
	aws := newRecorder(t)
	i, err := runtimetest.Start(t.Context(), p.binary, runtimetest.Options{
		Name: "evercart-" + p.name, Timeout: 5 * time.Second,
		Environment: []string{
			"AWS_ENDPOINT_URL=" + aws.URL, "EVERCART_ARCHIVE=s3://archive/evercart",
			"EVERCART_NOTIFY_TOPIC=arn:aws:sns:eu-central-1:123456789012:evercart-notify",
		},
	})
	require.NoError(t, err)
	defer i.Stop()
	for _, event := range occasions(t, p.name) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		_, _ = i.Invoke(ctx, event)
		cancel()
	}
	asked := aws.grants()
	assert.NotEmpty(t, asked, "it asked for nothing: %s", i.Output())
	var words []string
	for _, g := range asked {
		words = append(words, g.Action+" on "+string(g.On))
		assert.True(t, slices.ContainsFunc(f.Grants, func(listed deployment.Grant) bool {
			return listed.Action == g.Action && listed.On == g.On && listed.For == deployment.OwnCall
		}), "it asked for %s on %s, which its list does not have", g.Action, g.On)
	}
	slices.Sort(words)
	t.Log(strings.Join(words, ", "))
}
