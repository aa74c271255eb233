package kinesisfeed_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/kinesisfeed"
	"github.com/evercart/evercart/ports"
)

// anyone are credentials that no test server looks at.
type anyone struct{}

func (anyone) Retrieve(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "anyone", SecretAccessKey: "anyone"}, nil
}

func unhurried(ctx context.Context, _ int) error { return ctx.Err() }

// unpublished returns the error's indexes; err must be an *UnpublishedError.
func unpublished(t testing.TB, err error) []int {
	t.Helper()
	var u *ports.UnpublishedError
	require.ErrorAs(t, err, &u)
	return u.Indexes
}

// never returns why some of the records can never be sent.
func never(t testing.TB, err error) map[int]error {
	t.Helper()
	var u *ports.UnpublishedError
	require.ErrorAs(t, err, &u)
	return u.Never
}

func TestPublishWaves(t *testing.T) {
	t.Parallel()

	t.Run("a hundred commits of differing streams are one call", func(t *testing.T) {
		t.Parallel()
		f := &fakeStream{}
		batch := make([]ports.Outgoing, 100)
		for i := range batch {
			batch[i] = event(fmt.Sprintf("cart/%03d", i), 0)
		}
		require.NoError(t, f.publisher(t).Publish(t.Context(), batch))
		assert.Len(t, f.calls, 1)
		assert.Len(t, f.log, 100)
	})
	t.Run("a call has one event of a stream at most", func(t *testing.T) {
		t.Parallel()
		f := &fakeStream{}
		require.NoError(t, f.publisher(t).Publish(t.Context(), []ports.Outgoing{
			event("a", 0), event("a", 1), event("b", 0), event("a", 2), event("c", 0), event("b", 1),
		}))
		require.Len(t, f.calls, 3)
		assert.Equal(t, []string{"a:0", "b:0", "c:0"}, texts(f.calls[0]))
		assert.Equal(t, []string{"a:1", "b:1"}, texts(f.calls[1]))
		assert.Equal(t, []string{"a:2"}, texts(f.calls[2]))
	})
	t.Run("the partition key is the stream's name", func(t *testing.T) {
		t.Parallel()
		f := &fakeStream{}
		require.NoError(t, f.publisher(t).Publish(t.Context(), []ports.Outgoing{event("cart/1", 0)}))
		assert.Equal(t, []entry{{Data: []byte("cart/1:0"), PartitionKey: "cart/1"}}, f.log)
	})
	t.Run("no events are no call", func(t *testing.T) {
		t.Parallel()
		f := &fakeStream{}
		require.NoError(t, f.publisher(t).Publish(t.Context(), nil))
		assert.Empty(t, f.calls)
	})
	t.Run("a call has 500 records at most", func(t *testing.T) {
		t.Parallel()
		f := &fakeStream{}
		batch := make([]ports.Outgoing, 2*kinesisfeed.MaxCallRecords+1)
		for i := range batch {
			batch[i] = event(fmt.Sprint(i), 0)
		}
		require.NoError(t, f.publisher(t).Publish(t.Context(), batch))
		require.Len(t, f.calls, 3)
		assert.Len(t, f.calls[0], 500)
		assert.Len(t, f.calls[1], 500)
		assert.Len(t, f.calls[2], 1)
	})
	t.Run("a call has 5 MiB at most, keys included", func(t *testing.T) {
		t.Parallel()
		f := &fakeStream{}
		batch := make([]ports.Outgoing, 6)
		for i := range batch {
			batch[i] = ports.Outgoing{Key: fmt.Sprint(i), Data: bytes.Repeat([]byte("x"), kinesisfeed.MaxRecordBytes-1)}
		}
		require.NoError(t, f.publisher(t).Publish(t.Context(), batch))
		require.Len(t, f.calls, 2)
		assert.Len(t, f.calls[0], 5)
		assert.Equal(t, 5<<20, kinesisfeed.MaxCallBytes)
	})
}

