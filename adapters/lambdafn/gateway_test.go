package lambdafn_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/httpapi"
	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
)

// gateway sends a recorded event through the whole API and returns its answer.
func (w *world) gateway(t *testing.T, requestID string, payload []byte) events.APIGatewayV2HTTPResponse {
	t.Helper()
	answer, err := w.front(nil).Handle(inLambda(t, requestID), payload)
	require.NoError(t, err)
	return answer.(events.APIGatewayV2HTTPResponse)
}

const request1 = "8f507cfc-xmpl-4697-b07a-ac58fc914c95"

func TestRequestsOfAPIGateway(t *testing.T) {
	t.Parallel()
	t.Run("a command without a key has the request ID as its key, and a retry finds its cart", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		const id = "8f507cfc-0000-4697-b07a-ac58fc914c95"
		first := w.gateway(t, id, recorded(t, "apigw-open.json"))
		assert.Equal(t, http.StatusCreated, first.StatusCode)
		assert.Equal(t, id, first.Headers["Idempotency-Key"])
		second := w.gateway(t, id, recorded(t, "apigw-open.json"))
		assert.Equal(t, first.Headers["Location"], second.Headers["Location"])
		assert.Equal(t, "true", second.Headers["Idempotency-Replayed"])
	})
	t.Run("the owner is whom the JWT authorizer verified", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		answer := w.gateway(t, request1, recorded(t, "apigw-open-jwt.json"))
		require.Equal(t, http.StatusCreated, answer.StatusCode)
		var opened struct{ Owner string }
		require.NoError(t, json.Unmarshal([]byte(answer.Body), &opened))
		assert.Equal(t, "https://id.example|ada", opened.Owner)
	})
	t.Run("a token that no authorizer has verified is refused", func(t *testing.T) {
		t.Parallel()
		answer := newWorld().gateway(t, request1, recorded(t, "apigw-open-unverified.json"))
		assert.Equal(t, http.StatusUnauthorized, answer.StatusCode)
		assert.Contains(t, answer.Body, `"code":"unauthenticated"`)
	})
	t.Run("headers that name a user are trusted by nobody", func(t *testing.T) {
		t.Parallel()
		payload := strings.Replace(string(recorded(t, "apigw-list-jwt.json")), `"accept"`, `"x-amzn-oidc-identity": "bob", "x-user": "bob", "accept"`, 1)
		payload = strings.Replace(payload, `"authorization"`, `"x-authorization"`, 1)
		assert.Equal(t, http.StatusUnauthorized, newWorld().gateway(t, request1, []byte(payload)).StatusCode)
	})
	t.Run("a body in base64 is read, and so is a query with a name that no path could hold", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		w.do(t, cart1, "c", cart.OpenCart{})
		added := w.gateway(t, request1, recorded(t, "apigw-add-base64.json"))
		require.Equal(t, http.StatusCreated, added.StatusCode, added.Body)
		assert.Contains(t, added.Body, `"item":"Grüner Tee"`)
		assert.Equal(t, "5d0f2a1e-0000-4000-8000-000000000001", added.Headers["Idempotency-Key"])
		assert.Equal(t, `"2"`, added.Headers["Etag"])
		removed := w.gateway(t, request1, recorded(t, "apigw-remove-query.json"))
		require.Equal(t, http.StatusOK, removed.StatusCode, removed.Body)
		assert.Contains(t, removed.Body, `"lines":[]`)
	})
	t.Run("the stage's name is no part of the path", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		w.do(t, cart1, "c", cart.OpenCart{})
		for what, change := range map[string][2]string{
			"a stage before the path":               {"", ""},
			"a stage that a custom domain left out": {`"rawPath": "/prod/`, `"rawPath": "/`},
		} {
			payload := strings.Replace(string(recorded(t, "apigw-get-stage.json")), change[0], change[1], 1)
			answer := w.gateway(t, request1, []byte(payload))
			assert.Equal(t, http.StatusOK, answer.StatusCode, what)
			assert.Contains(t, answer.Body, `"version":1`, what)
		}
		ambiguous := strings.ReplaceAll(string(recorded(t, "apigw-get-stage.json")), `"stage": "prod"`, `"stage": "pro"`)
		assert.Equal(t, http.StatusNotFound, w.gateway(t, request1, []byte(ambiguous)).StatusCode, "half a segment is no stage")
	})
	t.Run("a body that is not the base64 it is said to be is an error", func(t *testing.T) {
		t.Parallel()
		payload := strings.Replace(string(recorded(t, "apigw-add-base64.json")), `"body": "`, `"body": "!`, 1)
		_, err := newWorld().front(nil).Handle(t.Context(), []byte(payload))
		assert.ErrorContains(t, err, "request LV7fzho-PHcEJPw=: its body is said to be base64 and is not")
	})
	t.Run("the operator sees in the list what the caller owns", func(t *testing.T) {
		t.Parallel()
		w := newWorld()
		w.do(t, cart2, "c", cart.OpenCart{Owner: "https://id.example|ada"})
		project(t, w, cart.CartsView{})
		answer := w.gateway(t, request1, recorded(t, "apigw-list-jwt.json"))
		require.Equal(t, http.StatusOK, answer.StatusCode, answer.Body)
		assert.Contains(t, answer.Body, cart2)
	})
}

