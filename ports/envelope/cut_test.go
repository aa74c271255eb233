package envelope_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

func TestEveryCutIsCorrupt(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"ours", "older"} {
		stored := golden(t, name+".stored.json")
		item := bare(map[string]ports.Commit{"ours": ours(), "older": older()}[name])
		for i := range stored {
			events, err := envelope.ParseStored(nil, stored[:i], &item)
			var corrupt *ports.CorruptError
			require.ErrorAs(t, err, &corrupt, stored[:i])
			require.Empty(t, events)
		}
		for line := range strings.Lines(golden(t, name+".wire.ndjson")) {
			line = strings.TrimSuffix(line, "\n")
			for i := range line {
				_, err := envelope.ParseWire(line[:i])
				var corrupt *ports.CorruptError
				require.ErrorAs(t, err, &corrupt, line[:i])
			}
		}
	}
}

func TestTwoLinesInOneAreCorrupt(t *testing.T) {
	t.Parallel()
	for _, between := range []string{"", " ", "\n", ","} {
		_, err := envelope.ParseWire(line + between + line)
		var corrupt *ports.CorruptError
		assert.ErrorAs(t, err, &corrupt, "between them: %q", between)
	}
}

// A byte that changed on a disk or a wire is refused, or is read as what it now
// says: never as another text than the rewritten one.
func TestEveryFlippedByteIsRefusedOrKept(t *testing.T) {
	t.Parallel()
	first, _, _ := strings.Cut(golden(t, "ours.wire.ndjson"), "\n")
	refused := 0
	for i := range first {
		for bit := range 8 {
			flipped := []byte(first)
			flipped[i] ^= 1 << bit
			p, err := envelope.ParseWire(string(flipped))
			if err != nil {
				refused++
				continue
			}
			again, err := envelope.AppendWire(nil, &p)
			require.NoError(t, err)
			reread, err := envelope.ParseWire(string(again))
			require.NoError(t, err)
			require.Equal(t, p, reread, "byte %d, bit %d", i, bit)
		}
	}
	assert.Greater(t, refused, len(first), "structure, numbers and names are not to be changed")
}

// skipPlain looks at eight bytes at a time: any byte must be seen at any place.
func TestAStringsEndIsFoundAtEveryPlace(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for size := range 40 {
		text := make([]byte, size)
		for i := range text {
			text[i] = " !#$A[]^z~\x7f"[r.IntN(11)]
		}
		s := envelope.Scan(`"` + string(text) + `"`)
		require.Equal(t, string(text), s.String())
		require.NoError(t, s.End())
		for place := range size {
			for b := range 256 {
				changed := append([]byte(nil), text...)
				changed[place] = byte(b)
				plain := b >= ' ' && b < 0x80 && b != '"' && b != '\\'
				s := envelope.Scan(fmt.Sprintf(`"%s"`, changed))
				got := s.String()
				require.Equal(t, plain, s.End() == nil && got == string(changed), "byte %#x at %d of %d", b, place, size)
			}
		}
	}
}
