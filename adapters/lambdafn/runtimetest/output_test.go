package runtimetest

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestWhatAProcessWrites(t *testing.T) {
	t.Parallel()
	t.Run("goes to the other writer, all of it, and its last is kept", func(t *testing.T) {
		t.Parallel()
		var also bytes.Buffer
		o := &output{also: &also}
		line := strings.Repeat("x", 999) + "\n"
		for range 5000 {
			n, err := o.Write([]byte(line))
			assert.Equal(t, len(line), n)
			assert.NoError(t, err)
		}
		_, _ = o.Write([]byte("end"))
		assert.Equal(t, 5000*len(line)+3, also.Len())
		assert.True(t, strings.HasSuffix(o.String(), "end"))
		assert.GreaterOrEqual(t, len(o.String()), keptOutput)
		assert.LessOrEqual(t, len(o.String()), 2*keptOutput)
	})
	t.Run("is kept where there is no other", func(t *testing.T) {
		t.Parallel()
		o := &output{}
		_, _ = o.Write([]byte("a"))
		_, _ = o.Write([]byte("b"))
		assert.Equal(t, "ab", o.String())
	})
}
