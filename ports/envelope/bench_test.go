package envelope_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// Each benchmark has its reference beside it: the same work by encoding/json.

func BenchmarkAppendStored(b *testing.B) {
	c := ours()
	buf, err := envelope.AppendStored(nil, &c)
	require.NoError(b, err)
	b.Run("evercart", func(b *testing.B) {
		measure(b, len(buf))
		for b.Loop() {
			if buf, err = envelope.AppendStored(buf[:0], &c); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("reference", func(b *testing.B) {
		measure(b, len(buf))
		for b.Loop() {
			events := make([]storedEvent, len(c.Events))
			for i := range c.Events {
				events[i] = referenceOf(&c.Events[i])
			}
			if _, err := json.Marshal(events); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkParseStored(b *testing.B) {
	c := ours()
	buf, err := envelope.AppendStored(nil, &c)
	require.NoError(b, err)
	stored, item := string(buf), bare(c)
	b.Run("evercart", func(b *testing.B) {
		measure(b, len(stored))
		slab := make([]ports.Event, 0, len(c.Events))
		for b.Loop() {
			if _, err := envelope.ParseStored(slab, stored, &item); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("reference", func(b *testing.B) {
		measure(b, len(stored))
		for b.Loop() {
			var events []storedEvent
			if err := json.Unmarshal(buf, &events); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkAppendWire(b *testing.B) {
	c := ours()
	p := c.Published(source)[0]
	buf, err := envelope.AppendWire(nil, &p)
	require.NoError(b, err)
	var e wireEvent
	require.NoError(b, json.Unmarshal(buf, &e))
	b.Run("evercart", func(b *testing.B) {
		measure(b, len(buf))
		for b.Loop() {
			if buf, err = envelope.AppendWire(buf[:0], &p); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("reference", func(b *testing.B) {
		measure(b, len(buf))
		for b.Loop() {
			if _, err := json.Marshal(&e); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkParseWire(b *testing.B) {
	c := ours()
	p := c.Published(source)[0]
	buf, err := envelope.AppendWire(nil, &p)
	require.NoError(b, err)
	line := string(buf)
	b.Run("evercart", func(b *testing.B) {
		measure(b, len(line))
		for b.Loop() {
			if _, err := envelope.ParseWire(line); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("reference", func(b *testing.B) {
		measure(b, len(line))
		for b.Loop() {
			var e wireEvent
			if err := json.Unmarshal(buf, &e); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkSkip(b *testing.B) {
	text := `{"lines":[` + strings.Repeat(`{"item":"tea with milk and sugar","quantity":2,"unit_price":{"amount":499,"currency":"EUR"}},`, 99) + `{}]}`
	b.Run("evercart", func(b *testing.B) {
		measure(b, len(text))
		for b.Loop() {
			if err := envelope.ValidData(text); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("reference", func(b *testing.B) {
		measure(b, len(text))
		for b.Loop() {
			if !json.Valid([]byte(text)) {
				b.Fatal("not valid")
			}
		}
	})
}

func measure(b *testing.B, size int) {
	b.Helper()
	b.SetBytes(int64(size))
	b.ReportAllocs()
}
