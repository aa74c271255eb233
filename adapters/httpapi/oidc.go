package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
)

// The bounds of what an issuer is asked.
const (
	issuerTimeout = 10 * time.Second // of one fetch of its keys
	maxKeySet     = 1 << 20          // bytes
)

// signingAlgs are the signatures that are trusted: asymmetric ones. With any other
// (none, HMAC) a token can be made by whoever knows the public keys.
func signingAlgs() []string {
	return []string{
		oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512,
		oidc.PS256, oidc.PS384, oidc.PS512, oidc.EdDSA,
	}
}

// OIDC verifies the JWTs of one OpenID Connect issuer. It is safe for concurrent
// use.
type OIDC struct {
	issuer string
	config *oidc.Config
	algs   []jose.SignatureAlgorithm
	keys   *keySet
}

var _ TokenVerifier = (*OIDC)(nil)

// NewOIDC returns the verifier of tokens that issuer made for audience. It asks
// the issuer for its keys when the first token comes, so it need not be up before;
// client (nil: one of its own) does the asking, and ctx ends it: when ctx is done,
// no more keys are fetched.
func NewOIDC(ctx context.Context, issuer, audience string, client *http.Client) *OIDC {
	if client == nil {
		client = &http.Client{Timeout: issuerTimeout}
	}
	v := &OIDC{
		issuer: issuer,
		config: &oidc.Config{ClientID: audience, SupportedSigningAlgs: signingAlgs()},
		keys:   newKeySet(func() ([]jose.JSONWebKey, error) { return fetchKeys(ctx, issuer, client) }),
	}
	for _, name := range signingAlgs() {
		v.algs = append(v.algs, jose.SignatureAlgorithm(name))
	}
	return v
}

// Verify returns "issuer|subject" of a token whose signature, issuer, audience and
// time are right. Keys that cannot be fetched are an error that matches
// ports.ErrUnavailable.
func (v *OIDC) Verify(ctx context.Context, token string) (string, error) {
	signed, err := jose.ParseSignedCompact(token, v.algs)
	if err != nil {
		return "", fmt.Errorf("token: %w", err)
	}
	keys, err := v.keys.forToken(ctx, signed.Signatures[0].Header.KeyID)
	if err != nil {
		return "", fmt.Errorf("token of %s: %w", v.issuer, err)
	}
	verified, err := oidc.NewVerifier(v.issuer, signature{signed, keys}, v.config).Verify(ctx, token)
	switch {
	case err != nil:
		return "", fmt.Errorf("token of %s: %w", v.issuer, err)
	case verified.Subject == "":
		return "", fmt.Errorf("token of %s: no subject", v.issuer)
	}
	return v.issuer + "|" + verified.Subject, nil
}

// signature is a parsed token and the keys that may have signed it.
type signature struct {
	signed *jose.JSONWebSignature
	keys   []jose.JSONWebKey
}

var errSignature = errors.New("no key of the issuer made the signature")

// VerifySignature implements oidc.KeySet for that one token.
func (s signature) VerifySignature(context.Context, string) ([]byte, error) {
	alg := s.signed.Signatures[0].Header.Algorithm
	for i := range s.keys {
		if only := s.keys[i].Algorithm; only != "" && only != alg {
			continue
		}
		if payload, err := s.signed.Verify(s.keys[i]); err == nil {
			return payload, nil
		}
	}
	return nil, errSignature
}
