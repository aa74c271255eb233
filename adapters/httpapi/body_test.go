package httpapi_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// malformedItems are bodies that are no item to put into a cart, by what is wrong.
var malformedItems = map[string]string{
	"nothing":                   "",
	"white space":               " \n",
	"no object":                 `["tea"]`,
	"null":                      "null",
	"a string":                  `"tea"`,
	"no item":                   `{}`,
	"no item, but more":         `{"quantity":1}`,
	"an unknown member":         `{"item":"tea","colour":"green"}`,
	"an empty member":           `{"item":"tea","":1}`,
	"a member in capitals":      `{"Item":"tea"}`,
	"a member in other case":    `{"item":"tea","QUANTITY":2}`,
	"a member with a long s":    `{"item":"tea","unit_priçe":1}`,
	"a member twice":            `{"item":"tea","item":"tea"}`,
	"a member twice, escaped":   `{"item":"tea","\u0069tem":"soap"}`,
	"a price's member twice":    `{"item":"tea","unit_price":{"amount":1,"amount":1,"currency":"EUR"}}`,
	"a price's unknown member":  `{"item":"tea","unit_price":{"amount":1,"currency":"EUR","item":"x"}}`,
	"half a price":              `{"item":"tea","unit_price":{"amount":1}}`,
	"the other half of a price": `{"item":"tea","unit_price":{"currency":"EUR"}}`,
	"an empty price":            `{"item":"tea","unit_price":{}}`,
	"a number for a price":      `{"item":"tea","unit_price":499}`,
	"no price":                  `{"item":"tea","unit_price":null}`,
	"a number as item":          `{"item":7}`,
	"null as item":              `{"item":null}`,
	"a list of items":           `{"item":["tea"]}`,
	"a string as quantity":      `{"item":"tea","quantity":"2"}`,
	"null as quantity":          `{"item":"tea","quantity":null}`,
	"true as quantity":          `{"item":"tea","quantity":true}`,
	"a fraction":                `{"item":"tea","quantity":1.5}`,
	"a whole with a fraction":   `{"item":"tea","quantity":1.0}`,
	"an exponent":               `{"item":"tea","quantity":1e2}`,
	"a leading zero":            `{"item":"tea","quantity":01}`,
	"a plus":                    `{"item":"tea","quantity":+1}`,
	"a lone minus":              `{"item":"tea","quantity":-}`,
	"hexadecimal":               `{"item":"tea","quantity":0x1}`,
	"not a number":              `{"item":"tea","quantity":NaN}`,
	"a number as currency":      `{"item":"tea","unit_price":{"amount":1,"currency":978}}`,
	"a value after it":          `{"item":"tea"}{}`,
	"a word after it":           `{"item":"tea"} x`,
	"a NUL after it":            "{\"item\":\"tea\"}\x00",
	"a comma too many":          `{"item":"tea",}`,
	"no comma":                  `{"item":"tea" "quantity":1}`,
	"no colon":                  `{"item" "tea"}`,
	"single quotes":             `{'item':'tea'}`,
	"a comment":                 `{"item":"tea"/**/}`,
	"no end":                    `{"item":"tea"`,
	"no end of a string":        `{"item":"tea`,
	"a byte order mark":         "\ufeff" + `{"item":"tea"}`,
	"invalid UTF-8":             "{\"item\":\"te\xffa\"}",
	"overlong UTF-8":            "{\"item\":\"\xc0\xaf\"}",
	"a surrogate in UTF-8":      "{\"item\":\"\xed\xa0\x80\"}",
	"invalid UTF-8 in a key":    "{\"item\":\"tea\",\"\xff\":1}",
	"half a surrogate pair":     `{"item":"\ud83d"}`,
	"a raw control character":   "{\"item\":\"a\nb\"}",
	"an unknown escape":         `{"item":"\x41"}`,
	"deep nesting":              `{"item":` + strings.Repeat("[", 30000) + strings.Repeat("]", 30000) + `}`,
	"deep nesting, not ended":   strings.Repeat(`{"item":`, 8000),
	"nesting where none is":     `{"item":{"item":{"item":"tea"}}}`,
	"UTF-16":                    "{\x00\"\x00i\x00",
}

