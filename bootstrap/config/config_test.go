package config_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/bootstrap/config"
)

func TestTheConfiguration(t *testing.T) {
	t.Parallel()
	t.Run("has a default for everything", func(t *testing.T) {
		t.Parallel()
		c, err := config.Load(nil)
		require.NoError(t, err)
		assert.Equal(t, config.Config{
			Backend: "sqlite", Data: "./data", Prefix: "evercart", ScanUnits: 500, Source: "/evercart", Addr: "127.0.0.1:8080",
			Timeout: 5 * time.Second, MaxRequests: 256, ShutdownTimeout: 10 * time.Second, LogLevel: slog.LevelInfo,
			CacheStreams: 2000, SnapshotEvery: 8, ArchiveWindow: time.Second,
			FeedRetention: 168 * time.Hour, KeepGenerations: 24 * time.Hour,
			RemindAfter: 336 * time.Hour, RemindEvery: time.Hour, ParkAfter: 3, TransientAfter: 5 * time.Minute, RetryEvery: time.Minute,
		}, c)
	})
	t.Run("is read from the environment", func(t *testing.T) {
		t.Parallel()
		c, err := config.Load([]string{
			"EVERCART_BACKEND=memory", "EVERCART_TIMEOUT=750ms", "EVERCART_LOG_LEVEL=debug", "EVERCART_CACHE_STREAMS=0",
			"EVERCART_OIDC_ISSUER=https://issuer.example", "EVERCART_OIDC_AUDIENCE=shop", "HOME=/root", "EVERCART_TEST_REQUIRE=all",
		})
		require.NoError(t, err)
		assert.Equal(t, "memory", c.Backend)
		assert.Equal(t, 750*time.Millisecond, c.Timeout)
		assert.Equal(t, slog.LevelDebug, c.LogLevel)
		assert.Zero(t, c.CacheStreams)
		assert.Equal(t, "shop", c.OIDCAudience)
	})
	t.Run("names every fault at once, with variable, value and rule", func(t *testing.T) {
		t.Parallel()
		_, err := config.Load([]string{
			"EVERCART_BACKEND=postgres", "EVERCART_TIMEOUT=soon", "EVERCART_SHUTDOWN_TIMEOUT=10h", "EVERCART_ADDR=8080",
			"EVERCART_CACHE_STREAMS=many", "EVERCART_SNAPSHOT_EVERY=0", "EVERCART_OIDC_ISSUER=issuer", "EVERCART_DATUM=x",
			"EVERCART_LOG_LEVEL=loud",
		})
		var faults *config.Error
		require.ErrorAs(t, err, &faults)
		text := strings.Join(faults.Faults, "\n")
		for _, want := range []string{
			`EVERCART_BACKEND is "postgres", want memory, sqlite or aws`,
			`EVERCART_TIMEOUT is "soon", which is no duration such as 500ms, 5s or 1h`,
			`EVERCART_SHUTDOWN_TIMEOUT is "10h0m0s", want 0s to 5m0s`,
			`EVERCART_ADDR is "8080", want host:port`,
			`EVERCART_CACHE_STREAMS is "many", which is no whole number`,
			`EVERCART_SNAPSHOT_EVERY is "0", want 1 to 1000`,
			`EVERCART_OIDC_ISSUER is "issuer", want an absolute URL`,
			`EVERCART_OIDC_AUDIENCE is "", want a value where EVERCART_OIDC_ISSUER has one`,
			`EVERCART_LOG_LEVEL is "loud", which is no level`,
			`EVERCART_DATUM is no variable of Evercart`,
		} {
			assert.Contains(t, text, want)
		}
		assert.Len(t, faults.Faults, 10, "each fault once:\n%s", text)
	})
	t.Run("says of a secret only whether it is there", func(t *testing.T) {
		t.Parallel()
		_, err := config.Load([]string{"EVERCART_WEBHOOK_URL=https://shop.example/hooks?key=hush"})
		require.EqualError(t, err, "configuration: EVERCART_WEBHOOK_SECRETS is not set, want a value where EVERCART_WEBHOOK_URL has one, and none where it has none")
		_, err = config.Load([]string{"EVERCART_WEBHOOK_URL=shop.example?key=hush", "EVERCART_WEBHOOK_SECRETS=whsec_aHVzaA=="})
		require.EqualError(t, err, "configuration: EVERCART_WEBHOOK_URL (not shown, it may be a secret) is wrong, want an absolute URL, http or https")
	})
	t.Run("has a variable for every field, all in one namespace but OpenTelemetry's", func(t *testing.T) {
		t.Parallel()
		seen := map[string]bool{}
		for _, name := range config.Variables() {
			assert.True(t, strings.HasPrefix(name, "EVERCART_") || strings.HasPrefix(name, "OTEL_"), name)
			assert.False(t, seen[name], name)
			seen[name] = true
		}
	})
}
