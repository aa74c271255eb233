package envelope_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/evercart/evercart/ports/envelope"
)

func TestValidData(t *testing.T) {
	t.Parallel()
	for _, data := range []string{
		`{}`, `{"item":"tea with milk","n":[1,2,{"a":null}]}`, `{"item":"<&>\u2028é"}`, deepData(envelope.MaxDataDepth),
	} {
		assert.NoError(t, envelope.ValidData(data), data)
	}
	for data, want := range map[string]string{
		``:                                  "at byte 0: want an object, found the end",
		`null`:                              "at byte 0: want an object, found 'n'",
		`[]`:                                "at byte 0: want an object, found an array",
		`"{}"`:                              "at byte 0: want an object, found a string",
		` {}`:                               "at byte 0: want compact JSON, found white space",
		"{}\n":                              "at byte 2: want the end, found '\\n'",
		`{"a": 1}`:                          "at byte 5: want compact JSON, found white space",
		`{ "a":1}`:                          "at byte 1: want compact JSON, found white space",
		`{"a":[1, 2]}`:                      "at byte 8: want compact JSON, found white space",
		`{"a":1`:                            "at byte 6: want ',' or '}', found the end",
		`{}{}`:                              "at byte 2: want the end, found an object",
		"{\"a\":\"\xff\"}":                  "at byte 6: want valid UTF-8",
		`{"a":"\ud800"}`:                    "at byte 6: want an escape of JSON, and surrogates in pairs",
		deepData(envelope.MaxDataDepth + 1): "at byte 160: nested too deep",
	} {
		assert.EqualError(t, envelope.ValidData(data), want, data)
	}
}
