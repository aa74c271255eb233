package envelope_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

func TestStoredFormIsTheIdentity(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := commits().Draw(t, "commit")
		stored, err := envelope.AppendStored([]byte("before"), &c)
		require.NoError(t, err)
		item := bare(c)
		kept := []ports.Event{{ID: "before"}}
		events, err := envelope.ParseStored(kept, string(stored[len("before"):]), &item)
		require.NoError(t, err)
		assert.Equal(t, kept[0], events[0])
		assert.Equal(t, c.Events, events[1:])
	})
}

func TestStoreToArchiveToStoreIsTheIdentity(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := commits().Draw(t, "commit")
		from := words(1).Draw(t, "source")
		published := c.Published(from)
		var archived []ports.Published
		for i := range published {
			line, err := envelope.AppendWire(nil, &published[i])
			require.NoError(t, err)
			assert.NotContains(t, string(line), "\n")
			p, err := envelope.ParseWire(string(line))
			require.NoError(t, err)
			assert.Equal(t, published[i], p)
			archived = append(archived, p)
		}
		again := rapid.SliceOf(rapid.SampledFrom(archived)).Draw(t, "again")
		shuffled := rapid.Permutation(append(archived, again...)).Draw(t, "order")
		got, err := envelope.Commit(shuffled)
		require.NoError(t, err)
		assert.Equal(t, c, got)
	})
}

// commits generates valid commits without snapshots, in both item forms.
func commits() *rapid.Generator[ports.Commit] {
	return rapid.Custom(func(t *rapid.T) ports.Commit {
		c := ports.Commit{Stream: ports.StreamID{
			Category: rapid.StringMatching(`[a-z][a-z0-9-]{0,31}`).Draw(t, "category"),
			ID:       rapid.StringMatching(`[A-Za-z0-9._:-]{1,128}`).Draw(t, "id"),
		}}
		size := 1
		c.First = ports.Version(rapid.Int64Range(1, math.MaxInt64-5).Draw(t, "first"))
		if rapid.Bool().Draw(t, "ours") {
			size = rapid.IntRange(1, 5).Draw(t, "size")
			c.CommandID = words(0).Draw(t, "command")
			copy(c.Fingerprint[:], rapid.SliceOfN(rapid.Byte(), 8, 8).Draw(t, "fingerprint"))
			copy(c.Hash[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "hash"))
			c.Hash[0] |= 1
		}
		c.Last = c.First + ports.Version(size) - 1
		for v := c.First; v <= c.Last; v++ {
			e := ports.Event{Stream: c.Stream, Version: v}
			drawEvent(t, &e, c.Older())
			e.CommandID = c.CommandID
			c.Events = append(c.Events, e)
		}
		return c
	})
}

func drawEvent(t *rapid.T, e *ports.Event, older bool) {
	e.ID = "e" + words(0).Draw(t, "event") // the CloudEvents SDK takes no blank ID
	e.Type = rapid.StringMatching(`[A-Z][A-Za-z0-9]{0,63}`).Draw(t, "type")
	e.Schema = rapid.IntRange(1, math.MaxInt32).Draw(t, "schema")
	e.Data = payloads().Draw(t, "data")
	if older {
		return
	}
	e.Time = instants().Draw(t, "time")
	e.Metadata = ports.Metadata{
		CorrelationID: words(0).Draw(t, "correlation"), CausationID: words(0).Draw(t, "causation"),
		Traceparent: words(0).Draw(t, "trace"), Actor: words(0).Draw(t, "actor"),
	}
}

// words generates any valid UTF-8 of at least that many characters.
func words(least int) *rapid.Generator[string] { return rapid.StringN(least, 40, -1) }

// instants generates the times that the forms can hold, UTC.
func instants() *rapid.Generator[time.Time] {
	last := time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC).UnixMicro()
	first := time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	return rapid.Map(rapid.Int64Range(first, last), func(micros int64) time.Time { return time.UnixMicro(micros).UTC() })
}

// payloads generates compact JSON objects with strings of every kind.
func payloads() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		b := []byte{'{'}
		for i, key := range rapid.SliceOfN(words(0), 0, 4).Draw(t, "keys") {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(envelope.AppendString(b, key), ':')
			switch rapid.IntRange(0, 3).Draw(t, "kind") {
			case 0:
				b = envelope.AppendString(b, words(0).Draw(t, "value"))
			case 1:
				b = append(b, deepData(rapid.IntRange(1, envelope.MaxDataDepth-1).Draw(t, "depth"))...)
			default:
				b = append(b, rapid.SampledFrom([]string{"0", "-1.50e+07", "true", "null", "[]", `[1,"\u00e9\/"]`, "12345678901234567890"}).Draw(t, "literal")...)
			}
		}
		return string(append(b, '}'))
	})
}
