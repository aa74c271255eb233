package webhook

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// DefaultTimeout is as much time as Standard Webhooks recommends to leave a
// receiver.
const DefaultTimeout = 15 * time.Second

// Options say where notifications go.
type Options struct {
	URL string // of the receiver, http or https; the path, query and user may be secret

	// Secrets are the keys, each "whsec_" and the base64 of 24 to 64 random bytes; at
	// least one. Every notification is signed with each, so that a key can be changed
	// while receivers still check the one before.
	Secrets []string

	Timeout   time.Duration     // for one notification, connecting included; 0: DefaultTimeout
	Transport http.RoundTripper // nil: http.DefaultTransport
	Now       func() time.Time  // nil: time.Now
}

const (
	secretPrefix         = "whsec_"
	minSecret, maxSecret = 24, 64 // bytes
)

// parseURL returns the URL of the receiver. Its errors do not repeat what may be
// secret.
func parseURL(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return nil, errors.New("webhook: the URL cannot be read")
	case u.Scheme != "http" && u.Scheme != "https", u.Host == "":
		return nil, fmt.Errorf("webhook: the URL begins with %q, want http:// or https:// and a host", u.Scheme)
	}
	return u, nil
}

// parseSecrets returns what signs with each secret. Its errors do not repeat them.
func parseSecrets(secrets []string) ([]*standardwebhooks.Webhook, error) {
	if len(secrets) == 0 {
		return nil, errors.New("webhook: no secret")
	}
	keys := make([]*standardwebhooks.Webhook, len(secrets))
	for i, secret := range secrets {
		encoded, ok := strings.CutPrefix(secret, secretPrefix)
		raw, err := base64.StdEncoding.DecodeString(encoded)
		if !ok || err != nil || len(raw) < minSecret || len(raw) > maxSecret {
			return nil, fmt.Errorf("webhook: secret %d: want %q and the base64 of %d to %d bytes", i+1, secretPrefix, minSecret, maxSecret)
		}
		if keys[i], err = standardwebhooks.NewWebhookRaw(raw); err != nil {
			return nil, fmt.Errorf("webhook: secret %d: %w", i+1, err)
		}
	}
	return keys, nil
}
