package envelope_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

func TestScannerSharesTheTextsMemory(t *testing.T) { //nolint:paralleltest // allocations are counted over the whole process
	text := `{"item":"tea with milk","quantity":2,"nested":{"more":["é",1.5,null]}}`
	allocs := testing.AllocsPerRun(100, func() {
		s := envelope.Scan(text)
		s.Object()
		for {
			key, ok := s.Field()
			if !ok {
				break
			}
			switch key {
			case "item":
				_ = s.String()
			case "quantity":
				_ = s.Int()
			default:
				s.Skip()
			}
		}
		if s.End() != nil {
			panic(s.Err())
		}
	})
	assert.Zero(t, allocs)
}

func TestStoredFormNeedsNoAllocation(t *testing.T) { //nolint:paralleltest // allocations are counted over the whole process
	c := older()
	d := ours()
	d.Events = d.Events[1:]
	d.First = d.Last
	for _, c := range []ports.Commit{c, d} {
		buf, err := envelope.AppendStored(nil, &c)
		require.NoError(t, err)
		assert.Zero(t, testing.AllocsPerRun(100, func() {
			if buf, err = envelope.AppendStored(buf[:0], &c); err != nil {
				panic(err)
			}
		}), "writing into a buffer with capacity")
		stored, item, slab := string(buf), bare(c), make([]ports.Event, 0, 1)
		assert.Zero(t, testing.AllocsPerRun(100, func() {
			if slab, err = envelope.ParseStored(slab[:0], stored, &item); err != nil {
				panic(err)
			}
		}), "reading into a slab with capacity")
		assert.Equal(t, c.Events, slab)
	}
}

func TestWireFormNeedsNoAllocation(t *testing.T) { //nolint:paralleltest // allocations are counted over the whole process
	c := ours()
	p := c.Published(source)[1]
	buf, err := envelope.AppendWire(nil, &p)
	require.NoError(t, err)
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		if buf, err = envelope.AppendWire(buf[:0], &p); err != nil {
			panic(err)
		}
	}), "writing into a buffer with capacity")
	line := string(buf)
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		if _, err = envelope.ParseWire(line); err != nil {
			panic(err)
		}
	}), "reading")
}
