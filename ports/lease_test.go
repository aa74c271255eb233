package ports_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/evercart/evercart/ports"
)

func TestLeaseNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"p", "pipeline", "pipeline-2", "p" + strings.Repeat("-", 31)} {
		assert.NoError(t, ports.CheckLeaseName(name))
	}
	for _, name := range []string{"", "-p", "2p", "P", "pipeLine", "pipe_line", "pipe/line", "../p", "pé", "p" + strings.Repeat("-", 32)} {
		assert.ErrorContains(t, ports.CheckLeaseName(name), "is no lease's name: want a lower-case letter", "%q", name)
	}
}
