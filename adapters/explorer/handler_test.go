package explorer_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/explorer"
)

// decimals knows three currencies.
func decimals(currency string) (digits int, known bool) {
	digits, known = map[string]int{"EUR": 2, "JPY": 0, "IQD": 3}[currency]
	return digits, known
}

func ask(t *testing.T, method, target, known string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, nil)
	if known != "" {
		r.Header.Set("If-None-Match", known)
	}
	out := httptest.NewRecorder()
	explorer.New(decimals).ServeHTTP(out, r)
	return out
}

func TestThePage(t *testing.T) {
	t.Parallel()
	files, err := os.ReadDir("page")
	require.NoError(t, err)
	require.NotEmpty(t, files)

	t.Run("is served whole, each file with its type", func(t *testing.T) {
		t.Parallel()
		types := map[string]string{"html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
		for _, f := range files {
			out := ask(t, "GET", "/explorer/"+f.Name(), "")
			content, err := os.ReadFile("page/" + f.Name())
			require.NoError(t, err)
			assert.Equal(t, http.StatusOK, out.Code, f.Name())
			assert.Equal(t, string(content), out.Body.String(), f.Name())
			_, ending, _ := strings.Cut(f.Name(), ".")
			assert.Equal(t, types[ending], out.Header().Get("Content-Type"), f.Name())
		}
		assert.Contains(t, ask(t, "GET", "/", "").Body.String(), "<title>Evercart</title>")
	})
	t.Run("runs nothing but its own scripts, in nobody's frame", func(t *testing.T) {
		t.Parallel()
		for _, target := range []string{"/", "/explorer/main.js", "/explorer/base.css"} {
			policy := ask(t, "GET", target, "").Header().Get("Content-Security-Policy")
			for _, rule := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"} {
				assert.Contains(t, policy, rule, target)
			}
			assert.NotContains(t, policy, "unsafe")
		}
	})
	t.Run("has no script or style within it, and asks nobody else", func(t *testing.T) {
		t.Parallel()
		elsewhere := regexp.MustCompile(`(https?:)?//[a-z0-9-]+\.[a-z]`)
		inline := regexp.MustCompile(`<script(>| [^>]*[^"]>)|<style|style=|\son[a-z]+=|javascript:`)
		markup := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function`)
		for _, f := range files {
			content, err := os.ReadFile("page/" + f.Name())
			require.NoError(t, err)
			text := strings.ReplaceAll(string(content), "http://www.w3.org/2000/svg", "")
			assert.NotRegexp(t, elsewhere, text, f.Name())
			assert.NotRegexp(t, markup, text, f.Name())
			if strings.HasSuffix(f.Name(), ".html") {
				assert.NotRegexp(t, inline, text, f.Name())
			}
		}
	})
	t.Run("has files of a size that one reads", func(t *testing.T) {
		t.Parallel()
		for _, f := range files {
			content, err := os.ReadFile("page/" + f.Name())
			require.NoError(t, err)
			assert.LessOrEqual(t, strings.Count(string(content), "\n"), 350, f.Name())
		}
	})
	t.Run("is not sent again to who has it", func(t *testing.T) {
		t.Parallel()
		tag := ask(t, "GET", "/explorer/main.js", "").Header().Get("Etag")
		for _, known := range []string{tag, `"x", ` + tag} {
			out := ask(t, "GET", "/explorer/main.js", known)
			assert.Equal(t, http.StatusNotModified, out.Code)
			assert.Empty(t, out.Body.String())
		}
		assert.Equal(t, http.StatusOK, ask(t, "GET", "/explorer/base.css", tag).Code)
	})
	t.Run("answers HEAD without a body", func(t *testing.T) {
		t.Parallel()
		for _, target := range []string{"/", "/explorer/none.js"} {
			assert.Empty(t, ask(t, "HEAD", target, "").Body.String())
		}
		assert.NotEmpty(t, ask(t, "HEAD", "/", "").Header().Get("Content-Length"))
	})
	t.Run("counts the decimals of currencies as it is told", func(t *testing.T) {
		t.Parallel()
		out := ask(t, "GET", "/explorer/currencies.js", "")
		assert.Equal(t, http.StatusOK, out.Code)
		assert.Equal(t, "text/javascript; charset=utf-8", out.Header().Get("Content-Type"))
		assert.Contains(t, out.Body.String(), "\nexport const decimals = {\"EUR\":2,\"IQD\":3,\"JPY\":0};\n")
	})
	t.Run("knows its files only", func(t *testing.T) {
		t.Parallel()
		for _, target := range []string{"/explorer/", "/explorer/none.js", "/explorer/../handler.go", "/explorer/page", "/index.html"} {
			out := ask(t, "GET", target, "")
			assert.Equal(t, http.StatusNotFound, out.Code, target)
			assert.Contains(t, out.Body.String(), `"code":"route_not_found"`)
		}
	})
}
