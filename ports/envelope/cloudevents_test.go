package envelope_test

import (
	"encoding/json"
	"testing"
	"time"

	ce "github.com/cloudevents/sdk-go/v2/event"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

func TestTheCloudEventsSDKReadsTheWireForm(t *testing.T) {
	t.Parallel()
	t.Run("an event of ours has every attribute", func(t *testing.T) {
		t.Parallel()
		c := ours()
		p := c.Published(source)[0]
		e := decodeBySDK(t, &p)
		assert.Equal(t, "1.0", e.SpecVersion())
		assert.Equal(t, "0198b0f4-7a11-7000-8000-000000000001", e.ID())
		assert.Equal(t, "/evercart", e.Source())
		assert.Equal(t, "evercart.cart.ItemAdded.v2", e.Type())
		assert.Equal(t, "cart/0198b0f4-7a10-7c3e-8d41-2f6a9c1e5b70", e.Subject())
		assert.Equal(t, "application/json", e.DataContentType())
		assert.WithinDuration(t, time.Date(2026, 2, 28, 23, 59, 59, 999_999_000, time.UTC), e.Time(), 0)
		assert.Equal(t, p.Data, string(e.Data()))
		assert.Equal(t, map[string]any{
			"sequence":      "00000000000000000007",
			"partitionkey":  "cart/0198b0f4-7a10-7c3e-8d41-2f6a9c1e5b70",
			"commandid":     "key-1",
			"fingerprint":   "0123456789abcdef",
			"correlationid": `visit "7"`,
			"causationid":   "0198b0f4-7a10-7c3e-8d41-000000000000",
			"traceparent":   "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
			"actor":         "https://id.example|jürgen",
			"commitfirst":   "00000000000000000007",
			"commitlast":    "00000000000000000008",
			"commithash":    "fe00000000000000000000000000000000000000000000000000000000000010",
		}, e.Extensions())
	})
	t.Run("an older event lacks time, command and hash", func(t *testing.T) {
		t.Parallel()
		c := older()
		p := c.Published(source)[0]
		e := decodeBySDK(t, &p)
		assert.True(t, e.Time().IsZero())
		assert.Equal(t, p.Data, string(e.Data()))
		assert.Equal(t, map[string]any{
			"sequence":     "00000000000000000002",
			"partitionkey": "cart/8f0c2f86-8a9b-4d6a-9d56-0c9f3f6d2a11",
			"commitfirst":  "00000000000000000002",
			"commitlast":   "00000000000000000002",
		}, e.Extensions())
	})
	t.Run("any event validates and keeps its data", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(t *rapid.T) {
			c := commits().Draw(t, "commit")
			p := c.Published(source)[0]
			e := decodeBySDK(t, &p)
			assert.Equal(t, p.Data, string(e.Data()))
			assert.Equal(t, c.Stream.String(), e.Subject())
			assert.WithinDuration(t, p.Time, e.Time(), 0)
		})
	})
}

func TestParseWireReadsWhatTheCloudEventsSDKWrites(t *testing.T) {
	t.Parallel()
	c := ours()
	want := c.Published(source)[1]
	want.Time = want.Time.Add(time.Microsecond) // the SDK cuts zeros at the end
	e := decodeBySDK(t, &want)
	rewritten, err := json.Marshal(e)
	require.NoError(t, err)
	got, err := envelope.ParseWire(string(rewritten))
	require.NoError(t, err)
	assert.Equal(t, want, got)
}

// decodeBySDK reads p's wire form by the official SDK and validates it.
func decodeBySDK(t require.TestingT, p *ports.Published) ce.Event {
	line, err := envelope.AppendWire(nil, p)
	require.NoError(t, err)
	var e ce.Event
	require.NoError(t, json.Unmarshal(line, &e))
	require.NoError(t, e.Validate())
	return e
}
