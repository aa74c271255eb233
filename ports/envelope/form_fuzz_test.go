package envelope_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// FuzzParseStored checks that whatever is read can be written, reads the same
// again, and is what encoding/json reads.
func FuzzParseStored(f *testing.F) {
	for _, name := range []string{"ours", "older"} {
		b, err := os.ReadFile(filepath.Join("testdata", "golden", name+".stored.json"))
		require.NoError(f, err)
		f.Add(string(b), int64(1))
		f.Add(string(b), int64(2))
	}
	f.Add(`[{"id":"1","type":"T","schema":1,"data":{},"time":null,"x":[1]}]`, int64(1))
	f.Fuzz(func(t *testing.T, stored string, events int64) {
		c := ours()
		c.Last = c.First + ports.Version(events%8) - 1
		item := bare(c)
		var err error
		c.Events, err = envelope.ParseStored(nil, stored, &item)
		if err != nil {
			var corrupt *ports.CorruptError
			require.ErrorAs(t, err, &corrupt)
			require.Nil(t, c.Events)
			return
		}
		want := decodeStored(t, stored)
		require.Len(t, want, len(c.Events))
		for i := range want {
			assert.Equal(t, want[i], withoutItem(c.Events[i]))
		}
		if c.Validate() != nil {
			return // an event's type that no store writes
		}
		again, err := envelope.AppendStored(nil, &c)
		require.NoError(t, err)
		reread, err := envelope.ParseStored(nil, string(again), &item)
		require.NoError(t, err)
		assert.Equal(t, c.Events, reread)
	})
}

// FuzzParseWire checks that whatever is read can be written, and reads the same
// again.
func FuzzParseWire(f *testing.F) {
	for _, name := range []string{"ours", "older"} {
		b, err := os.ReadFile(filepath.Join("testdata", "golden", name+".wire.ndjson"))
		require.NoError(f, err)
		for l := range strings.Lines(string(b)) {
			f.Add(l)
		}
	}
	f.Add(line)
	f.Fuzz(func(t *testing.T, line string) {
		p, err := envelope.ParseWire(line)
		if err != nil {
			require.Zero(t, p)
			return
		}
		again, err := envelope.AppendWire(nil, &p)
		require.NoError(t, err)
		reread, err := envelope.ParseWire(string(again))
		require.NoError(t, err)
		assert.Equal(t, p, reread)
		rewritten, err := envelope.AppendWire(nil, &reread)
		require.NoError(t, err)
		assert.Equal(t, string(again), string(rewritten))
	})
}

// withoutItem returns what the stored form itself says of e.
func withoutItem(e ports.Event) ports.Event {
	e.Stream, e.Version, e.CommandID = ports.StreamID{}, 0, ""
	return e
}
