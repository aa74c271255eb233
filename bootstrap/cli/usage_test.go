package cli

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestANegativeNumberIsTheFlagsBeforeIt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ args, want []string }{
		{[]string{"show", "--version", "-1", "x"}, []string{"show", "--version=-1", "x"}},
		{[]string{"--version=2", "-1"}, []string{"--version=2", "-1"}},
		{[]string{"set", "tea", "-1"}, []string{"set", "tea", "-1"}},
		{[]string{"--key", "-h"}, []string{"--key", "-h"}},
		{[]string{"--", "--after", "-1"}, []string{"--", "--after", "-1"}},
		{nil, nil},
	} {
		assert.Equal(t, c.want, joinNegative(c.args))
	}
}
