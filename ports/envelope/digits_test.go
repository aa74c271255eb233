package envelope

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/evercart/evercart/ports"
)

func TestVersionsInTwentyDigits(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]ports.Version{
		"00000000000000000001": 1, "00000000000000000042": 42, "09223372036854775807": math.MaxInt64,
	} {
		got, ok := parseSequence(text)
		assert.True(t, ok, text)
		assert.Equal(t, want, got)
		assert.Equal(t, text, string(appendDigits(nil, int64(want), sequenceDigits)))
	}
	for _, text := range []string{
		"", "1", "00000000000000000000", "09223372036854775808", "99999999999999999999",
		"000000000000000000001", "-0000000000000000001", "+0000000000000000001", "0000000000000000000x", " 0000000000000000001",
	} {
		_, ok := parseSequence(text)
		assert.False(t, ok, text)
	}
}

func TestHexDigits(t *testing.T) {
	t.Parallel()
	want := [4]byte{0x00, 0x1f, 0xa0, 0xff}
	assert.Equal(t, "001fa0ff", string(appendHex(nil, want[:])))
	var got [4]byte
	assert.True(t, parseHex(got[:], "001fa0ff"))
	assert.Equal(t, want, got)
	for _, text := range []string{"", "001fa0f", "001fa0ff0", "001FA0FF", "001fa0fg", "001fa0f "} {
		assert.False(t, parseHex(got[:], text), text)
	}
}

func TestEachMemberHasANameOfItsOwn(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{"": true}
	for one := memberID; one <= memberCommitHash; one++ {
		name := one.name()
		assert.False(t, seen[name], name)
		seen[name] = true
		assert.Equal(t, one, memberOf(name))
	}
	assert.Len(t, seen, 21)
	assert.Zero(t, memberOf("ID"))
}

func TestValidTypeIsThatOfPorts(t *testing.T) {
	t.Parallel()
	id := ports.StreamID{Category: "cart", ID: "1"}
	long := "A123456789012345678901234567890123456789012345678901234567890123"
	for _, name := range []string{"A", "ItemAdded", "Item2", long, long + "4", "", "itemAdded", "2Item", "Item.Added", "Item-Added", "Itém", "Item[", "Item@", "Item`", "Item{", "Item/", "Item:"} {
		c := ports.Commit{Stream: id, First: 1, Last: 1, Events: []ports.Event{{ID: "1", Stream: id, Version: 1, Type: name, Schema: 1}}}
		assert.Equal(t, c.Validate() == nil, validType(name), name)
	}
}