func TestPublishTooLarge(t *testing.T) {
	t.Parallel()

	t.Run("an event over 1 MiB with its key holds back the later ones of its stream only", func(t *testing.T) {
		t.Parallel()
		f := &fakeStream{}
		large := ports.Outgoing{Key: "a", Data: bytes.Repeat([]byte("x"), kinesisfeed.MaxRecordBytes)}
		err := f.publisher(t).Publish(t.Context(), []ports.Outgoing{
			event("a", 0), event("b", 0), large, event("a", 2), event("b", 1), event("a", 3),
		})
		var tooLarge *ports.TooLargeError
		require.ErrorAs(t, err, &tooLarge)
		assert.Equal(t, ports.TooLargeError{What: "event of a", Size: 1<<20 + 1, Max: 1 << 20}, *tooLarge)
		assert.Equal(t, []int{2, 3, 5}, unpublished(t, err))
		assert.Equal(t, map[int]error{2: tooLarge}, never(t, err), "the others come when that is out of the way")
		assert.Equal(t, []string{"a:0", "b:0", "b:1"}, texts(f.log))
		assert.NotErrorIs(t, err, ports.ErrUnavailable)
	})
	t.Run("an event of 1 MiB with its key is sent", func(t *testing.T) {
		t.Parallel()
		f := &fakeStream{}
		require.NoError(t, f.publisher(t).Publish(t.Context(), []ports.Outgoing{{Key: "a", Data: bytes.Repeat([]byte("x"), kinesisfeed.MaxRecordBytes-1)}}))
	})
	t.Run("a key that Kinesis cannot have holds back its own events only", func(t *testing.T) {
		t.Parallel()
		for _, key := range []string{"", string(bytes.Repeat([]byte("k"), 257))} {
			f := &fakeStream{}
			err := f.publisher(t).Publish(t.Context(), []ports.Outgoing{event(key, 0), event("b", 0), event(key, 1)})
			assert.Equal(t, []int{0, 2}, unpublished(t, err))
			assert.ErrorContains(t, never(t, err)[0], "want 1 to 256 characters")
			assert.Equal(t, []string{"b:0"}, texts(f.log))
		}
	})
}

func TestPublishDeadline(t *testing.T) {
	t.Parallel()
	batch := []ports.Outgoing{event("a", 0), event("a", 1), event("a", 2), event("b", 0)}

	t.Run("what was not sent when the time is over is named", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		f := &fakeStream{troubles: func(call int) trouble {
			if call == 1 {
				return trouble{before: cancel}
			}
			return trouble{}
		}}
		err := f.publisher(t).Publish(ctx, batch)
		require.ErrorIs(t, err, context.Canceled)
		assert.Equal(t, []int{1, 2}, unpublished(t, err))
		assert.Equal(t, []string{"a:0", "b:0"}, texts(f.log))
	})
	t.Run("the cause of a delay is told with the end of time", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		f := &fakeStream{troubles: troublesOf(trouble{records: map[int]string{0: throttled}})}
		p := f.publisher(t)
		p.Unhurried(func(ctx context.Context, _ int) error {
			cancel()
			return ctx.Err()
		})
		err := p.Publish(ctx, batch)
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorIs(t, err, ports.ErrUnavailable)
		assert.ErrorContains(t, err, throttled)
		assert.Equal(t, []int{0, 1, 2}, unpublished(t, err))
	})
	t.Run("nothing is sent within the margin before the deadline", func(t *testing.T) {
		t.Parallel()
		f := &fakeStream{}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		err := kinesisfeed.NewPublisher(f.client(t), "events", 2*time.Hour).Publish(ctx, batch)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, []int{0, 1, 2, 3}, unpublished(t, err))
		assert.Empty(t, f.calls)
		require.NoError(t, kinesisfeed.NewPublisher(f.client(t), "events", time.Minute).Publish(ctx, batch))
	})
	t.Run("no pause is begun that the deadline would cut", func(t *testing.T) {
		t.Parallel()
		f := &fakeStream{troubles: func(int) trouble { return trouble{code: throttled, status: http.StatusBadRequest} }}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour+time.Nanosecond)
		defer cancel()
		err := kinesisfeed.NewPublisher(f.client(t), "events", time.Hour-50*time.Millisecond).Publish(ctx, batch)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, []int{0, 1, 2, 3}, unpublished(t, err))
	})
}

func TestPauses(t *testing.T) {
	t.Parallel()

	t.Run("the longest pause doubles up to five seconds", func(t *testing.T) {
		t.Parallel()
		var longest []time.Duration
		for tries := 1; tries <= 8; tries++ {
			longest = append(longest, kinesisfeed.LongestPause(tries)/time.Millisecond)
		}
		assert.Equal(t, []time.Duration{100, 200, 400, 800, 1600, 3200, 5000, 5000}, longest)
		assert.Equal(t, 5*time.Second, kinesisfeed.LongestPause(1000))
	})
	t.Run("a pause ends with its context", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		assert.ErrorIs(t, kinesisfeed.Pause(ctx, 20), context.Canceled)
	})
	t.Run("a pause beyond the deadline is not begun", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
		defer cancel()
		assert.ErrorIs(t, kinesisfeed.Pause(ctx, 1000), context.DeadlineExceeded)
	})
	t.Run("a pause passes", func(t *testing.T) {
		t.Parallel()
		assert.NoError(t, kinesisfeed.Pause(t.Context(), 1))
	})
}
