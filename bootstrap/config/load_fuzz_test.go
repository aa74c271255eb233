package config_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/bootstrap/config"
)

// FuzzLoad reads arbitrary environments: what is no configuration is a *config.Error
// that names what is wrong and no secret.
func FuzzLoad(f *testing.F) {
	f.Add("EVERCART_TIMEOUT=5s\nEVERCART_ADDR=:80\nEVERCART_LOG_LEVEL=debug")
	f.Add("EVERCART_WEBHOOK_URL=https://user:secret-word@example.com/\nEVERCART_WEBHOOK_SECRETS=whsec_secret-word")
	f.Add("EVERCART_OIDC_ISSUER=https://id.example\nEVERCART_OIDC_AUDIENCE=a\nEVERCART_ARCHIVE=s3://b/p")
	f.Add("EVERCART_NOTHING=1\nEVERCART_PARK_AFTER=x\nno variable\n=")
	f.Add("EVERCART_WEBHOOK_URL=://secret-word\nEVERCART_SOURCE=%zz")
	f.Add("OTEL_EXPORTER_OTLP_ENDPOINT=user:secret-word@collector\nOTEL_EXPORTER_OTLP_PROTOCOL=grpc")
	f.Fuzz(func(t *testing.T, environment string) {
		c, err := config.Load(strings.Split(environment, "\n"))
		if err == nil {
			if _, err = c.TracesURL(); err == nil {
				return
			}
		}
		var fault *config.Error
		require.ErrorAs(t, err, &fault)
		require.NotEmpty(t, fault.Faults)
		for line := range strings.SplitSeq(environment, "\n") {
			if name, value, _ := strings.Cut(line, "="); (strings.HasPrefix(name, "EVERCART_WEBHOOK_") || strings.HasSuffix(name, "_ENDPOINT")) && strings.Contains(value, "secret-word") {
				assert.NotContains(t, err.Error(), "secret-word")
			}
		}
	})
}
