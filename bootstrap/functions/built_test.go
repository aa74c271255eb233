package functions_test

import (
	"bytes"
	"debug/buildinfo"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const root = "../.."

// maxBinary is the most bytes of a function for arm64.
const maxBinary = 9 << 20

// services are the clients of AWS that each function links.
var services = map[string][]string{
	"open-cart": {"dynamodb"}, "add-item": {"dynamodb"}, "change-item-quantity": {"dynamodb"}, "remove-item": {"dynamodb"},
	"close-cart": {"dynamodb"}, "get-cart": {"dynamodb"}, "cart-history": {"dynamodb"}, "list-carts": {"dynamodb"}, "related-items": {"dynamodb"},
	"remind": {"dynamodb"}, "relay": {"dynamodb", "kinesis"}, "archive": {"dynamodb", "s3"},
	"project-carts": {"dynamodb"}, "project-related": {"dynamodb"}, "notify": {"dynamodb", "sns"},
	"replay": {"dynamodb", "s3", "sqs"},
}

// streamTypes is of the Streams API, of which functions link types alone.
const streamTypes = "dynamodbstreams"

// build builds functions as they are deployed, into a folder that it returns.
func build(t testing.TB, arch string, names ...string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("building functions takes a minute where the build cache is cold")
	}
	watchSources(t)
	out := t.TempDir()
	cmd := exec.CommandContext(t.Context(), filepath.Join(root, ".make", "functions.sh"), append([]string{arch, out}, names...)...)
	said, err := cmd.CombinedOutput()
	require.NoError(t, err, string(said))
	return out
}

// watchSources looks at every source that a function may be built from, so that
// Go's test cache knows what the test depends on.
func watchSources(t testing.TB) {
	t.Helper()
	for _, folder := range []string{"go.mod", "go.sum", ".make/functions.sh", "adapters", "bootstrap", "core", "ports"} {
		require.NoError(t, filepath.WalkDir(filepath.Join(root, folder), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") {
				return err
			}
			_, err = os.Stat(path)
			return err
		}))
	}
}

func TestTheFunctionsThatAreBuilt(t *testing.T) {
	t.Parallel()
	arm := build(t, "arm64")
	entries, err := os.ReadDir(arm)
	require.NoError(t, err)
	names := make([]string, len(entries))
	for i, entry := range entries {
		names[i] = entry.Name()
	}
	t.Run("are all known here", func(t *testing.T) {
		t.Parallel()
		for _, name := range names {
			assert.Contains(t, services, name)
		}
		assert.Len(t, names, len(services))
	})
	t.Run("fit the budget of size", func(t *testing.T) {
		t.Parallel()
		for _, name := range names {
			info, err := os.Stat(filepath.Join(arm, name, "bootstrap"))
			require.NoError(t, err)
			t.Logf("%-22s %5.2f MiB", name, float64(info.Size())/(1<<20))
			assert.LessOrEqual(t, info.Size(), int64(maxBinary), name)
		}
	})
	t.Run("link what they use and nothing else", func(t *testing.T) {
		t.Parallel()
		for _, name := range names {
			info, err := buildinfo.ReadFile(filepath.Join(arm, name, "bootstrap"))
			require.NoError(t, err)
			var linked []string
			for _, module := range info.Deps {
				if service, ok := strings.CutPrefix(module.Path, "github.com/aws/aws-sdk-go-v2/service/"); ok && !strings.Contains(service, "internal/") && service != streamTypes {
					linked = append(linked, service)
				}
				for _, foreign := range []string{"modernc.org/", "github.com/prometheus/", "github.com/alecthomas/kong", "github.com/aws/aws-sdk-go-v2/config"} {
					assert.False(t, strings.HasPrefix(module.Path, foreign), "%s links %s", name, module.Path)
				}
			}
			assert.ElementsMatch(t, services[name], linked, name)
			for _, setting := range info.Settings {
				if setting.Key == "CGO_ENABLED" {
					assert.Equal(t, "0", setting.Value)
				}
			}
		}
	})
	t.Run("are the same bytes when they are built again, and name no folder of this machine", func(t *testing.T) {
		t.Parallel()
		again := build(t, "arm64", "add-item")
		first, err := os.ReadFile(filepath.Join(arm, "add-item", "bootstrap"))
		require.NoError(t, err)
		second, err := os.ReadFile(filepath.Join(again, "add-item", "bootstrap"))
		require.NoError(t, err)
		assert.True(t, bytes.Equal(first, second))
		here, err := filepath.Abs(root)
		require.NoError(t, err)
		assert.False(t, bytes.Contains(first, []byte(here)), "it names %s", here)
	})
}