func TestBodies(t *testing.T) {
	t.Parallel()

	t.Run("what cannot be read is malformed, and records nothing", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		path := w.opened("")
		for what, body := range malformedItems {
			a := w.send("POST", path+"/items", body, "Content-Type: application/json")
			assert.Equal(t, "malformed_request", a.code(), "%s: %s", what, a.body)
			assert.Equal(t, http.StatusBadRequest, a.status, what)
		}
		assert.Equal(t, 1, w.commits())
	})
	t.Run("a member of another kind is named, and what to send", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		path := w.opened("")
		for body, detail := range map[string]string{
			`{"item":7}`:                                                   "member item of the body is wrong: at byte 8: want a string, found a number",
			`{"item":"tea","quantity":"2"}`:                                "member quantity of the body is wrong: at byte 25: want an integer, found a string",
			`{"item":"tea","quantity":1.5}`:                                "member quantity of the body is wrong: want a whole number, found 1.5",
			`{"item":"tea","quantity":1e2}`:                                "member quantity of the body is wrong: want a whole number, found 1e2",
			`{"item":"tea","unit_price":9}`:                                "member unit_price of the body is wrong: at byte 27: want an object, found a number",
			`{"item":"tea","unit_price":{"amount":4.99,"currency":"EUR"}}`: "member unit_price.amount of the body is wrong: want a whole number of minor units, such as 499 for 4.99, found 4.99",
			`{"item":"tea","unit_price":{"amount":499,"currency":978}}`:    "member unit_price.currency of the body is wrong: at byte 52: want a string, found a number",
			`{"item":"tea","unit_price":{"amount":499]`:                    "member unit_price of the body is wrong: at byte 40: want ',' or '}', found ']'",
			`{"item":"tea"]`:                                               "the body is wrong: at byte 13: want ',' or '}', found ']'",
		} {
			a := w.send("POST", path+"/items", body)
			w.refused("malformed_request", http.StatusBadRequest, a)
			assert.Contains(t, a.body, detail, body)
		}
	})
	t.Run("a new quantity must be said, and nothing else", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		path := w.opened("")
		for _, body := range []string{`{"item":"tea"}`, `{"quantity":1}`, `{"item":"tea","quantity":1,"unit_price":{"amount":1,"currency":"EUR"}}`, ""} {
			w.refused("malformed_request", http.StatusBadRequest, w.send("PATCH", path+"/items", body))
		}
	})
	t.Run("what is read but out of range says so", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		path := w.opened("")
		for body, code := range map[string]string{
			`{"item":"tea","quantity":-0}`:                       "quantity_invalid",
			`{"item":"tea","quantity":0}`:                        "quantity_invalid",
			`{"item":"tea","quantity":-1}`:                       "quantity_invalid",
			`{"item":"tea","quantity":1000}`:                     "quantity_invalid",
			`{"item":"tea","quantity":9223372036854775807}`:      "quantity_invalid",
			`{"item":"tea","quantity":99999999999999999999999}`:  "quantity_invalid",
			`{"item":"tea","quantity":-99999999999999999999999}`: "quantity_invalid",
			`{"item":""}`:         "item_invalid",
			`{"item":" \t "}`:     "item_invalid",
			`{"item":"a\u0000b"}`: "item_invalid",
			`{"item":"a\u0085b"}`: "item_invalid",
			`{"item":"a\u2028b"}`: "item_invalid",
			`{"item":"` + strings.Repeat("é", 201) + `"}`:                                   "item_invalid",
			`{"item":"tea","unit_price":{"amount":-1,"currency":"EUR"}}`:                    "price_invalid",
			`{"item":"tea","unit_price":{"amount":10000000001,"currency":"EUR"}}`:           "price_invalid",
			`{"item":"tea","unit_price":{"amount":99999999999999999999,"currency":"EUR"}}`:  "price_invalid",
			`{"item":"tea","unit_price":{"amount":-99999999999999999999,"currency":"EUR"}}`: "price_invalid",
			`{"item":"tea","unit_price":{"amount":0,"currency":""}}`:                        "price_invalid",
			`{"item":"tea","unit_price":{"amount":1,"currency":"eur"}}`:                     "price_invalid",
			`{"item":"tea","unit_price":{"amount":1,"currency":"XXX"}}`:                     "price_invalid",
			`{"item":"tea","unit_price":{"amount":1,"currency":"EURO"}}`:                    "price_invalid",
		} {
			a := w.send("POST", path+"/items", body)
			w.refused(code, http.StatusUnprocessableEntity, a)
			assert.NotContains(t, a.body, "922337203685477580", "a number that nobody sent")
		}
		assert.Equal(t, 1, w.commits())
	})
	t.Run("what is right is taken, however it is written", func(t *testing.T) {
		t.Parallel()
		for body, item := range map[string]string{
			"\r\n\t {\"item\" : \"tea\"} \n":              "tea",
			`{"\u0069\u0074em":"\u0074ea"}`:               "tea",
			`{"item":"\ud83c\udf75"}`:                     "🍵",
			`{"item":"../../etc/passwd?a=b&c=%2F#<x>"}`:   "../../etc/passwd?a=b&c=%2F#<x>",
			`{"item":"e\u0301"}`:                          "e\u0301",
			`{"quantity":999,"item":"\"\\\/ '"}`:          `"\/ '`,
			`{"item":"` + strings.Repeat("🍵", 200) + `"}`: strings.Repeat("🍵", 200),
			`{"item":"tea","unit_price":{"amount":10000000000,"currency":"JPY"},"quantity":1}`: "tea",
		} {
			w := newWorld(t)
			a := w.must(http.StatusCreated, "POST", w.opened("")+"/items", body)
			line, _ := a.member("lines").([]any)[0].(map[string]any)
			assert.Equal(t, item, line["item"])
		}
	})
	t.Run("where none is listed, nothing and {} are taken", func(t *testing.T) {
		t.Parallel()
		for _, r := range requests {
			if r.body != "" {
				continue
			}
			for _, body := range []string{`{`, `[]`, `null`, `{"item":"tea"}`, `{}{}`, "x", `{"a":`} {
				w := newWorld(t)
				w.refused("malformed_request", http.StatusBadRequest, w.send(r.method(), r.target("/carts/"+unknownID), body, bearer("ada")))
				assert.Zero(t, w.commits())
			}
			for _, body := range []string{"{}", " { } "} {
				w := newWorld(t)
				path := w.opened("ada")
				w.must(http.StatusCreated, "POST", path+"/items", `{"item":"tea"}`, bearer("ada"))
				a := w.send(r.method(), r.target(path), body, bearer("ada"))
				assert.Less(t, a.status, 300, "%s: %s", r.label, a.body)
			}
		}
	})
}

