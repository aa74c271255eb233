package envelope

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestThePlainSkipTakesUsualData(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{}`, `{"owner":"i|s"}`, `{"item":"tea","quantity":12,"unit_price":{"amount":499,"currency":"EUR"}}`, `{"a":{"b":{}},"c":{}}`,
	} {
		assert.Equal(t, len(text), skipPlainObject(text, 0, MaxDataDepth), text)
		assert.Equal(t, 3+len(text), skipPlainObject("[7,"+text+"]", 3, MaxDataDepth), text)
	}
}

// FuzzPlainData checks that the plain skip takes nothing that skip does not end at
// the same place, within the same depth.
func FuzzPlainData(f *testing.F) {
	const whole = `{"item":"tea","quantity":12,"unit_price":{"amount":499,"currency":"EUR"}}`
	for cut := range whole {
		f.Add(whole[:cut], 32)
		f.Add(whole[:cut]+" "+whole[cut:], 32)
		f.Add(whole[:cut]+"\\"+whole[cut:], 32)
	}
	for _, text := range []string{
		whole, `{"a":0}`, `{"a":01}`, `{"a":1.5}`, `{"a":1e5}`, `{"a":-1}`, `{"a":1,}`, `{"a":1 }`, "{\"a\":\"\xff\"}", "{\"a\":\"\n\"}", `{"a":"é"}`, `{"a":[1]}`,
	} {
		f.Add(text, 32)
	}
	f.Add(`{"a":{"b":{}}}`, 2)
	f.Add(`{"a":{"b":{}}}`, 3)
	f.Add(`{}`, 0)
	f.Fuzz(func(t *testing.T, text string, room int) {
		if room < 0 || room > MaxDataDepth || text == "" || text[0] != '{' {
			return
		}
		end := skipPlainObject(text, 0, room)
		if end < 0 {
			return
		}
		s := Scanner{text: text, compact: true}
		s.skip(room)
		require.NoError(t, s.err)
		assert.Equal(t, s.pos, end)
	})
}
