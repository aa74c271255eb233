package envelope_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports/envelope"
)

// texts are texts that the scanner reads, and others with the error that it
// owes. They seed the fuzzer too.
var texts = []struct{ text, err string }{
	{`{}`, ""},
	{` { "a" : [ 1 , -2.5e+10 , true , false , null ] , "b" : { } } `, ""},
	{`"é😀\u00e9\u00E9\ud83d\ude00\uD83D\uDE00\"\\\/\b\f\n\r\t"`, ""},
	{`[[],{},"",0,-0,10,0.1,1E5]`, ""},
	{`{"a\nb":{"a\nb":1},"a\nb":2}`, ""},
	{strings.Repeat("[", 64) + strings.Repeat("]", 64), ""},
	{strings.Repeat(`{"a":`, 63) + "[]" + strings.Repeat("}", 63), ""},

	{``, "at byte 0: want a value, found the end"},
	{` `, "at byte 1: want a value, found the end"},
	{`{`, "at byte 1: want a key, found the end"},
	{`[`, "at byte 1: want a value, found the end"},
	{`{"a":1,}`, "at byte 7: want a key, found '}'"},
	{`{"a" 1}`, "at byte 5: want ':', found a number"},
	{`{"a":}`, "at byte 5: want a value, found '}'"},
	{`{"a":1 "b":2}`, "at byte 7: want ',' or '}', found a string"},
	{`{a:1}`, "at byte 1: want a key, found 'a'"},
	{`{,}`, "at byte 1: want a key, found ','"},
	{`[1,]`, "at byte 3: want a value, found ']'"},
	{`[,1]`, "at byte 1: want a value, found ','"},
	{`[1 2]`, "at byte 3: want ',' or ']', found a number"},
	{`[1}`, "at byte 2: want ',' or ']', found '}'"},
	{`{} {}`, "at byte 3: want the end, found an object"},
	{`[] x`, "at byte 3: want the end, found 'x'"},
	{`[]]`, "at byte 2: want the end, found ']'"},
	{`tru`, "at byte 0: want true, found 't'"},
	{`nul1`, "at byte 0: want null, found 'n'"},
	{`[falsey]`, "at byte 6: want ',' or ']', found 'y'"},
	{`01`, "at byte 1: want the end, found a number"},
	{`-`, "at byte 1: want a digit, found the end"},
	{`-x`, "at byte 1: want a digit, found 'x'"},
	{`1.`, "at byte 2: want a digit, found the end"},
	{`1e+`, "at byte 3: want a digit, found the end"},
	{`+1`, "at byte 0: want a value, found '+'"},
	{`.5`, "at byte 0: want a value, found '.'"},
	{`"a`, "at byte 2: want the string's closing quote, found the end"},
	{`"\`, "at byte 1: want an escape of JSON, and surrogates in pairs"},
	{`"a\x"`, "at byte 2: want an escape of JSON, and surrogates in pairs"},
	{`"\u12g4"`, "at byte 1: want an escape of JSON, and surrogates in pairs"},
	{`"\u123"`, "at byte 1: want an escape of JSON, and surrogates in pairs"},
	{`"\ud800"`, "at byte 1: want an escape of JSON, and surrogates in pairs"},
	{`"\ud800\u0041"`, "at byte 1: want an escape of JSON, and surrogates in pairs"},
	{`"\udc00\ud800"`, "at byte 1: want an escape of JSON, and surrogates in pairs"},
	{"\"a\nb\"", "at byte 2: want control characters escaped"},
	{"\"a\x00\"", "at byte 2: want control characters escaped"},
	{"\"a\xff\"", "at byte 2: want valid UTF-8"},
	{"\"\xed\xa0\x80\"", "at byte 1: want valid UTF-8"},
	{"\"\xc0\x80\"", "at byte 1: want valid UTF-8"},
	{"\uFEFF{}", `at byte 0: want a value, found 'ï'`},
	{"\v1", `at byte 0: want a value, found '\v'`},
	{strings.Repeat("[", 65) + strings.Repeat("]", 65), "at byte 64: nested too deep"},
}

func TestScannerTexts(t *testing.T) {
	t.Parallel()
	for _, c := range texts {
		t.Run(c.text, func(t *testing.T) {
			t.Parallel()
			got, err := walkText(c.text)
			skipper := envelope.Scan(c.text)
			skipper.Skip()
			skipErr := skipper.End()
			if c.err != "" {
				assert.EqualError(t, err, c.err)
				assert.EqualError(t, skipErr, c.err)
				assert.True(t, mayRefuse(c.text), "encoding/json reads it")
				return
			}
			require.NoError(t, err)
			require.NoError(t, skipErr)
			want, err := decodeText(c.text)
			require.NoError(t, err)
			assert.Equal(t, want, got)
		})
	}
}

func TestScannerReadsFieldsInOrder(t *testing.T) {
	t.Parallel()
	s := envelope.Scan(` {"item":"tea","quantity":2,"more":[1,{"a":"]"}],"price":null} `)
	assert.Equal(t, byte('{'), s.Kind())
	s.Object()
	assert.Zero(t, s.Kind(), "a key is no value")

	field := func(want string) {
		t.Helper()
		key, ok := s.Field()
		require.True(t, ok)
		assert.Equal(t, want, key)
	}
	field("item")
	assert.Equal(t, "tea", s.String())
	field("quantity")
	assert.Equal(t, byte('0'), s.Kind())
	assert.Equal(t, int64(2), s.Int())
	field("more")
	assert.Equal(t, `[1,{"a":"]"}]`, s.Raw())
	field("price")
	assert.Equal(t, byte('n'), s.Kind())
	s.Skip()
	_, ok := s.Field()
	assert.False(t, ok)
	assert.Zero(t, s.Kind())
	require.NoError(t, s.End())
}

func TestScannerInt(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"0": 0, "-0": 0, "7": 7, "-7": -7, "1234567890123456789": 1234567890123456789,
		"9223372036854775807": 1<<63 - 1, "-9223372036854775808": -1 << 63,
	} {
		s := envelope.Scan(text)
		assert.Equal(t, want, s.Int(), text)
		require.NoError(t, s.End(), text)
	}
	for text, want := range map[string]string{
		"9223372036854775808": "at byte 0: want an integer of at most 64 bits",
		"1.0":                 "at byte 0: want an integer of at most 64 bits",
		"1e2":                 "at byte 0: want an integer of at most 64 bits",
		"-":                   "at byte 1: want a digit, found the end",
		`"1"`:                 "at byte 0: want an integer, found a string",
		"true":                "at byte 0: want an integer, found 't'",
	} {
		s := envelope.Scan(text)
		assert.Zero(t, s.Int(), text)
		assert.EqualError(t, s.End(), want)
	}
}

func TestScannerErrorsStick(t *testing.T) {
	t.Parallel()
	s := envelope.Scan(`[1,"a",{"b":2}]`)
	s.Array()
	require.True(t, s.Element())
	assert.Empty(t, s.String(), "a number is no string")
	first := s.Err()
	require.EqualError(t, first, "at byte 1: want a string, found a number")

	s.Object()
	s.Array()
	key, ok := s.Field()
	assert.Empty(t, key)
	assert.False(t, ok)
	assert.False(t, s.Element())
	assert.Empty(t, s.String())
	assert.Zero(t, s.Int())
	assert.Empty(t, s.Raw())
	assert.Zero(t, s.Kind())
	s.Skip()
	s.Fail(errors.New("later"))
	assert.Equal(t, first, s.Err())
	assert.Equal(t, first, s.End())
}

func TestScannerFailKeepsTheReadersError(t *testing.T) {
	t.Parallel()
	mine := errors.New("quantity is out of range")
	s := envelope.Scan(`1`)
	s.Fail(nil)
	require.NoError(t, s.Err())
	s.Fail(mine)
	assert.ErrorIs(t, s.End(), mine)
}

func TestScannerRefusesReadersOutOfTurn(t *testing.T) {
	t.Parallel()
	for name, read := range map[string]func(s *envelope.Scanner){
		"a member's value is not read":    func(s *envelope.Scanner) { s.Object(); s.Field(); s.Field() },
		"a value is read before its key":  func(s *envelope.Scanner) { s.Object(); s.Skip() },
		"two values are read for one key": func(s *envelope.Scanner) { s.Object(); s.Field(); s.Skip(); s.Int() },
		"an object is read as an array":   func(s *envelope.Scanner) { s.Object(); s.Element() },
		"an array is read as an object":   func(s *envelope.Scanner) { s.Object(); s.Field(); s.Array(); s.Field() },
		"no container is open":            func(s *envelope.Scanner) { s.Field() },
		"the object is not read to its end": func(s *envelope.Scanner) {
			s.Object()
			s.Field()
			s.Skip()
		},
		"nothing is read": func(*envelope.Scanner) {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := envelope.Scan(`{"a":[1],"b":2}`)
			read(&s)
			assert.ErrorContains(t, s.End(), "the reader")
		})
	}
}