func TestMediaTypes(t *testing.T) {
	t.Parallel()

	t.Run("JSON in UTF-8 is taken", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		for _, mediaType := range []string{
			"application/json", "Application/JSON", "application/json; charset=utf-8", `application/json;charset="UTF-8"`, "application/json; q=1",
		} {
			r := newRequest(t.Context(), "POST", "/carts", "{}", "Content-Type: "+mediaType)
			out := httptest.NewRecorder()
			w.handler.ServeHTTP(out, r)
			assert.Equal(t, http.StatusCreated, out.Code, mediaType)
		}
	})
	t.Run("everything else is not", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		path := w.opened("")
		for _, headers := range [][]string{
			{"Content-Type: "},
			{"Content-Type: text/plain"},
			{"Content-Type: application/x-www-form-urlencoded"},
			{"Content-Type: application/json; charset=latin1"},
			{"Content-Type: application/problem+json"},
			{"Content-Type: application/json, text/plain"},
			{"Content-Type: application/json; charset"},
			{"Content-Type: json"},
			{"Content-Encoding: gzip"},
			{"Content-Type: application/json; a=1; a=2"},
		} {
			w.refused("unsupported_media_type", http.StatusUnsupportedMediaType, w.send("POST", path+"/items", `{"item":"tea"}`, headers...))
		}
		r := newRequest(t.Context(), "POST", path+"/items", `{"item":"tea"}`)
		r.Header.Add("Content-Type", "application/json")
		out := httptest.NewRecorder()
		w.handler.ServeHTTP(out, r)
		assert.Equal(t, http.StatusUnsupportedMediaType, out.Code, "two types are none")
	})
	t.Run("no body needs no type", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.must(http.StatusCreated, "POST", "/carts", "", "Content-Type: text/plain")
	})
}

