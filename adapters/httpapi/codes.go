package httpapi

import "net/http"

// The codes that are the edge's own; all others are refusals of the core.
const (
	codeMalformed     = "malformed_request"
	codeNoCredentials = "unauthenticated"
	codeForbidden     = "forbidden"
	codeNoReplay      = "replay_not_found"
	codeReplayState   = "replay_not_running"
	codeNoView        = "view_not_found"
	codeNotReady      = "generation_not_ready"
	codeNoRoute       = "route_not_found"
	codeMethod        = "method_not_allowed"
	codeTooLarge      = "body_too_large"
	codeMediaType     = "unsupported_media_type"
	codeTryAgain      = "try_again"
	codeInternal      = "internal_error"
)

// statusOf is the one table of codes: the HTTP status of each. A test holds it
// against the refusals of the core, and another against openapi.yaml.
var statusOf = map[string]int{
	codeMalformed:     http.StatusBadRequest,
	codeNoCredentials: http.StatusUnauthorized,
	codeForbidden:     http.StatusForbidden,
	codeNoReplay:      http.StatusNotFound,
	codeReplayState:   http.StatusConflict,
	codeNoView:        http.StatusNotFound,
	codeNotReady:      http.StatusConflict,
	codeNoRoute:       http.StatusNotFound,
	codeMethod:        http.StatusMethodNotAllowed,
	codeTooLarge:      http.StatusRequestEntityTooLarge,
	codeMediaType:     http.StatusUnsupportedMediaType,
	codeTryAgain:      http.StatusServiceUnavailable,
	codeInternal:      http.StatusInternalServerError,

	"cart_not_found":         http.StatusNotFound,
	"item_not_in_cart":       http.StatusNotFound,
	"cart_already_open":      http.StatusConflict,
	"cart_closed":            http.StatusConflict,
	"cart_full":              http.StatusConflict,
	"item_already_added":     http.StatusConflict,
	"reminder_not_due":       http.StatusConflict,
	"version_mismatch":       http.StatusPreconditionFailed,
	"item_invalid":           http.StatusUnprocessableEntity,
	"quantity_invalid":       http.StatusUnprocessableEntity,
	"price_invalid":          http.StatusUnprocessableEntity,
	"owner_invalid":          http.StatusUnprocessableEntity,
	"currency_mismatch":      http.StatusUnprocessableEntity,
	"idempotency_key_reused": http.StatusUnprocessableEntity,
}

// statusOfCode returns the status of a code; 409 for a refusal that the table does
// not know.
func statusOfCode(code string) int {
	if status, ok := statusOf[code]; ok {
		return status
	}
	return http.StatusConflict
}
