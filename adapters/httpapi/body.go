package httpapi

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/evercart/evercart/ports/envelope"
)

// maxBody is the most bytes that a body may have.
const maxBody = 64 << 10

// bodyRule says what a route takes as a body.
type bodyRule uint8

const (
	bodyNone     bodyRule = iota // none; an empty object is as good
	bodyOptional                 // JSON, or none
	bodyRequired                 // JSON
)

// readBody returns the body as it came, of the right type and length. It never
// reads more than maxBody and one byte.
func readBody(w http.ResponseWriter, r *http.Request, rule bodyRule) (string, error) {
	tooLarge := &problem{code: codeTooLarge, detail: "the body has more than 65536 bytes"}
	if r.ContentLength > maxBody {
		return "", tooLarge
	}
	var text []byte
	if r.Body != nil && r.Body != http.NoBody {
		var err error
		text, err = io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		var over *http.MaxBytesError
		switch {
		case errors.As(err, &over):
			return "", tooLarge
		case err != nil:
			return "", malformed("the body is cut short")
		}
	}
	switch {
	case len(text) == 0 && rule == bodyRequired:
		return "", malformed("the body is missing")
	case len(text) == 0:
		return "", nil
	case rule == bodyNone:
		return "", emptyObject(string(text))
	}
	return string(text), checkMediaType(r.Header)
}

// emptyObject returns an error unless text is nothing or {}.
func emptyObject(text string) error {
	if text == "" {
		return nil
	}
	s := envelope.Scan(text)
	s.Object()
	if key, ok := s.Field(); ok {
		return unknownField(key)
	}
	return bodyFault(s.End())
}

// checkMediaType returns an error unless the body is plain JSON in UTF-8.
func checkMediaType(h http.Header) error {
	wrong := func(detail string) error { return &problem{code: codeMediaType, detail: detail} }
	given := h["Content-Type"]
	if len(given) != 1 {
		return wrong("want one Content-Type: application/json")
	}
	mediaType, params, err := mime.ParseMediaType(given[0])
	if err != nil || mediaType != "application/json" {
		return wrong("want Content-Type: application/json")
	}
	if charset, ok := params["charset"]; ok && !strings.EqualFold(charset, "utf-8") {
		return wrong("want JSON in UTF-8")
	}
	for _, coding := range h["Content-Encoding"] {
		if !strings.EqualFold(coding, "identity") {
			return wrong("want a body without Content-Encoding")
		}
	}
	return nil
}

// memberFault tells a scanner's error within one member of the body as a problem.
func memberFault(member string, err error) error {
	var own *problem
	if errors.As(err, &own) {
		return err
	}
	return malformed("member " + member + " of the body is wrong: " + err.Error())
}

// bodyFault tells a scanner's error as a problem; nil for none.
func bodyFault(err error) error {
	var own *problem
	if err == nil || errors.As(err, &own) {
		return err
	}
	return malformed("the body is wrong: " + err.Error())
}
