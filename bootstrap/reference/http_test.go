package reference_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"
)

// TestTheReferenceOfHTTP lists the routes and the codes of openapi.yaml, which other
// tests hold against the handler.
func TestTheReferenceOfHTTP(t *testing.T) {
	t.Parallel()
	doc, err := openapi3.NewLoader().LoadFromFile(repository + "/adapters/httpapi/openapi.yaml")
	require.NoError(t, err)
	var page strings.Builder
	page.WriteString("# HTTP\n\nThe routes of `evercart serve`, and of API Gateway before the functions, which has those of carts. The description that clients are made from is served\n" +
		"as `/openapi.yaml`. Each answer other than a success is a problem (RFC 9457) with a `code`.\n\n")
	page.WriteString(doc.Info.Description + "\n")
	for _, tag := range doc.Tags {
		fmt.Fprintf(&page, "## %s\n\n%s.\n\n%s\n", tag.Name, tag.Description, table([]string{"route", "it does", "success", "problems"}, routes(doc, tag.Name)))
	}
	page.WriteString("## Codes\n\nA code is stable; the text beside it may change.\n\n")
	var rows [][]string
	for code, status := range doc.Components.Schemas["Problem"].Value.Properties["code"].Value.Extensions["x-status-of-code"].(map[string]any) {
		rows = append(rows, []string{"`" + code + "`", fmt.Sprint(status)})
	}
	slices.SortFunc(rows, func(a, b []string) int { return cmp.Or(cmp.Compare(a[1], b[1]), cmp.Compare(a[0], b[0])) })
	page.WriteString(table([]string{"code", "status"}, rows))
	holds(t, "http.md", page.String())
}

// routes returns the rows of the routes under a tag, in the order of their paths.
func routes(doc *openapi3.T, tag string) (rows [][]string) {
	for _, path := range doc.Paths.InMatchingOrder() {
		for method, operation := range doc.Paths.Find(path).Operations() {
			if !slices.Contains(operation.Tags, tag) {
				continue
			}
			var good, bad []string
			for status, answer := range operation.Responses.Map() {
				if status < "400" {
					good = append(good, status)
				}
				if problem := answer.Value.Content.Get("application/problem+json"); problem != nil {
					for _, name := range problem.Schema.Value.AllOf[1].Value.Properties["code"].Value.Enum {
						bad = append(bad, status+" `"+name.(string)+"`")
					}
				}
			}
			slices.Sort(good)
			slices.Sort(bad)
			rows = append(rows, []string{code(method + " " + path), operation.Summary, strings.Join(good, ", "), strings.Join(bad, ", ")})
		}
	}
	slices.SortFunc(rows, func(a, b []string) int {
		_, pathA, _ := strings.Cut(a[0], " ")
		_, pathB, _ := strings.Cut(b[0], " ")
		return cmp.Or(cmp.Compare(pathA, pathB), cmp.Compare(a[0], b[0]))
	})
	return rows
}
