package cli

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// lines returns the log lines in b.
func lines(t *testing.T, b *bytes.Buffer) (all []map[string]any) {
	t.Helper()
	for text := range strings.Lines(b.String()) {
		var line map[string]any
		require.NoError(t, json.Unmarshal([]byte(text), &line))
		all = append(all, line)
	}
	return all
}

func TestProgressWithoutATerminal(t *testing.T) {
	t.Parallel()
	t.Run("is a log line after a second and every two seconds, with rate and time left", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			var b bytes.Buffer
			p := startProgress(&output{stderr: &b}, "verifying", "events", 1000)
			p.Add(100)
			<-time.After(3500 * time.Millisecond) // of the bubble: nobody waits
			p.Done()
			p.Done()
			all := lines(t, &b)
			require.Len(t, all, 2)
			assert.Equal(t, "verifying", all[0]["work"])
			assert.Equal(t, "events", all[0]["unit"])
			assert.EqualValues(t, 100, all[0]["done"])
			assert.EqualValues(t, 1000, all[0]["total"])
			assert.EqualValues(t, 100, all[0]["per_second"])
			assert.Equal(t, "9s", all[0]["left"])
			assert.Equal(t, "27s", all[1]["left"])
		})
	})
	t.Run("does without a total where there is none, and learns one later", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			var b bytes.Buffer
			p := startProgress(&output{stderr: &b}, "restoring", "events", 0)
			p.Set(7)
			<-time.After(1500 * time.Millisecond)
			p.SetTotal(14)
			<-time.After(2 * time.Second)
			p.Done()
			all := lines(t, &b)
			require.Len(t, all, 2)
			assert.NotContains(t, all[0], "total")
			assert.NotContains(t, all[0], "left")
			assert.EqualValues(t, 14, all[1]["total"])
			assert.Equal(t, "3s", all[1]["left"])
		})
	})
	t.Run("is nothing for work that ends within a second", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			var b bytes.Buffer
			p := startProgress(&output{stderr: &b}, "verifying", "events", 10)
			<-time.After(900 * time.Millisecond)
			p.Done()
			assert.Empty(t, b.String())
		})
	})
}

func TestTheBarOfATerminal(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	bar := newBar(&b, "verifying", "events")
	p := &progress{}
	for _, step := range [][2]int64{{10, 0}, {250, 1000}, {1000, 1000}, {1100, 1000}} {
		p.Set(step[0])
		p.SetTotal(step[1])
		bar.show(p)
	}
	assert.Contains(t, b.String(), "verifying")
	assert.Contains(t, b.String(), "(250/1000", "it says how much of how much")
	assert.Contains(t, b.String(), "events/s")
	assert.NotContains(t, b.String(), "100%", "it is not over before it is done")
	bar.end()
	assert.True(t, strings.HasSuffix(b.String(), "\r"), "and leaves the line empty")
}
