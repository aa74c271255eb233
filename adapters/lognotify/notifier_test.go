package lognotify_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/lognotify"
	"github.com/evercart/evercart/ports"
)

var closed = ports.Notification{
	ID: "019c1e2a", Type: "evercart.cart.CartClosed.v2", Subject: "cart/0190\nlevel=ERROR",
	Time: time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC), Wire: []byte(`{"actor":"somebody"}`),
}

// notifier returns one that writes to w at noon, with a handler for errors only.
func notifier(w io.Writer) *lognotify.Notifier {
	handler := slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelError})
	return lognotify.New(handler, func() time.Time { return time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC) })
}

func TestNotificationsInTheLog(t *testing.T) {
	t.Parallel()

	t.Run("each is one line, whatever the event says and the log leaves out", func(t *testing.T) {
		t.Parallel()
		var log bytes.Buffer
		require.NoError(t, notifier(&log).Notify(t.Context(), closed))
		assert.Equal(t, `time=2026-05-04T12:00:00.000Z level=INFO msg=notification event=019c1e2a `+
			`type=evercart.cart.CartClosed.v2 subject="cart/0190\nlevel=ERROR" time_of_event=2026-05-04T03:02:01.000Z`+"\n", log.String())
	})
	t.Run("what the event holds is not told", func(t *testing.T) {
		t.Parallel()
		var log bytes.Buffer
		require.NoError(t, notifier(&log).Notify(t.Context(), closed))
		assert.NotContains(t, log.String(), "somebody")
	})
	t.Run("32 at once make 32 lines", func(t *testing.T) {
		t.Parallel()
		var log bytes.Buffer
		n := notifier(&log)
		var tellers sync.WaitGroup
		for range 32 {
			tellers.Go(func() { assert.NoError(t, n.Notify(t.Context(), closed)) })
		}
		tellers.Wait()
		assert.Equal(t, 32, strings.Count(log.String(), "\n"))
	})
	t.Run("a log that cannot be written may be later", func(t *testing.T) {
		t.Parallel()
		full := errors.New("no space left")
		err := notifier(writer(func([]byte) (int, error) { return 0, full })).Notify(t.Context(), closed)
		require.ErrorIs(t, err, ports.ErrUnavailable)
		require.ErrorIs(t, err, full)
		assert.ErrorContains(t, err, closed.ID)
	})
	t.Run("a context that has ended tells nothing", func(t *testing.T) {
		t.Parallel()
		var log bytes.Buffer
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, notifier(&log).Notify(ctx, closed), context.Canceled)
		assert.Empty(t, log.String())
	})
}

// writer is a function as an io.Writer.
type writer func([]byte) (int, error)

func (w writer) Write(b []byte) (int, error) { return w(b) }
