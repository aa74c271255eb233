package reference_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// setting is one field of the configuration.
type setting struct{ field, variable, initial, comment string }

// settings reads the struct that all programs read the environment into.
func settings(t *testing.T) (all []setting) {
	t.Helper()
	tree, err := parser.ParseFile(token.NewFileSet(), "config.go", source(t, "bootstrap/config/config.go"), parser.ParseComments)
	require.NoError(t, err)
	ast.Inspect(tree, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok || spec.Name.Name != "Config" {
			return true
		}
		for _, f := range spec.Type.(*ast.StructType).Fields.List {
			tag := reflect.StructTag(strings.Trim(f.Tag.Value, "`"))
			all = append(all, setting{f.Names[0].Name, tag.Get("env"), tag.Get("envDefault"), strings.Join(strings.Fields(f.Doc.Text()), " ")})
		}
		return false
	})
	require.NotEmpty(t, all)
	return all
}

// TestTheReferenceOfTheConfiguration says of each variable what its field says, with
// fields named by their variables.
func TestTheReferenceOfTheConfiguration(t *testing.T) {
	t.Parallel()
	all := settings(t)
	names, fields := map[string]string{}, []string{}
	for _, s := range all {
		names[s.field] = code(s.variable)
		fields = append(fields, s.field)
	}
	field := regexp.MustCompile(`\b(` + strings.Join(fields, "|") + `)\b`)
	var rows [][]string
	for _, s := range all {
		meaning, named := strings.CutPrefix(s.comment, s.field+" ")
		assert.True(t, named || s.comment == "" && len(rows) > 0, "the comment of %s begins with its name", s.field)
		if s.comment == "" {
			meaning = "see the line above"
		}
		meaning = field.ReplaceAllStringFunc(meaning, func(word string) string { return names[word] })
		rows = append(rows, []string{code(s.variable), code(s.initial), meaning})
	}
	holds(t, "config.md", `# Configuration

Every program reads these variables of the environment. A variable that begins with EVERCART_ and is not listed is a fault, unless it begins with
EVERCART_TEST_; all faults are told at once, and the exit code is 2. `+"`evercart`"+` has flags for some, which win. Durations are
written as 750ms, 5s, 1m or 336h.

`+table([]string{"variable", "default", "it is or says"}, rows))
}
