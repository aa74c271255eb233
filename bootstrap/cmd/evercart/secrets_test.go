package main_test

import (
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The secrets of an installation, and those that callers send, each with a word of
// its own.
const (
	webhookUser   = "user-of-the-webhook"
	webhookPass   = "password-of-the-webhook"
	webhookPath   = "path-of-the-webhook"
	webhookQuery  = "query-of-the-webhook"
	webhookKey    = "key-that-signs-the-webhook"
	operatorToken = "token-of-the-operator"
	callersToken  = "token-of-a-caller"
	guessedToken  = "token-that-was-guessed"
)

// A server that is told secrets, and fails to use them, logs every level and shows
// none: not in its log, not in metrics, not in what it stores of its failures.
func TestSecretsAreShownNowhere(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	nobody := deaf(t)
	secrets := []string{
		"EVERCART_LOG_LEVEL=debug",
		"EVERCART_RETRY_EVERY=1s", "EVERCART_TRANSIENT_AFTER=1s",
		"EVERCART_WEBHOOK_URL=http://" + webhookUser + ":" + webhookPass + "@" + nobody + "/" + webhookPath + "?token=" + webhookQuery,
		"EVERCART_WEBHOOK_SECRETS=whsec_" + base64.StdEncoding.EncodeToString([]byte(webhookKey)),
		"EVERCART_OPERATOR_TOKEN=" + operatorToken,
		"EVERCART_OIDC_ISSUER=http://" + nobody, "EVERCART_OIDC_AUDIENCE=evercart",
	}
	s := serve(t, data, secrets...)
	id := s.must(t, openCart()).ID
	s.must(t, addItem(id, "tea", 1))
	s.must(t, closeCart(id)) // of which the webhook is told, in vain
	token := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"ES256","kid":"k"}`)) + "." +
		base64.RawURLEncoding.EncodeToString([]byte(callersToken)) + "." + base64.RawURLEncoding.EncodeToString([]byte(callersToken))
	var shown strings.Builder
	for _, authorization := range []string{"Bearer " + token, "Bearer " + guessedToken, "Basic " + guessedToken, "Bearer " + operatorToken} {
		for _, path := range []string{"/carts", "/carts/" + id, "/metrics", "/"} {
			shown.WriteString(ask(t, s.url+path, authorization))
		}
	}
	within(t, patience, "the webhook fails and the log says so", func() error { return s.says("webhook: tell") })
	within(t, patience, "its stream is set aside, with the reason", func() error { return s.says("stream parked") })
	shown.WriteString(operate(t, data, "views", "list", "--json"))
	require.Zero(t, s.terminate())
	shown.WriteString(s.stderr.String())
	for _, broken := range []string{"EVERCART_WEBHOOK_URL=" + webhookPass + "://", "EVERCART_WEBHOOK_SECRETS=" + webhookKey, "EVERCART_OPERATOR_TOKEN=" + operatorToken + "\x01"} {
		cmd := command(t, "serve", "--data", data)
		cmd.Env = append(cmd.Env, broken)
		said, err := cmd.CombinedOutput()
		require.Error(t, err)
		shown.Write(said)
	}
	for _, name := range []string{"events.db", "feed.db", "views.db"} {
		content, err := os.ReadFile(filepath.Join(data, name))
		require.NoError(t, err)
		shown.Write(content)
	}
	for _, secret := range []string{webhookUser, webhookPass, webhookPath, webhookQuery, webhookKey, operatorToken, callersToken, guessedToken} {
		for _, form := range []string{secret, base64.StdEncoding.EncodeToString([]byte(secret)), base64.RawURLEncoding.EncodeToString([]byte(secret))} {
			if before, _, found := strings.Cut(shown.String(), form); found {
				t.Errorf("%q is shown after …%s", form, before[max(0, len(before)-200):])
			}
		}
	}
}

// deaf returns an address that takes connections and hangs up.
func deaf(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_ = conn.Close()
		}
	}()
	return listener.Addr().String()
}

// ask gets a resource and returns all that was answered.
func ask(t *testing.T, url, authorization string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	r.Header.Set("Authorization", authorization)
	answer, err := client.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	var header strings.Builder
	require.NoError(t, answer.Header.Write(&header))
	return header.String() + string(content)
}
