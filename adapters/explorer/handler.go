package explorer

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
)

//go:embed page
var files embed.FS

// policy lets the page load and run what this server sends, and nothing else: no
// inline script, no other host, no frame around it, no markup made from text.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// mediaTypes are those of the files by their endings. The system's table is not
// asked: it differs from machine to machine.
var mediaTypes = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
}

// file is one file of the page.
type file struct {
	mediaType string
	etag      string
	content   []byte
}

// New returns the handler of GET / and of GET /explorer/NAME. It answers anything
// else with 404 and a problem document. decimals says how many decimals a currency
// has, by its ISO 4217 code; false for what is none.
func New(decimals func(currency string) (digits int, known bool)) http.Handler {
	all := map[string]file{"currencies.js": newFile("currencies.js", []byte(currencies(decimals)))}
	names, err := fs.Glob(files, "page/*")
	for _, name := range names {
		content, readErr := files.ReadFile(name)
		if readErr != nil {
			err = readErr
		}
		all[path.Base(name)] = newFile(name, content)
	}
	if err != nil {
		panic("explorer: what is embedded cannot be read: " + err.Error())
	}
	return handler(all)
}

func newFile(name string, content []byte) file {
	sum := sha256.Sum256(content)
	return file{mediaType: mediaTypes[path.Ext(name)], etag: `"` + hex.EncodeToString(sum[:12]) + `"`, content: content}
}

type handler map[string]file

// ServeHTTP answers one request.
func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := "index.html"
	if r.URL.Path != "/" {
		name = strings.TrimPrefix(r.URL.Path, "/explorer/")
	}
	f, ok := h[name]
	if !ok {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusNotFound)
		if r.Method != http.MethodHead {
			_, _ = w.Write([]byte(`{"type":"about:blank","title":"Not Found","status":404,"detail":"there is no such route","code":"route_not_found"}` + "\n"))
		}
		return
	}
	header := w.Header()
	for name, value := range map[string]string{
		"Content-Type":                 f.mediaType,
		"Etag":                         f.etag,
		"Cache-Control":                "no-cache", // kept, but asked for anew: an update shows at once
		"Content-Security-Policy":      policy,
		"X-Content-Type-Options":       "nosniff",
		"Referrer-Policy":              "no-referrer",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
	} {
		header.Set(name, value)
	}
	if slices.Contains(strings.FieldsFunc(r.Header.Get("If-None-Match"), func(c rune) bool { return c == ',' || c == ' ' }), f.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	header.Set("Content-Length", strconv.Itoa(len(f.content)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(f.content) // the client is gone: nobody is left to tell
	}
}