func TestTheRequestBehindAnEvent(t *testing.T) {
	t.Parallel()
	seen := func(t *testing.T, name string) *http.Request {
		t.Helper()
		var got *http.Request
		g := lambdafn.Gateway{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r })}
		_, err := g.Handle(t.Context(), recorded(t, name))
		require.NoError(t, err)
		return got
	}
	t.Run("has the cookies that the gateway keeps apart", func(t *testing.T) {
		t.Parallel()
		r := seen(t, "apigw-cookies.json")
		lang, err := r.Cookie("lang")
		require.NoError(t, err)
		assert.Equal(t, "de", lang.Value)
		assert.Len(t, r.Cookies(), 2)
	})
	t.Run("has host, address, query and length as net/http has them", func(t *testing.T) {
		t.Parallel()
		r := seen(t, "apigw-remove-query.json")
		assert.Equal(t, "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com", r.Host)
		assert.NotContains(t, r.Header, "Host")
		assert.Equal(t, "203.0.113.7", r.RemoteAddr)
		assert.Equal(t, "Grüner Tee", r.URL.Query().Get("item"))
		assert.Zero(t, r.ContentLength)
		assert.Equal(t, "Root=1-697dea80-1de4d666d4dd26aced652b6c", r.Header.Get("X-Amzn-Trace-Id"))
	})
	t.Run("that only reads gets no key", func(t *testing.T) {
		t.Parallel()
		assert.NotContains(t, seen(t, "apigw-cookies.json").Header, "Idempotency-Key")
	})
}

func TestTheAnswerToAPIGateway(t *testing.T) {
	t.Parallel()
	answer := func(t *testing.T, h http.HandlerFunc) events.APIGatewayV2HTTPResponse {
		t.Helper()
		out, err := lambdafn.Gateway{Handler: h}.Handle(t.Context(), recorded(t, "apigw-open.json"))
		require.NoError(t, err)
		return out.(events.APIGatewayV2HTTPResponse)
	}
	t.Run("keeps cookies apart and joins other headers", func(t *testing.T) {
		t.Parallel()
		out := answer(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Add("Set-Cookie", "a=1")
			w.Header().Add("Set-Cookie", "b=2")
			w.Header().Add("Vary", "Accept")
			w.Header().Add("Vary", "Origin")
		})
		assert.Equal(t, []string{"a=1", "b=2"}, out.Cookies)
		assert.Equal(t, map[string]string{"Vary": "Accept, Origin"}, out.Headers)
		assert.Equal(t, http.StatusOK, out.StatusCode)
	})
	t.Run("has the first status that was written", func(t *testing.T) {
		t.Parallel()
		out := answer(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusTeapot)
			w.WriteHeader(http.StatusOK)
		})
		assert.Equal(t, http.StatusTeapot, out.StatusCode)
	})
	t.Run("has bytes that are no text in base64", func(t *testing.T) {
		t.Parallel()
		out := answer(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte{0xff, 0xfe}) })
		assert.True(t, out.IsBase64Encoded)
		assert.Equal(t, "//4=", out.Body)
	})
}

func TestTheVerdictOfTheAuthorizer(t *testing.T) {
	t.Parallel()
	t.Run("is not there outside of a request", func(t *testing.T) {
		t.Parallel()
		_, err := lambdafn.GatewayTokens{}.Verify(context.Background(), "token")
		assert.ErrorIs(t, err, lambdafn.ErrNotVerified)
	})
	t.Run("without issuer or subject is none", func(t *testing.T) {
		t.Parallel()
		for _, claim := range []string{`"iss": "https://id.example"`, `"sub": "ada"`} {
			payload := strings.Replace(string(recorded(t, "apigw-open-jwt.json")), claim, `"x": ""`, 1)
			assert.Equal(t, http.StatusUnauthorized, newWorld().gateway(t, request1, []byte(payload)).StatusCode, claim)
		}
	})
}

var _ httpapi.TokenVerifier = lambdafn.GatewayTokens{}

// project brings a view up to the store.
func project(t *testing.T, w *world, view es.View[cart.State]) {
	t.Helper()
	p := w.projector(view)
	targets, err := p.Targets(t.Context())
	require.NoError(t, err)
	changes, err := w.store.Changes(t.Context(), "", 1000)
	require.NoError(t, err)
	for i := range changes {
		require.NoError(t, p.CatchUp(t.Context(), targets[0], changes[i].Commit.Stream))
	}
}
