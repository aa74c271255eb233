package config_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/bootstrap/config"
)

func TestAVariableThatThereIsNot(t *testing.T) {
	t.Parallel()
	t.Run("is told by the one that was meant", func(t *testing.T) {
		t.Parallel()
		for wrong, meant := range map[string]string{
			"EVERCART_DATUM":           "EVERCART_DATA",
			"EVERCART_ADRR":            "EVERCART_ADDR",
			"EVERCART_WEBHOOK_SECRET":  "EVERCART_WEBHOOK_SECRETS",
			"EVERCART_TIMOUT":          "EVERCART_TIMEOUT",
			"EVERCART_OPERATORTOKEN":   "EVERCART_OPERATOR_TOKEN",
			"EVERCART_LOGLEVEL":        "EVERCART_LOG_LEVEL",
			"EVERCART_KEEP_GENERATION": "EVERCART_KEEP_GENERATIONS",
		} {
			_, err := config.Load([]string{wrong + "=x"})
			require.EqualError(t, err, "configuration: "+wrong+" is no variable of Evercart; did you mean "+meant+"?")
		}
	})
	t.Run("and by all that there are, where none is like it", func(t *testing.T) {
		t.Parallel()
		_, err := config.Load([]string{"EVERCART_POSTGRES_CONNECTIONS=9"})
		require.ErrorContains(t, err, "EVERCART_POSTGRES_CONNECTIONS is no variable of Evercart; there are EVERCART_BACKEND")
	})
	t.Run("and nobody is led from one name to the same", func(t *testing.T) {
		t.Parallel()
		for _, name := range config.Variables() {
			if !strings.HasPrefix(name, "EVERCART_") {
				continue
			}
			_, err := config.Load([]string{name + "X=1"})
			assert.ErrorContains(t, err, "did you mean "+name+"?")
		}
	})
}
