package envelope_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports/envelope"
)

// FuzzScanner compares the scanner with encoding/json: what one accepts the
// other does too, with equal values, but for the strictness that Scanner
// documents.
func FuzzScanner(f *testing.F) {
	for _, seed := range texts {
		f.Add(seed.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := walkText(text)
		skipper := envelope.Scan(text)
		raw := skipper.Raw()
		skipErr := skipper.End()
		require.Equal(t, err == nil, skipErr == nil, "reading says %v, skipping %v", err, skipErr)
		if err != nil {
			assert.True(t, mayRefuse(text), "encoding/json reads it, the scanner says: %v", err)
			return
		}
		want, wantErr := decodeText(text)
		require.NoError(t, wantErr)
		assert.Equal(t, want, got)
		assert.Equal(t, strings.Trim(text, " \t\r\n"), raw)
		if envelope.ValidData(text) == nil {
			var compact bytes.Buffer
			require.NoError(t, json.Compact(&compact, []byte(text)))
			assert.Equal(t, compact.String(), text)
		}
	})
}

// FuzzAppendString checks that encoding/json and the scanner read back what was
// appended.
func FuzzAppendString(f *testing.F) {
	for _, seed := range []string{"", "tea", `"\`, "\x00\b\f\n\r\t\x1f\x7f", "é\u2028😀", "a\xffb", "\xed\xa0\x80", "<&>"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		want := string([]rune(text)) // U+FFFD for each byte that is not UTF-8
		got := envelope.AppendString(nil, text)
		s := envelope.Scan(string(got))
		assert.Equal(t, want, s.String())
		require.NoError(t, s.End())
		var std string
		require.NoError(t, json.Unmarshal(got, &std))
		assert.Equal(t, want, std)
	})
}

// walkText reads text with a Scanner into what decodeText returns.
func walkText(text string) (any, error) {
	s := envelope.Scan(text)
	v := walk(&s)
	return v, s.End()
}

func walk(s *envelope.Scanner) any {
	switch s.Kind() {
	case '{':
		m := map[string]any{}
		s.Object()
		for {
			key, ok := s.Field()
			if !ok {
				return m
			}
			m[key] = walk(s)
		}
	case '[':
		a := []any{}
		s.Array()
		for s.Element() {
			a = append(a, walk(s))
		}
		return a
	case '"':
		return s.String()
	case '0':
		return json.Number(s.Raw())
	default:
		switch s.Raw() {
		case "true":
			return true
		case "false":
			return false
		}
		return nil
	}
}

func decodeText(text string) (any, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	return v, nil
}

// mayRefuse reports whether the scanner may refuse text: encoding/json does, or
// it breaks a rule that Scanner adds.
func mayRefuse(text string) bool {
	return !json.Valid([]byte(text)) || !utf8.ValidString(text) || deep(text) || loneSurrogate(text)
}

func deep(text string) bool {
	depth, deepest, inString := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{', c == '[':
			depth++
			deepest = max(deepest, depth)
		case c == '}', c == ']':
			depth--
		}
	}
	return deepest > envelope.MaxDepth
}

var (
	surrogatePair = regexp.MustCompile(`\\u[dD][89abAB]..\\u[dD][c-fC-F]..`)
	surrogate     = regexp.MustCompile(`\\u[dD][89a-fA-F]`)
)

// loneSurrogate reports whether text, which is valid JSON, escapes half a
// surrogate pair. encoding/json makes that U+FFFD.
func loneSurrogate(text string) bool {
	text = strings.ReplaceAll(text, `\\`, "x")
	return surrogate.MatchString(surrogatePair.ReplaceAllString(text, "x"))
}
