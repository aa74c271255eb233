package httpapi

import (
	"net/http"
	"strconv"
)

// reply is a whole answer, made before its first byte is sent.
type reply struct {
	status    int
	mediaType string // of body
	body      []byte // nil: none
	// The headers that some answers have; empty: not sent.
	etag, location, token, challenge, allow, retryAfter string
	// replayed is true for the answer of a command that was recorded before.
	replayed bool
}

// jsonReply answers with JSON, and a line feed for those who read it on a
// terminal. It takes body over.
func jsonReply(status int, body []byte) reply {
	return reply{status: status, mediaType: "application/json", body: append(body, '\n')}
}

// send writes out. The answer to HEAD says how long the body is, without it.
func (out *reply) send(w http.ResponseWriter, method string) {
	h := w.Header()
	for _, field := range [...]struct{ name, value string }{
		{"Content-Type", out.mediaType},
		{"Etag", out.etag},
		{"Location", out.location},
		{tokenHeader, out.token},
		{"Www-Authenticate", out.challenge},
		{"Allow", out.allow},
		{"Retry-After", out.retryAfter},
	} {
		if field.value != "" {
			h.Set(field.name, field.value)
		}
	}
	if out.replayed {
		h.Set("Idempotency-Replayed", "true")
	}
	if out.status != http.StatusNotModified {
		h.Set("Content-Length", strconv.Itoa(len(out.body)))
	}
	w.WriteHeader(out.status)
	if method != http.MethodHead && len(out.body) > 0 {
		_, _ = w.Write(out.body) // the client is gone: nobody is left to tell
	}
}
