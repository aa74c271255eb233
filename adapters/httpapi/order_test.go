package httpapi_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestOrderOfChecks sends requests with several faults at once: the one that is
// checked first is answered.
func TestOrderOfChecks(t *testing.T) {
	t.Parallel()
	const (
		badMatch = "If-Match: 7"
		otherTag = `If-Match: "7"`
		usedKey  = "Idempotency-Key: used"
	)
	type faults struct {
		what, path, body string // path: "mine", "hers", "none" or as it is
		headers          []string
		code             string
	}
	for _, f := range []faults{
		{"credentials before the path", "/carts/x/items", `{"item":"tea"}`, []string{bearer("nobody")}, "unauthenticated"},
		{"credentials before the key", "mine", `{"item":"tea"}`, []string{bearer("nobody"), "Idempotency-Key: a", "Idempotency-Key: b"}, "unauthenticated"},
		{"path before owner", "/carts/x/items", `{"item":"tea"}`, nil, "malformed_request"},
		{"key before owner", "hers", `{"item":"tea"}`, []string{"Idempotency-Key: \x7f"}, "malformed_request"},
		{"body before owner", "hers", `{"item":"tea"`, nil, "malformed_request"},
		{"media type before owner", "hers", `{"item":"tea"}`, []string{"Content-Type: text/plain"}, "unsupported_media_type"},
		{"If-Match's syntax before owner", "hers", `{"item":"tea"}`, []string{badMatch}, "malformed_request"},
		{"values before owner", "hers", `{"item":"tea","quantity":0}`, nil, "quantity_invalid"},
		{"values before existence", "none", `{"item":"tea","quantity":0}`, nil, "quantity_invalid"},
		{"owner before command ID", "hers", `{"item":"soap"}`, []string{usedKey}, "cart_not_found"},
		{"owner before If-Match", "hers", `{"item":"tea"}`, []string{otherTag}, "cart_not_found"},
		{"existence before If-Match", "none", `{"item":"tea"}`, []string{otherTag}, "cart_not_found"},
		{"owner before the domain", "hers", `{"item":"soap"}`, nil, "cart_not_found"},
		{"command ID before If-Match", "mine", `{"item":"tea"}`, []string{usedKey, otherTag}, "idempotency_key_reused"},
		{"command ID before the domain", "mine", `{"item":"tea","quantity":2}`, []string{usedKey}, "idempotency_key_reused"},
		{"If-Match before the domain", "mine", `{"item":"soap"}`, []string{otherTag}, "version_mismatch"},
		{"a replay before If-Match", "mine", `{"item":"soap"}`, []string{usedKey, otherTag}, ""},
		{"the domain last", "mine", `{"item":"soap"}`, nil, "item_already_added"},
	} {
		t.Run(f.what, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			mine, hers := w.opened(""), w.opened("ada")
			w.must(http.StatusCreated, "POST", mine+"/items", `{"item":"soap"}`, usedKey)
			w.must(http.StatusCreated, "POST", hers+"/items", `{"item":"soap"}`, usedKey, bearer("ada"))
			before := w.commits()
			target := map[string]string{"mine": mine + "/items", "hers": hers + "/items", "none": "/carts/" + unknownID + "/items"}[f.path]
			if target == "" {
				target = f.path
			}
			a := w.send("POST", target, f.body, f.headers...)
			assert.Equal(t, f.code, a.code(), a.body)
			assert.Equal(t, before, w.commits(), "nothing is recorded")
			if f.code == "" {
				assert.Equal(t, "true", a.header.Get("Idempotency-Replayed"), fmt.Sprint(a.status))
			}
		})
	}
}
