package config

import "log/slog"

// Secret is a value that is never shown: not in logs, not in messages, not in JSON.
type Secret string

// hidden stands for every secret.
const hidden = "not shown"

// String hides the secret.
func (Secret) String() string { return hidden }

// GoString hides the secret from %#v.
func (Secret) GoString() string { return hidden }

// MarshalText hides the secret from encoders.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// LogValue hides the secret from log/slog.
func (Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// shown says in a message what may be said of the value.
func (s Secret) shown() string {
	if s == "" {
		return "is not set"
	}
	return "(" + hidden + ", it may be a secret) is wrong"
}

// Reveal returns the value, for the one that must know it.
func (s Secret) Reveal() string { return string(s) }
