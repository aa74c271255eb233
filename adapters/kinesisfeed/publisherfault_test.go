package kinesisfeed_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/kinesisfeed"
	"github.com/evercart/evercart/ports"
)

// The codes of single records, which AWS documents.
const (
	throttled = "ProvisionedThroughputExceededException"
	internal  = "InternalFailure"
)

func TestPublishAfterFailures(t *testing.T) {
	t.Parallel()
	batch := []ports.Outgoing{event("a", 0), event("b", 0), event("a", 1), event("b", 1)}

	t.Run("what failed is sent again while the other streams go on", func(t *testing.T) {
		t.Parallel()
		f := &fakeStream{troubles: troublesOf(
			trouble{records: map[int]string{0: throttled}},
			trouble{records: map[int]string{0: internal}},
		)}
		require.NoError(t, f.publisher(t).Publish(t.Context(), batch))
		require.Len(t, f.calls, 4)
		assert.Equal(t, []string{"a:0", "b:0"}, texts(f.calls[0]))
		assert.Equal(t, []string{"a:0", "b:1"}, texts(f.calls[1]))
		assert.Equal(t, []string{"a:0"}, texts(f.calls[2]))
		assert.Equal(t, []string{"a:1"}, texts(f.calls[3]))
		assert.Equal(t, []string{"b:0", "b:1", "a:0", "a:1"}, texts(f.log))
	})
	for name, passing := range map[string]trouble{
		"throttling of the whole call":                    {code: throttled, status: http.StatusBadRequest},
		"throttling of the account":                       {code: "ThrottlingException", status: http.StatusBadRequest},
		"throttling of the key of an encrypted stream":    {code: "KMSThrottlingException", status: http.StatusBadRequest},
		"too many calls":                                  {code: "LimitExceededException", status: http.StatusBadRequest},
		"an internal failure":                             {code: "InternalFailureException", status: http.StatusInternalServerError},
		"a service that is down":                          {code: "ServiceUnavailable", status: http.StatusServiceUnavailable},
		"an unknown fault of the service":                 {code: "WhatEver", status: http.StatusInternalServerError},
		"a broken connection":                             {code: "none", lost: true},
		"a lost answer":                                   {lost: true},
		"a cut answer":                                    {garbled: true},
		"an answer for fewer records than were sent":      {short: true},
		"a record that fails by a code that nobody knows": {records: map[int]string{0: "WhatEver"}},
	} {
		t.Run("after "+name+" all is sent", func(t *testing.T) {
			t.Parallel()
			f := &fakeStream{troubles: troublesOf(passing)}
			require.NoError(t, f.publisher(t).Publish(t.Context(), batch))
			assert.NoError(t, inOrder(f.log, batch, nil))
			assert.Greater(t, len(f.calls), 2)
		})
		t.Run(name+" that lasts is ErrUnavailable", func(t *testing.T) {
			t.Parallel()
			f := &fakeStream{troubles: func(int) trouble { return passing }}
			err := f.publisher(t).Publish(t.Context(), batch)
			require.ErrorIs(t, err, ports.ErrUnavailable)
			assert.ErrorContains(t, err, "kinesisfeed: publish to events: ")
			assert.NotEmpty(t, unpublished(t, err))
			assert.NoError(t, inOrder(f.log, batch, err))
		})
	}
	for _, final := range []string{"ResourceNotFoundException", "AccessDeniedException", "ValidationException", "InvalidArgumentException", "KMSDisabledException", "UnrecognizedClientException"} {
		t.Run(final+" is final", func(t *testing.T) {
			t.Parallel()
			f := &fakeStream{troubles: troublesOf(trouble{}, trouble{code: final, status: http.StatusBadRequest})}
			err := f.publisher(t).Publish(t.Context(), batch)
			assert.Equal(t, []int{2, 3}, unpublished(t, err))
			assert.Empty(t, never(t, err), "it is no fault of the events")
			assert.NotErrorIs(t, err, ports.ErrUnavailable)
			assert.ErrorContains(t, err, final)
			assert.Len(t, f.calls, 2)
		})
	}
	t.Run("it gives up after ten calls without progress, not before", func(t *testing.T) {
		t.Parallel()
		for _, lasting := range []trouble{
			{records: map[int]string{0: throttled}},
			{code: throttled, status: http.StatusBadRequest},
			{code: "none", lost: true},
		} {
			f := &fakeStream{troubles: func(int) trouble { return lasting }}
			require.Error(t, f.publisher(t).Publish(t.Context(), []ports.Outgoing{event("a", 0)}))
			assert.Len(t, f.calls, kinesisfeed.MaxTries)
		}
	})
	t.Run("progress starts the count anew", func(t *testing.T) {
		t.Parallel()
		var many []ports.Outgoing
		for n := range 3 * kinesisfeed.MaxTries {
			many = append(many, event("b", n))
		}
		f := &fakeStream{troubles: func(int) trouble { return trouble{records: map[int]string{0: throttled}} }}
		err := f.publisher(t).Publish(t.Context(), append([]ports.Outgoing{event("a", 0)}, many...))
		assert.Equal(t, []int{0}, unpublished(t, err))
	})
	t.Run("a too large event and an outage are both told", func(t *testing.T) {
		t.Parallel()
		f := &fakeStream{troubles: func(int) trouble { return trouble{code: throttled, status: http.StatusBadRequest} }}
		large := ports.Outgoing{Key: "c", Data: make([]byte, kinesisfeed.MaxRecordBytes)}
		err := f.publisher(t).Publish(t.Context(), []ports.Outgoing{large, event("a", 0)})
		var tooLarge *ports.TooLargeError
		require.ErrorAs(t, err, &tooLarge)
		assert.ErrorIs(t, err, ports.ErrUnavailable)
		assert.Equal(t, []int{0, 1}, unpublished(t, err))
	})
}
