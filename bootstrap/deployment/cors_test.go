package deployment_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// unread are headers of answers that a page either gets from its browser anyway or has
// no use for.
const unread = "Allow Cache-Control Content-Security-Policy Cross-Origin-Opener-Policy Referrer-Policy Vary WWW-Authenticate X-Content-Type-Options X-Frame-Options"

// A page that var.cors lets in can send, and read, every header that the API knows.
func TestPagesOfOtherOriginsCanUseTheWholeAPI(t *testing.T) {
	t.Parallel()
	read := func(path ...string) string {
		text, err := os.ReadFile(filepath.Join(append([]string{root}, path...)...))
		require.NoError(t, err)
		return string(text)
	}
	api, gateway := read("adapters", "httpapi", "openapi.yaml"), read("terraform", "modules", "http-api", "main.tf")
	named := func(list string) string {
		found := regexp.MustCompile(list + ` += \[([^\]]+)\]`).FindStringSubmatch(gateway)
		require.NotNil(t, found, list)
		return found[1]
	}
	sent := regexp.MustCompile(`name: (\S+)\n +in: header`).FindAllStringSubmatch(api, -1)
	require.NotEmpty(t, sent)
	for _, header := range sent {
		assert.Contains(t, named("allow_headers"), `"`+strings.ToLower(header[1])+`"`, "a request's header")
	}
	got := regexp.MustCompile(`(?m)^ +([A-Z][\w-]+): \{\$ref: '#/components/headers/`).FindAllStringSubmatch(api, -1)
	require.NotEmpty(t, got)
	for _, header := range got {
		if !strings.Contains(" "+unread+" ", " "+header[1]+" ") {
			assert.Contains(t, named("expose_headers"), `"`+strings.ToLower(header[1])+`"`, "an answer's header")
		}
	}
}
