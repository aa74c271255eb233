package functions_test

import (
	"bytes"
	"debug/buildinfo"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
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
	"replay": {"dynamodb", "s3", "sqs"}, "verify": {"dynamodb", "s3"}, "canary": {"dynamodb", "s3"},
}

// streamTypes is of the Streams API, of which functions link types alone.
const streamTypes = "dynamodbstreams"

// build builds functions as they are deployed, into a folder that it returns.
func build(t testing.TB, arch string, names ...string) string {
	t.Helper()
	mayBuild(t)
	out := t.TempDir()
	require.NoError(t, buildInto(out, arch, names...))
	return out
}

// here builds all functions for this machine, once for all tests, and returns their
// folder.
func here(t testing.TB) string {
	t.Helper()
	mayBuild(t)
	folder, err := builtHere()
	require.NoError(t, err)
	return folder
}

var builtHere = sync.OnceValues(func() (string, error) {
	return hereFolder, buildInto(hereFolder, runtime.GOARCH)
})

// hereFolder is where it is built; TestMain makes and removes it.
var hereFolder string

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "functions")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	hereFolder = folder
	code := m.Run()
	_ = os.RemoveAll(folder) // it lies where the system clears up
	os.Exit(code)
}

func mayBuild(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("building functions takes a minute where the build cache is cold")
	}
	watchSources(t)
}

func buildInto(out, arch string, names ...string) error {
	said, err := exec.Command(filepath.Join(root, ".make", "functions.sh"), append([]string{arch, out}, names...)...).CombinedOutput() //nolint:noctx // the tests share it
	if err != nil {
		return fmt.Errorf("%w: %s", err, said)
	}
	return nil
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
		folder, err := filepath.Abs(root)
		require.NoError(t, err)
		assert.False(t, bytes.Contains(first, []byte(folder)), "it names %s", folder)
	})
}
