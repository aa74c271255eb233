package deployment_test

import (
	"debug/elf"
	"debug/gosym"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	root   = "../.."
	module = "github.com/evercart/evercart/"
)

// program is what the linker left in a function's binary: what nothing can call is
// not there.
type program struct {
	name    string
	binary  string          // its file
	symbols map[string]bool // of functions, closures cut off
}

// holds reports whether a function or method, "adapters/sqsreplay.(*Sink).Send", or
// something within it, is in the program.
func (p *program) holds(name string) bool { return p.symbols[module+name] }

// programs builds every function, without inlining ours, and reads what is in it.
func programs(t *testing.T) []*program {
	t.Helper()
	if testing.Short() {
		t.Skip("building functions takes a minute where the build cache is cold")
	}
	watchSources(t)
	out := t.TempDir()
	cmd := exec.CommandContext(t.Context(), filepath.Join(root, ".make", "functions.sh"), "amd64", out)
	cmd.Env = append(os.Environ(), "FUNCTIONS_FLAGS=-gcflags="+module+"...=-l")
	said, err := cmd.CombinedOutput()
	require.NoError(t, err, string(said))
	folders, err := os.ReadDir(out)
	require.NoError(t, err)
	var all []*program
	for _, folder := range folders {
		binary := filepath.Join(out, folder.Name(), "bootstrap")
		all = append(all, &program{folder.Name(), binary, symbolsOf(t, binary)})
	}
	return all
}

// watchSources looks at every source that a function may be built from, so that
// Go's test cache knows what the test depends on.
func watchSources(t *testing.T) {
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

func symbolsOf(t *testing.T, binary string) map[string]bool {
	t.Helper()
	file, err := elf.Open(binary)
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	lines, text := file.Section(".gopclntab"), file.Section(".text")
	require.NotNil(t, lines)
	data, err := lines.Data()
	require.NoError(t, err)
	table, err := gosym.NewTable(nil, gosym.NewLineTable(data, text.Addr))
	require.NoError(t, err)
	symbols := map[string]bool{}
	for i := range table.Funcs {
		symbols[declared(table.Funcs[i].Name)] = true
	}
	return symbols
}

// within matches what the compiler appends to the name of a function for what stands
// in it: closures, loop bodies, deferred calls.
var within = regexp.MustCompile(`(\.(func|gowrap|deferwrap)?\d+|-(fm|range\d+))(\.[\w-]+)*$`)

// declared cuts a symbol down to the function that stands in the source, without
// arguments of types: "p/q.(*T).M.func1.2-range1" is of "p/q.(*T).M",
// "p/q.(*T[go.shape.int]).M" too.
func declared(symbol string) string {
	var name strings.Builder
	depth := 0
	for _, r := range symbol {
		switch {
		case r == '[':
			depth++
		case r == ']':
			depth--
		case depth == 0:
			name.WriteRune(r)
		}
	}
	folder, rest := path.Split(name.String())
	return folder + within.ReplaceAllString(rest, "")
}
