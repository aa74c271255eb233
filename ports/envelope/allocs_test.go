package envelope_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/evercart/evercart/ports/envelope"
)

// Allocations are counted over the whole process, so these tests are not parallel.

func TestScannerSharesTheTextsMemory(t *testing.T) {
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
