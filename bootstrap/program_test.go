package bootstrap

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheProgramAsItIsCalledAnywhere(t *testing.T) {
	t.Parallel()
	here, err := os.Getwd()
	require.NoError(t, err)
	for typed, want := range map[string]string{
		"evercart":            "evercart",
		"dist/evercart":       ShellWord(filepath.Join(here, "dist/evercart")),
		"./evercart":          ShellWord(filepath.Join(here, "evercart")),
		"/usr/bin/evercart":   "/usr/bin/evercart",
		"/opt/my shop/ever'c": `'/opt/my shop/ever'\''c'`,
	} {
		assert.Equal(t, Program(want), programOf(typed), typed)
	}
}
