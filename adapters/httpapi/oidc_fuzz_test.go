package httpapi

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// FuzzKeySet reads arbitrary key sets: every key that is taken is public and for
// signatures.
func FuzzKeySet(f *testing.F) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(f, err)
	for _, key := range []jose.JSONWebKey{
		{Key: private.Public(), KeyID: "public", Algorithm: "ES256", Use: "sig"},
		{Key: private, KeyID: "private"},
		{Key: []byte("secret"), KeyID: "symmetric"},
		{Key: private.Public(), Use: "enc"},
	} {
		text, err := json.Marshal(map[string]any{"keys": []any{key, 1}})
		require.NoError(f, err)
		f.Add(text)
	}
	f.Add([]byte(`{"keys":null}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		keys, err := parseKeys(text)
		if err != nil {
			require.Nil(t, keys)
			return
		}
		require.NotEmpty(t, keys)
		for _, key := range keys {
			assert.True(t, key.IsPublic())
			assert.NotEqual(t, "enc", key.Use)
		}
	})
}

// FuzzToken sends arbitrary tokens: none is taken, since the only key that would
// make one good signs nothing here.
func FuzzToken(f *testing.F) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(f, err)
	v := NewOIDC(f.Context(), "https://id.example", "evercart", nil)
	v.keys = newKeySet(func() ([]jose.JSONWebKey, error) {
		return []jose.JSONWebKey{{Key: private.Public(), KeyID: "one", Algorithm: "ES256"}}, nil
	})
	for _, token := range []string{
		"", "a.b.c", "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUifQ.", "eyJhbGciOiJFUzI1NiIsImtpZCI6Im9uZSJ9.e30.AAAA",
		"eyJhbGciOiJIUzI1NiIsImtpZCI6Im9uZSJ9.e30.AAAA", "eyJhbGciOiJFUzI1NiJ9.e30.",
	} {
		f.Add(token)
	}
	f.Fuzz(func(t *testing.T, token string) {
		subject, err := v.Verify(t.Context(), token)
		require.Error(t, err)
		assert.Empty(t, subject)
	})
}

// FuzzOperatorsSite asks for the operator's routes under arbitrary names: without a
// token, nobody gets in but who calls this machine by its own name, from its own page.
func FuzzOperatorsSite(f *testing.F) {
	for _, host := range []string{"localhost:8080", "127.0.0.1", "[::1]:8080", "127.0.0.1.evil.example", "localhost.", "[::ffff:127.0.0.1]", "evil@localhost", "127.1", ""} {
		f.Add(host, "", "")
		f.Add(host, "http://"+host, "same-origin")
		f.Add(host, "http://evil.example", "cross-site")
	}
	f.Fuzz(func(t *testing.T, host, origin, site string) {
		r := &http.Request{Host: host, Header: http.Header{}}
		if origin != "" {
			r.Header["Origin"] = []string{origin}
		}
		if site != "" {
			r.Header["Sec-Fetch-Site"] = []string{site}
		}
		if (&Operator{}).checkSite(r, false) != nil {
			return
		}
		name := host
		if n, _, err := net.SplitHostPort(host); err == nil {
			name = n
		}
		ip := net.ParseIP(strings.Trim(name, "[]"))
		assert.True(t, strings.EqualFold(name, "localhost") || ip != nil && ip.IsLoopback() || strings.Contains(name, "%"), "%q gets in", host)
		assert.Contains(t, []string{"", "same-origin", "none"}, site)
		if origin != "" {
			assert.Contains(t, strings.ToLower(origin), strings.ToLower(host))
		}
	})
}
