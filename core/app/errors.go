package app

import (
	"fmt"

	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

// The refusals that do not depend on the aggregate.
var (
	// ErrVersionMismatch says that the stream is at none of the versions of If-Match.
	ErrVersionMismatch = &es.Refusal{Code: "version_mismatch", Message: "the version is not the one that If-Match names"}
	// ErrKeyReused says that the command ID was used for another command before.
	ErrKeyReused = &es.Refusal{Code: "idempotency_key_reused", Message: "this idempotency key was used for another command"}
)

// CodeTryAgain is the stable code of a TryAgainError.
const CodeTryAgain = "try_again"

// TryAgainError says that a command or query was not carried out because the
// store did not answer in time or conflicts did not end. Whether a command was
// recorded is unknown; it is safe to send it again with the same command ID.
type TryAgainError struct {
	Stream ports.StreamID
	Err    error
}

func (e *TryAgainError) Error() string {
	return fmt.Sprintf("stream %s: try again: %v", e.Stream, e.Err)
}

func (e *TryAgainError) Unwrap() error { return e.Err }
