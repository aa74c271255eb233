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
			p.Set(100)
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
	// draw shows steps of done and total.
	draw := func(b *bytes.Buffer, unit string, steps ...[2]int64) *terminalBar {
		bar := newBar(b, "verifying", unit, steps[0][1])
		p := &progress{}
		for _, step := range steps {
			p.Set(step[0])
			p.SetTotal(step[1])
			bar.show(p)
		}
		return bar
	}
	t.Run("says how much of how much, and how fast", func(t *testing.T) {
		t.Parallel()
		var b bytes.Buffer
		draw(&b, "events", [2]int64{10, 0}, [2]int64{250, 1000}, [2]int64{1000, 1000}, [2]int64{1100, 1000})
		assert.Contains(t, b.String(), "verifying")
		assert.Contains(t, b.String(), "(250/1000")
		assert.Contains(t, b.String(), "events/")
		assert.NotContains(t, b.String(), "100%", "it is not over before it is done")
	})
	t.Run("shows bytes as people read them", func(t *testing.T) {
		t.Parallel()
		var b bytes.Buffer
		draw(&b, "bytes", [2]int64{25_000_000, 100_000_000})
		assert.Contains(t, b.String(), "(25/100 MB")
	})
	t.Run("leaves an empty line, and draws no more", func(t *testing.T) {
		t.Parallel()
		for name, step := range map[string][2]int64{"a known total": {250, 1000}, "no total": {250, 0}} {
			synctest.Test(t, func(t *testing.T) {
				var b bytes.Buffer
				bar := draw(&b, "events", step)
				bar.end()
				assert.True(t, strings.HasSuffix(b.String(), "\r"), name)
				ended := b.Len()
				<-time.After(10 * time.Second)
				assert.Equal(t, ended, b.Len(), name)
			})
		}
	})
	t.Run("is nothing where it was never shown", func(t *testing.T) {
		t.Parallel()
		var b bytes.Buffer
		newBar(&b, "verifying", "events", 10).end()
		assert.Empty(t, b.String())
	})
}
