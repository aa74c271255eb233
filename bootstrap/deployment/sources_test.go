package deployment_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// source is a parsed file.
type source struct {
	folder, file string // from the root, with slashes
	tree         *ast.File
}

// sources parses the code below folders that is no test.
func sources(t *testing.T, folders ...string) (all []source) {
	t.Helper()
	for _, folder := range folders {
		require.NoError(t, filepath.WalkDir(filepath.Join(root, folder), func(file string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
				return err
			}
			tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
			if err == nil {
				within, _ := filepath.Rel(root, file)
				all = append(all, source{filepath.ToSlash(filepath.Dir(within)), filepath.ToSlash(within), tree})
			}
			return err
		}))
	}
	require.NotEmpty(t, all)
	return all
}

func (s *source) functions() (all []*ast.FuncDecl) {
	for _, d := range s.tree.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Body != nil {
			all = append(all, f)
		}
	}
	return all
}

// nameOf names a function as the linker does, without the module and without
// arguments of types: "core/app.(*Commands).Handle".
func (s *source) nameOf(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return s.folder + "." + f.Name.Name
	}
	kind := f.Recv.List[0].Type
	star, pointer := kind.(*ast.StarExpr)
	if pointer {
		kind = star.X
	}
	switch generic := kind.(type) {
	case *ast.IndexExpr:
		kind = generic.X
	case *ast.IndexListExpr:
		kind = generic.X
	}
	name := kind.(*ast.Ident).Name
	if pointer {
		name = "(*" + name + ")"
	}
	return s.folder + "." + name + "." + f.Name.Name
}
