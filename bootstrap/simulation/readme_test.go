package simulation_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheTableOfMutantsIsWhole(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	for name, m := range mutants() {
		assert.Contains(t, string(text), fmt.Sprintf("| %s | %d |", name, m.within))
	}
	for _, m := range sourceMutants() {
		assert.Contains(t, string(text), fmt.Sprintf("| %s | %d |", m.name, m.within))
	}
}