func TestBodyLimit(t *testing.T) {
	t.Parallel()
	const limit = 64 << 10
	pad := func(body string, size int) string { return body + strings.Repeat(" ", size-len(body)) }

	t.Run("64 KiB are taken and not a byte more", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		path := w.opened("")
		w.must(http.StatusCreated, "POST", path+"/items", pad(`{"item":"tea"}`, limit))
		w.refused("body_too_large", http.StatusRequestEntityTooLarge, w.send("POST", path+"/items", pad(`{"item":"soap"}`, limit+1)))
		w.refused("body_too_large", http.StatusRequestEntityTooLarge, w.send("POST", path+"/close", pad(`{}`, limit+1)))
		assert.Equal(t, 2, w.commits())
	})
	t.Run("a body that says its length is not read at all", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		body := &countedReader{Reader: endless{}}
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/carts", body)
		r.ContentLength = limit + 1
		out := httptest.NewRecorder()
		w.handler.ServeHTTP(out, r)
		assert.Equal(t, http.StatusRequestEntityTooLarge, out.Code)
		assert.Zero(t, body.read)
	})
	t.Run("one that does not is read up to the limit", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		body := &countedReader{Reader: endless{}}
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/carts", body)
		r.ContentLength = -1
		out := httptest.NewRecorder()
		w.handler.ServeHTTP(out, r)
		assert.Equal(t, http.StatusRequestEntityTooLarge, out.Code)
		assert.LessOrEqual(t, body.read, limit+1)
	})
	t.Run("and then the connection is closed, so that the rest is never sent", func(t *testing.T) {
		t.Parallel()
		server := httptest.NewServer(newWorld(t).handler)
		defer server.Close()
		r, err := http.NewRequestWithContext(t.Context(), "POST", server.URL+"/carts", io.LimitReader(endless{}, limit+2))
		require.NoError(t, err)
		response, err := server.Client().Do(r)
		require.NoError(t, err)
		assert.Equal(t, http.StatusRequestEntityTooLarge, response.StatusCode)
		assert.True(t, response.Close)
		assert.NoError(t, response.Body.Close())
	})
	t.Run("a body cut short is malformed", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		body := io.MultiReader(strings.NewReader("{}"), cut{})
		out := httptest.NewRecorder()
		w.handler.ServeHTTP(out, httptest.NewRequestWithContext(t.Context(), "POST", "/carts", body))
		assert.Equal(t, http.StatusBadRequest, out.Code)
		assert.Zero(t, w.commits())
	})
	t.Run("a bomb does not go off", func(t *testing.T) {
		t.Parallel()
		var bomb bytes.Buffer
		z := gzip.NewWriter(&bomb)
		_, err := z.Write(bytes.Repeat([]byte(" "), 1<<20))
		require.NoError(t, err)
		require.NoError(t, z.Close())
		w := newWorld(t)
		w.refused("unsupported_media_type", http.StatusUnsupportedMediaType, w.send("POST", "/carts", bomb.String(), "Content-Encoding: gzip"))
	})
}

// endless never ends.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

type countedReader struct {
	io.Reader
	read int
}

func (r *countedReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.read += n
	return n, err
}

// cut breaks off at once.
type cut struct{}

func (cut) Read([]byte) (int, error) { return 0, errors.New("connection reset") }

// FuzzBodies sends any body to the routes that take one: it is answered as
// openapi.yaml says, never with a fault of the server's, and what is refused is not
// recorded.
func FuzzBodies(f *testing.F) {
	for _, body := range malformedItems {
		if len(body) < 1000 {
			f.Add("POST", body)
		}
	}
	f.Add("POST", `{"item":"tea","quantity":2,"unit_price":{"amount":499,"currency":"EUR"}}`)
	f.Add("PATCH", `{"item":"soap","quantity":2}`)
	f.Fuzz(func(t *testing.T, method, body string) {
		if method != "POST" && method != "PATCH" {
			method = "POST"
		}
		w := newWorld(t)
		path := w.opened("")
		w.must(http.StatusCreated, "POST", path+"/items", `{"item":"soap"}`)
		r := newRequest(t.Context(), method, path+"/items", body, "Content-Type: application/json")
		out := httptest.NewRecorder()
		w.handler.ServeHTTP(out, r)
		a := &answer{status: out.Code, header: out.Header(), body: out.Body.String()}
		if a.status >= 500 {
			t.Errorf("%s %q: %d %s", method, body, a.status, a.body)
		}
		if a.status >= 300 && w.commits() != 2 {
			t.Errorf("%s %q is refused and recorded", method, body)
		}
		if a.status < 300 && !strings.Contains(a.body, `"lines":[`) {
			t.Errorf("%s %q: %s", method, body, a.body)
		}
	})
}
