package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/bootstrap/config"
)

func TestWhoMayBeTheOperator(t *testing.T) {
	t.Parallel()
	oidc := []string{"EVERCART_OIDC_ISSUER=https://issuer.example", "EVERCART_OIDC_AUDIENCE=shop"}
	token := "EVERCART_OPERATOR_TOKEN=0123456789abcdef"
	serves := func(environment ...string) bool {
		c, err := config.Load(environment)
		require.NoError(t, err)
		return c.ServesOperator()
	}
	t.Run("the bearer of the token, on any address", func(t *testing.T) {
		t.Parallel()
		assert.True(t, serves(token, "EVERCART_ADDR=0.0.0.0:8080"))
		assert.True(t, serves(append(oidc, token)...))
	})
	t.Run("whoever uses this machine, where only this machine can ask", func(t *testing.T) {
		t.Parallel()
		for _, addr := range []string{"127.0.0.1:8080", "127.1.2.3:0", "[::1]:8080", "localhost:8080"} {
			assert.True(t, serves("EVERCART_ADDR="+addr), addr)
		}
	})
	t.Run("nobody else", func(t *testing.T) {
		t.Parallel()
		for _, addr := range []string{":8080", "0.0.0.0:8080", "[::]:8080", "10.0.0.7:8080", "shop.example:8080", "127.0.0.1.shop.example:8080"} {
			assert.False(t, serves("EVERCART_ADDR="+addr), addr)
		}
		assert.False(t, serves(oidc...), "people are told apart by tokens")
	})
}

func TestTheOperatorsToken(t *testing.T) {
	t.Parallel()
	const token = "correct-horse-battery-staple"
	t.Run("is 16 to 512 characters that fit a header", func(t *testing.T) {
		t.Parallel()
		for _, good := range []string{"0123456789abcdef", strings.Repeat("Az09-._~+/", 51)} {
			c, err := config.Load([]string{"EVERCART_OPERATOR_TOKEN=" + good})
			require.NoError(t, err)
			assert.Equal(t, good, c.OperatorToken.Reveal())
		}
		for _, bad := range []string{"0123456789abcde", strings.Repeat("x", 513), "0123456789 abcdef", "0123456789äbcdef", `0123456789"abcdef`} {
			_, err := config.Load([]string{"EVERCART_OPERATOR_TOKEN=" + bad})
			require.ErrorContains(t, err, `EVERCART_OPERATOR_TOKEN (not shown, it may be a secret) is wrong, want 16 to 512 characters`)
			assert.NotContains(t, err.Error(), bad, "a wrong token is a secret, too")
		}
	})
	t.Run("is shown nowhere", func(t *testing.T) {
		t.Parallel()
		c, err := config.Load([]string{"EVERCART_OPERATOR_TOKEN=" + token})
		require.NoError(t, err)
		var out bytes.Buffer
		log := slog.New(slog.NewJSONHandler(&out, nil))
		log.Info("started", "config", c, "token", c.OperatorToken)
		slog.New(slog.NewTextHandler(&out, nil)).Info("started", "config", c, "token", c.OperatorToken)
		fmt.Fprintf(&out, "%v %+v %#v %s %q", c, c, c, c.OperatorToken, c.OperatorToken)
		require.NoError(t, json.NewEncoder(&out).Encode(c))
		assert.Contains(t, out.String(), "not shown")
		assert.NotContains(t, out.String(), token)
		assert.NotContains(t, out.String(), fmt.Sprintf("%x", token))
	})
}
