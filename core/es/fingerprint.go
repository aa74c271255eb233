package es

import (
	"crypto/sha256"

	"github.com/evercart/evercart/ports"
)

// Fingerprint returns the first 8 bytes of the SHA-256 over a command's canonical
// form. A retry has the same one; another command under the same ID has not.
func Fingerprint[S, C, E any](codec Codec[S, C, E], command C) ports.Fingerprint {
	const usual = 96 // bytes; a longer form grows
	sum := sha256.Sum256(codec.AppendCanonical(make([]byte, 0, usual), command))
	return ports.Fingerprint(sum[:8])
}

// AppendCanonicalField appends one field of a command's canonical form, with its
// length in front, so that no two commands have the same form.
func AppendCanonicalField(dst []byte, field string) []byte { return appendField(dst, field) }

// AppendCanonicalNumber appends a number as a field of a canonical form.
func AppendCanonicalNumber(dst []byte, n int64) []byte { return appendNumber(dst, n) }
