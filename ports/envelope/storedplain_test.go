package envelope

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
)

const plainEnvelope = `{"id":"e1","type":"ItemAdded","schema":2,"time":"2026-03-02T09:30:20.000000Z",` +
	`"correlationid":"c","causationid":"d","traceparent":"00-4b","actor":"a|b","data":{"item":"t\u00e9","n":[1,{}]}}`

func TestThePlainReaderTakesWhatIsWritten(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		plainEnvelope,
		`{"id":"e1","type":"CartOpened","schema":1,"data":{}}`,
		`{"id":"e1","type":"CartOpened","schema":999999999,"actor":"a","data":{}}`,
	} {
		s := Scan(text)
		var e ports.Event
		require.True(t, readPlainStored(&s, &e), text)
		assert.NoError(t, s.End())
	}
}

// FuzzPlainStored checks that the plain reader takes nothing that the other one
// does not read the same, and moves nothing where it does not.
func FuzzPlainStored(f *testing.F) {
	f.Add(plainEnvelope)
	f.Add(`{"id":"e1","type":"A","schema":01,"data":{}}`)
	f.Add(`{"id":"","type":"A","schema":1,"data":{}}`)
	f.Add(`{"id":"e","type":"A","schema":1,"time":"2026-02-30T09:30:20.000000Z","data":{}}`)
	f.Add(`{"id":"e","type":"A","schema":1,"data":{ }}`)
	for cut := range plainEnvelope {
		f.Add(plainEnvelope[:cut])
	}
	f.Fuzz(func(t *testing.T, text string) {
		plainly, fully := Scan(text), Scan(text)
		var a, b ports.Event
		if !readPlainStored(&plainly, &a) {
			assert.Equal(t, Scan(text), plainly, "nothing is read")
			assert.Zero(t, a)
			return
		}
		readStored(&fully, &b)
		require.NoError(t, fully.Err())
		assert.Equal(t, fully.pos, plainly.pos)
		assert.Equal(t, fully.turn, plainly.turn)
		assert.Equal(t, b, a)
	})
}
