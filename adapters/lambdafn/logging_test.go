package lambdafn_test

import (
	"context"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/lambdafn"
)

func TestALogLine(t *testing.T) {
	t.Parallel()
	t.Run("has the keys that Powertools for AWS Lambda made customary", func(t *testing.T) {
		t.Parallel()
		f, out := function(nil)
		f.Handler = func(ctx context.Context, _ []byte) (any, error) {
			f.Log.With(slog.String("cart", cart1)).WarnContext(ctx, "the shop is shut", slog.Group("door", slog.String("message", "closed")))
			return nil, nil
		}
		ctx := context.WithValue(inLambda(t, "request-1"), "x-amzn-trace-id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1") //nolint:staticcheck // the key that aws-lambda-go has
		for range 2 {
			_, err := f.Invoke(ctx, nil)
			require.NoError(t, err)
		}
		logged := out.all(t)
		require.Len(t, logged, 2)
		line := logged[0]
		assert.Regexp(t, `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`, line["timestamp"])
		assert.Regexp(t, `^lambdafn_test\.TestALogLine\..*:\d+$`, line["location"])
		delete(line, "timestamp")
		delete(line, "location")
		assert.Equal(t, map[string]any{
			"level": "WARN", "message": "the shop is shut", "service": "add-item", "cart": cart1, "door": map[string]any{"message": "closed"},
			"function_name": "evercart-add-item", "function_version": "$LATEST", "function_memory_size": 256.0,
			"function_arn":        "arn:aws:lambda:eu-central-1:123456789012:function:evercart-add-item",
			"function_request_id": "request-1", "cold_start": true, "xray_trace_id": "1-5bef4de7-ad49b0e87f6ef6c87fc2e700",
		}, line)
		assert.Equal(t, false, logged[1]["cold_start"])
	})
	t.Run("says nothing of Lambda outside of it", func(t *testing.T) {
		t.Parallel()
		out := &lines{}
		lambdafn.NewLogger(out, slog.LevelInfo, lambdafn.Identity{Service: "relay"}).Info("at work")
		line := out.all(t)[0]
		assert.Len(t, line, 5)
		assert.Equal(t, "relay", line["service"])
	})
	t.Run("names the commit that the program was built from, where that is known", func(t *testing.T) {
		t.Parallel()
		out := &lines{}
		lambdafn.NewLogger(out, slog.LevelInfo, lambdafn.Identity{Service: "relay", Commit: "0a1b2c"}).Info("at work")
		lambdafn.NewLogger(out, slog.LevelInfo, lambdafn.Identity{Service: "relay"}).Info("at work")
		logged := out.all(t)
		assert.Equal(t, "0a1b2c", logged[0]["commit"])
		assert.NotContains(t, logged[1], "commit")
	})
	t.Run("is not written below the level", func(t *testing.T) {
		t.Parallel()
		out := &lines{}
		log := lambdafn.NewLogger(out, slog.LevelWarn, lambdafn.Identity{Service: "relay"})
		log.Info("chatter")
		log.WithGroup("g").Warn("heed", slog.Int("n", 1))
		logged := out.all(t)
		require.Len(t, logged, 1)
		assert.Equal(t, "heed", logged[0]["message"])
	})
}
