package bootstrap_test

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// notDriven are the rooms in adapters that implement no port: they drive the core, or
// serve tests.
func notDriven() []string { return []string{"awslocal", "explorer", "httpapi", "lambdafn"} }

// adapterRow is a line of the table of what adapters can and cannot do.
type adapterRow struct {
	suites []string       // that it passes
	limits map[string]int // by constant: its own, or package.Name of a room in ports
}

// TestWhatAdaptersCannotDo binds the table in ARCHITECTURE.md to the code: an adapter
// without a line, a suite that it does not run, or another limit, fails here.
func TestWhatAdaptersCannotDo(t *testing.T) {
	t.Parallel()
	document, err := os.ReadFile("../ARCHITECTURE.md")
	require.NoError(t, err)
	told := adapterTable(t, string(document))
	folders, err := os.ReadDir("../adapters")
	require.NoError(t, err)
	var driven []string
	for _, folder := range folders {
		if !slices.Contains(notDriven(), folder.Name()) {
			driven = append(driven, folder.Name())
		}
	}
	assert.Equal(t, driven, slices.Sorted(maps.Keys(told)), "each driven adapter has its line")
	known := suites(t)
	for _, name := range driven {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := parseFolder(t, filepath.Join("..", "adapters", name))
			assert.Equal(t, suitesRun(files, known), told[name].suites, "the suites that its tests run")
			for limit, want := range told[name].limits {
				declared, name := files, limit
				if room, itsName, elsewhere := strings.Cut(limit, "."); elsewhere {
					declared, name = parseFolder(t, filepath.Join("..", "ports", room)), itsName
				}
				got, err := constantIn(declared, name)
				require.NoError(t, err)
				assert.Equal(t, want, got, limit)
			}
		})
	}
}

func TestTheTableOfAdaptersIsRead(t *testing.T) {
	t.Parallel()
	rows := adapterTable(t, "| adapter | passes the suites |\n|---|---|\n| tape | Archive, Leases | a line 16 MiB (`reel.MaxLine`), 99 rows (`maxRows`) | x |\n| reel | - | any | y |\n\nafter")
	assert.Equal(t, map[string]adapterRow{
		"tape": {suites: []string{"Archive", "Leases"}, limits: map[string]int{"reel.MaxLine": 16 << 20, "maxRows": 99}},
		"reel": {limits: map[string]int{}},
	}, rows)
}

var limit = regexp.MustCompile("([0-9][0-9 ]*) (KiB|MiB|rows)[^`|]*\\(`([\\w.]+)`\\)")

// adapterTable reads the table whose first column is headed "adapter".
func adapterTable(t *testing.T, document string) map[string]adapterRow {
	t.Helper()
	_, table, found := strings.Cut(document, "| adapter | passes the suites")
	require.True(t, found, "there is no such table")
	rows := map[string]adapterRow{}
	for line := range strings.Lines(table) {
		cells := strings.Split(line, "|")
		if strings.TrimSpace(line) == "" {
			break
		}
		if len(cells) < 5 {
			continue // what is left of its head
		}
		if cells[1] == "---" {
			continue
		}
		row := adapterRow{limits: map[string]int{}}
		if list := strings.TrimSpace(cells[2]); list != "-" {
			row.suites = strings.Split(list, ", ")
		}
		for _, m := range limit.FindAllStringSubmatch(cells[3], -1) {
			n, err := strconv.Atoi(strings.ReplaceAll(m[1], " ", ""))
			require.NoError(t, err)
			row.limits[m[3]] = n * map[string]int{"KiB": 1 << 10, "MiB": 1 << 20, "rows": 1}[m[2]]
		}
		rows[strings.TrimSpace(cells[1])] = row
	}
	return rows
}

func parseFolder(t *testing.T, folder string) []*ast.File {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	require.NoError(t, err)
	var files []*ast.File
	for _, name := range names {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		files = append(files, file)
	}
	return files
}

// suites returns the names of the functions in porttest that return checks.
func suites(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, file := range parseFolder(t, "../ports/porttest") {
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Recv != nil || !f.Name.IsExported() || f.Type.Results == nil || len(f.Type.Results.List) != 1 {
				continue
			}
			list, ok := f.Type.Results.List[0].Type.(*ast.ArrayType)
			if !ok {
				continue
			}
			check, ok := list.Elt.(*ast.IndexExpr)
			if ok && types.ExprString(check.X) == "Check" {
				names = append(names, f.Name.Name)
			}
		}
	}
	return names
}

// suitesRun returns the suites that files call, sorted.
func suitesRun(files []*ast.File, known []string) []string {
	var run []string
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if name, ok := strings.CutPrefix(types.ExprString(call.Fun), "porttest."); ok && slices.Contains(known, name) {
				run = append(run, name)
			}
			return true
		})
	}
	slices.Sort(run)
	return slices.Compact(run)
}

// constantIn returns the value of a constant that files declare as a literal.
func constantIn(files []*ast.File, name string) (int, error) {
	for _, file := range files {
		for _, decl := range file.Decls {
			declared, ok := decl.(*ast.GenDecl)
			if !ok || declared.Tok != token.CONST {
				continue
			}
			for _, spec := range declared.Specs {
				v, ok := spec.(*ast.ValueSpec)
				if !ok || v.Names[0].Name != name || len(v.Values) == 0 {
					continue
				}
				value, err := types.Eval(token.NewFileSet(), nil, token.NoPos, types.ExprString(v.Values[0]))
				if err != nil {
					return 0, err
				}
				n, _ := constant.Int64Val(value.Value)
				return int(n), nil
			}
		}
	}
	return 0, fmt.Errorf("there is no constant %s", name)
}
