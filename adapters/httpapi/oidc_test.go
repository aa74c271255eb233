package httpapi_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/httpapi"
	"github.com/evercart/evercart/ports"
)

const audience = "evercart"

// issuer is an OpenID Connect issuer of its own.
type issuer struct {
	t      *testing.T
	server *httptest.Server
	down   atomic.Bool
	asked  atomic.Int64 // for its keys

	mu   sync.Mutex
	keys []jose.JSONWebKey // private; published are their public halves
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	i := &issuer{t: t}
	i.server = httptest.NewServer(i)
	t.Cleanup(i.server.Close)
	i.rotate("first")
	return i
}

// rotate replaces the keys by a new one of that ID.
func (i *issuer) rotate(kid string) {
	i.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(i.t, err)
	i.publish(jose.JSONWebKey{Key: key, KeyID: kid, Algorithm: "ES256", Use: "sig"})
}

func (i *issuer) publish(keys ...jose.JSONWebKey) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.keys = keys
}

func (i *issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if i.down.Load() {
		http.Error(w, "away", http.StatusBadGateway)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if strings.HasPrefix(r.URL.Path, "/.well-known/") {
		_ = json.NewEncoder(w).Encode(map[string]any{"issuer": i.server.URL, "jwks_uri": i.server.URL + "/keys"})
		return
	}
	i.asked.Add(1)
	i.mu.Lock()
	defer i.mu.Unlock()
	set := jose.JSONWebKeySet{}
	for _, k := range i.keys {
		set.Keys = append(set.Keys, k.Public())
	}
	_ = json.NewEncoder(w).Encode(set)
}

// claims returns claims that are right.
func (i *issuer) claims() map[string]any {
	return map[string]any{
		"iss": i.server.URL, "aud": audience, "sub": "ada",
		"exp": time.Now().Add(time.Hour).Unix(), "iat": time.Now().Unix(),
	}
}

// token signs the right claims, as changed, with the first key.
func (i *issuer) token(changes ...map[string]any) string {
	i.t.Helper()
	i.mu.Lock()
	key := i.keys[0]
	i.mu.Unlock()
	return i.signed(jose.SigningKey{Algorithm: jose.SignatureAlgorithm(key.Algorithm), Key: key}, changes...)
}

func (i *issuer) signed(key jose.SigningKey, changes ...map[string]any) string {
	i.t.Helper()
	claims := i.claims()
	for _, change := range changes {
		for name, value := range change {
			if claims[name] = value; value == nil {
				delete(claims, name)
			}
		}
	}
	signer, err := jose.NewSigner(key, (&jose.SignerOptions{}).WithType("JWT"))
	require.NoError(i.t, err)
	token, err := jwt.Signed(signer).Claims(claims).Serialize()
	require.NoError(i.t, err)
	return token
}

// trusting returns a world that trusts i.
func trusting(t *testing.T, i *issuer) *world {
	t.Helper()
	verifier := httpapi.NewOIDC(t.Context(), i.server.URL, audience, i.server.Client())
	return newWorld(t, func(c *httpapi.Config) { c.Tokens = verifier })
}

func TestGoodTokens(t *testing.T) {
	t.Parallel()

	t.Run("the subject of a good token owns what it opens", func(t *testing.T) {
		t.Parallel()
		i := newIssuer(t)
		w := trusting(t, i)
		a := w.must(http.StatusCreated, "POST", "/carts", "", bearer(i.token()))
		assert.Equal(t, i.server.URL+"|ada", a.member("owner"))
		w.must(http.StatusOK, "GET", a.header.Get("Location"), "", bearer(i.token()))
		w.must(http.StatusNotFound, "GET", a.header.Get("Location"), "", bearer(i.token(map[string]any{"sub": "bob"})))
		w.must(http.StatusNotFound, "GET", a.header.Get("Location"), "")
		assert.EqualValues(t, 1, i.asked.Load(), "keys are fetched once")
	})
	t.Run("one of several audiences is enough", func(t *testing.T) {
		t.Parallel()
		i := newIssuer(t)
		token := i.token(map[string]any{"aud": []string{"other", audience}})
		trusting(t, i).must(http.StatusOK, "GET", "/carts", "", bearer(token))
	})
	t.Run("RSA keys do as well, also without an ID and beside keys of unknown kinds", func(t *testing.T) {
		t.Parallel()
		i := newIssuer(t)
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		require.NoError(t, err)
		i.publish(jose.JSONWebKey{Key: key, Algorithm: "RS256"}, jose.JSONWebKey{Key: key, KeyID: "cipher", Use: "enc"})
		trusting(t, i).must(http.StatusOK, "GET", "/carts", "", bearer(i.token()))
	})
	t.Run("a key serves its own algorithm only", func(t *testing.T) {
		t.Parallel()
		i := newIssuer(t)
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		require.NoError(t, err)
		i.publish(jose.JSONWebKey{Key: key, KeyID: "rsa", Algorithm: "RS256"})
		other := i.signed(jose.SigningKey{Algorithm: jose.PS256, Key: jose.JSONWebKey{Key: key, KeyID: "rsa"}})
		trusting(t, i).must(http.StatusUnauthorized, "GET", "/carts", "", bearer(other))
	})
	t.Run("keys that come later are fetched when a token names one", func(t *testing.T) {
		t.Parallel()
		i := newIssuer(t)
		w := trusting(t, i)
		old := i.token()
		w.must(http.StatusOK, "GET", "/carts", "", bearer(old))
		i.rotate("second")
		fresh := i.token()
		require.Eventually(t, func() bool {
			return w.send("GET", "/carts", "", bearer(fresh)).status == http.StatusOK
		}, 10*time.Second, 50*time.Millisecond)
		w.refused("unauthenticated", http.StatusUnauthorized, eventually(w, old, http.StatusUnauthorized))
	})
}

// eventually asks for the carts with token until the answer has the status.
func eventually(w *world, token string, status int) (a *answer) {
	w.t.Helper()
	require.Eventually(w.t, func() bool {
		a = w.send("GET", "/carts", "", bearer(token))
		return a.status == status
	}, 10*time.Second, 50*time.Millisecond)
	return a
}

func TestBadTokens(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	key := i.keys[0].Key.(*ecdsa.PrivateKey)
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	require.NoError(t, err)
	stranger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	other := newIssuer(t)
	good := i.token()
	part := strings.Split(good, ".")
	encode := base64.RawURLEncoding.EncodeToString
	named := func(kid string, k any, alg jose.SignatureAlgorithm) jose.SigningKey {
		return jose.SigningKey{Algorithm: alg, Key: jose.JSONWebKey{Key: k, KeyID: kid}}
	}

	w := trusting(t, i)
	w.must(http.StatusOK, "GET", "/carts", "", bearer(good))
	for what, token := range map[string]string{
		"expired":                       i.token(map[string]any{"exp": time.Now().Add(-time.Second).Unix()}),
		"without expiry":                i.token(map[string]any{"exp": nil}),
		"not yet valid":                 i.token(map[string]any{"nbf": time.Now().Add(time.Hour).Unix()}),
		"of another issuer by its name": i.token(map[string]any{"iss": "https://elsewhere.example"}),
		"of another issuer":             other.token(),
		"for another audience":          i.token(map[string]any{"aud": "elsewhere"}),
		"without an audience":           i.token(map[string]any{"aud": nil}),
		"without a subject":             i.token(map[string]any{"sub": nil}),
		"with an endless subject":       i.token(map[string]any{"sub": strings.Repeat("a", 300)}),
		"with a subject of two lines":   i.token(map[string]any{"sub": "ada\nbob"}),
		"with a subject that is none":   i.token(map[string]any{"sub": 7}),
		"of algorithm none":             encode([]byte(`{"alg":"none","kid":"first"}`)) + "." + part[1] + ".",
		"of algorithm none, signed":     encode([]byte(`{"alg":"none","kid":"first"}`)) + "." + part[1] + "." + part[2],
		"of HS256 with the public key":  i.signed(named("first", public, jose.HS256)),
		"of an unknown key":             i.signed(named("never", stranger, jose.ES256)),
		"of a key that took the ID":     i.signed(named("first", stranger, jose.ES256)),
		"with another payload":          part[0] + "." + encode([]byte(`{"iss":"x","aud":"evercart","sub":"eve","exp":9999999999}`)) + "." + part[2],
		"with no signature":             part[0] + "." + part[1] + ".",
		"of two parts":                  part[0] + "." + part[1],
		"of five parts":                 good + ".a.b",
		"that is no token":              "abc",
	} {
		a := w.send("GET", "/carts", "", bearer(token))
		assert.Equal(t, http.StatusUnauthorized, a.status, "a token "+what)
		assert.Equal(t, `Bearer error="invalid_token"`, a.header.Get("WWW-Authenticate"), "a token "+what)
		w.refused("unauthenticated", http.StatusUnauthorized, a)
		assert.NotContains(t, a.body, "oidc", "a token "+what)
	}
}

func TestIssuerAway(t *testing.T) {
	t.Parallel()

	t.Run("without its keys nobody can say whether a token is good", func(t *testing.T) {
		t.Parallel()
		i := newIssuer(t)
		i.down.Store(true)
		w := trusting(t, i)
		a := w.must(http.StatusServiceUnavailable, "GET", "/carts", "", bearer(i.token()))
		w.refused("try_again", http.StatusServiceUnavailable, a)
		assert.Equal(t, "1", a.header.Get("Retry-After"))
		w.must(http.StatusCreated, "POST", "/carts", "") // whoever shows none is served

		i.down.Store(false)
		eventually(w, i.token(), http.StatusOK)
	})
	t.Run("the keys that are known go on serving", func(t *testing.T) {
		t.Parallel()
		i := newIssuer(t)
		w := trusting(t, i)
		w.must(http.StatusOK, "GET", "/carts", "", bearer(i.token()))
		i.down.Store(true)
		w.must(http.StatusOK, "GET", "/carts", "", bearer(i.token()))
		i.rotate("second")
		eventually(w, i.token(), http.StatusServiceUnavailable)
	})
	t.Run("an issuer that is another one is not believed", func(t *testing.T) {
		t.Parallel()
		i := newIssuer(t)
		verifier := httpapi.NewOIDC(t.Context(), i.server.URL+"/", audience, nil)
		_, err := verifier.Verify(t.Context(), i.token())
		assert.ErrorIs(t, err, ports.ErrUnavailable)
	})
	t.Run("a set without a usable key is none", func(t *testing.T) {
		t.Parallel()
		i := newIssuer(t)
		token := i.token()
		i.publish()
		_, err := httpapi.NewOIDC(t.Context(), i.server.URL, audience, nil).Verify(t.Context(), token)
		assert.ErrorIs(t, err, ports.ErrUnavailable)
	})
	t.Run("an issuer that talks nonsense is away", func(t *testing.T) {
		t.Parallel()
		token := newIssuer(t).token()
		for path, says := range map[string]map[string]string{
			"/.well-known/openid-configuration": {"no JSON": "hello", "no keys": `{"issuer":"ISSUER"}`, "bad address": `{"issuer":"ISSUER","jwks_uri":"::"}`},
			"/keys":                             {"no JSON": "hello", "no set": `[]`, "a secret": `{"keys":[{"kty":"oct","k":"AAAA","kid":"first"}]}`, "missing": ""},
		} {
			for what, text := range says {
				var server *httptest.Server
				server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Content-Type", "application/json")
					answer := `{"issuer":"ISSUER","jwks_uri":"ISSUER/keys"}`
					if r.URL.Path == path {
						answer = text
					}
					if answer == "" {
						w.WriteHeader(http.StatusNotFound)
					}
					_, _ = w.Write([]byte(strings.ReplaceAll(answer, "ISSUER", server.URL)))
				}))
				_, err := httpapi.NewOIDC(t.Context(), server.URL, audience, nil).Verify(t.Context(), token)
				assert.ErrorIs(t, err, ports.ErrUnavailable, "%s: %s", path, what)
				server.Close()
			}
		}
	})
	t.Run("forged key IDs do not flood the issuer", func(t *testing.T) {
		t.Parallel()
		i := newIssuer(t)
		w := trusting(t, i)
		w.must(http.StatusOK, "GET", "/carts", "", bearer(i.token()))
		stranger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		require.NoError(t, err)
		token := i.signed(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: stranger, KeyID: "forged"}})
		started := time.Now()
		for range 200 {
			w.must(http.StatusUnauthorized, "GET", "/carts", "", bearer(token))
		}
		assert.LessOrEqual(t, i.asked.Load(), 2+int64(time.Since(started)/time.Second))
	})
}
