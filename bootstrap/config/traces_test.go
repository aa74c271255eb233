package config_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/bootstrap/config"
)

func TestWhereTracesGo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		environment []string
		want        string
	}{
		"nowhere unless it is said": {nil, ""},
		"to the base and the path of traces": {
			[]string{"OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318/otel/", "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"},
			"http://collector:4318/otel/v1/traces",
		},
		"to an address of their own as it is": {
			[]string{"OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=https://traces.example/take?key=1"},
			"https://traces.example/take?key=1",
		},
		"nowhere when they are switched off": {[]string{"OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318", "OTEL_SDK_DISABLED=TRUE"}, ""},
		"by their own protocol, whatever others have": {
			[]string{"OTEL_EXPORTER_OTLP_ENDPOINT=http://c", "OTEL_EXPORTER_OTLP_PROTOCOL=grpc", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/protobuf"},
			"http://c/v1/traces",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			loaded, err := config.Load(c.environment)
			require.NoError(t, err)
			url, err := loaded.TracesURL()
			require.NoError(t, err)
			assert.Equal(t, c.want, url)
		})
	}
	t.Run("or is told with every fault, which stops no program that keeps none", func(t *testing.T) {
		t.Parallel()
		loaded, err := config.Load([]string{"OTEL_EXPORTER_OTLP_ENDPOINT=user:pass-word@collector:4317", "OTEL_EXPORTER_OTLP_PROTOCOL=grpc"})
		require.NoError(t, err)
		_, err = loaded.TracesURL()
		var faults *config.Error
		require.ErrorAs(t, err, &faults)
		assert.Len(t, faults.Faults, 2)
		assert.ErrorContains(t, err, "OTEL_EXPORTER_OTLP_ENDPOINT")
		assert.ErrorContains(t, err, `OTEL_EXPORTER_OTLP_PROTOCOL is "grpc", want http/protobuf`)
		assert.NotContains(t, err.Error(), "pass-word")
	})
}
