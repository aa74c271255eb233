package config_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/bootstrap/config"
)

func TestAnAddressToListenOn(t *testing.T) {
	t.Parallel()
	t.Run("has a host, or none, and a port", func(t *testing.T) {
		t.Parallel()
		for _, good := range []string{
			"127.0.0.1:8080", ":80", "0.0.0.0:0", "localhost:65535", "[::1]:8080", "[fe80::1%eth0]:80", "my-host.shop.example:443", "host.:1", "8ball:80",
		} {
			_, err := config.Load([]string{"EVERCART_ADDR=" + good})
			assert.NoError(t, err, good)
		}
	})
	t.Run("is refused before anything listens where its form is another", func(t *testing.T) {
		t.Parallel()
		for _, bad := range []string{
			"8080", "localhost", "127.0.0.1:", ":", "127.0.0.1:99999", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:+1", "127.0.0.1:http",
			"::1:8080", "256.0.0.1:80", "127.0.0:80", "1.2.3.4.5:80", "a b:80", "a..b:80", ".:80", "http://localhost:80", "127.0.0.1:80/",
		} {
			_, err := config.Load([]string{"EVERCART_ADDR=" + bad})
			assert.EqualError(t, err, `configuration: EVERCART_ADDR is "`+bad+`", want host:port such as 127.0.0.1:8080, the port 0 to 65535`, bad)
		}
	})
}

func TestAFlag(t *testing.T) {
	t.Parallel()
	addr := func(value string) config.Flag {
		return config.Flag{Name: "--addr", Variable: "EVERCART_ADDR", Value: value}
	}
	t.Run("wins over the variable that it stands for, also over a wrong one", func(t *testing.T) {
		t.Parallel()
		c, err := config.Load([]string{"EVERCART_ADDR=nonsense"}, addr(":1"))
		require.NoError(t, err)
		assert.Equal(t, ":1", c.Addr)
	})
	t.Run("that is wrong is told by its name, with all that is wrong in the environment", func(t *testing.T) {
		t.Parallel()
		_, err := config.Load([]string{"EVERCART_BACKEND=there", "EVERCART_TIMEOUT=soon"}, addr("here"))
		var faults *config.Error
		require.ErrorAs(t, err, &faults)
		assert.ElementsMatch(t, []string{
			`--addr is "here", want host:port such as 127.0.0.1:8080, the port 0 to 65535`,
			`EVERCART_BACKEND is "there", want memory, sqlite or aws`,
			`EVERCART_TIMEOUT is "soon", which is no duration such as 500ms, 5s or 1h`,
		}, faults.Faults)
	})
	t.Run("that is empty is no flag left out", func(t *testing.T) {
		t.Parallel()
		_, err := config.Load(nil, config.Flag{Name: "--data", Variable: "EVERCART_DATA"})
		assert.EqualError(t, err, `configuration: --data is "", want a value, or no such flag`)
	})
}
