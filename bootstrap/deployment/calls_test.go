package deployment_test

import (
	"go/ast"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/evercart/evercart/bootstrap/deployment"
)

// callSite is one place in the source where a call of AWS is made up: an input of
// the SDK, without which none of its operations can be called, or a request that is
// signed by hand.
type callSite struct {
	in      string // the function, "adapters/sqsreplay.(*Sink).attempt"
	file    string
	input   string // "SendMessageBatch", "TransactWriteItem.Delete", "SignHTTP"
	indexed bool   // it asks an index
}

// operation is what is called by the client.
func (s *callSite) operation() string {
	operation, member, _ := strings.Cut(s.input, ".")
	if member != "" {
		return operation + "s"
	}
	return operation
}

func callSites(t *testing.T) (all []callSite) {
	t.Helper()
	for _, s := range sources(t, "adapters", "bootstrap/functions") {
		for _, f := range s.functions() {
			ast.Inspect(f.Body, func(n ast.Node) bool {
				for _, input := range inputsOf(n) {
					all = append(all, callSite{s.nameOf(f), s.file, input, has(n, "IndexName")})
				}
				return true
			})
		}
	}
	return all
}

// inputsOf names what n makes up of a call.
func inputsOf(n ast.Node) []string {
	switch n := n.(type) {
	case *ast.CallExpr:
		if s, ok := n.Fun.(*ast.SelectorExpr); ok && s.Sel.Name == "SignHTTP" {
			return []string{"SignHTTP"}
		}
	case *ast.CompositeLit:
		kind := n.Type
		if list, ok := kind.(*ast.ArrayType); ok { // its elements need not name their type
			kind = list.Elt
		}
		s, ok := kind.(*ast.SelectorExpr)
		if !ok {
			return nil
		}
		if s.Sel.Name == "TransactWriteItem" {
			return membersOf(n, "TransactWriteItem.")
		}
		if operation, ok := strings.CutSuffix(s.Sel.Name, "Input"); ok {
			return []string{operation}
		}
	}
	return nil
}

// membersOf names the members that a composite literal sets, or its elements do.
func membersOf(lit *ast.CompositeLit, prefix string) (names []string) {
	for _, e := range lit.Elts {
		switch e := e.(type) {
		case *ast.KeyValueExpr:
			names = append(names, prefix+e.Key.(*ast.Ident).Name)
		case *ast.CompositeLit:
			if e.Type == nil {
				names = append(names, membersOf(e, prefix)...)
			}
		}
	}
	return names
}

func has(n ast.Node, member string) bool {
	lit, ok := n.(*ast.CompositeLit)
	return ok && slices.Contains(membersOf(lit, ""), member)
}

// actions returns the actions of IAM that a call needs (Service Authorization
// Reference). Most are named as the operation is.
func (s *callSite) actions() []string {
	switch s.input {
	case "HeadObject":
		return []string{"s3:GetObject"}
	case "ListObjectsV2":
		return []string{"s3:ListBucket"}
	case "SendMessageBatch":
		return []string{"sqs:SendMessage"}
	case "SignHTTP":
		return []string{"lambda:InvokeFunction"}
	case "TransactWriteItems":
		return nil // those of its items
	}
	if write, ok := strings.CutPrefix(s.input, "TransactWriteItem."); ok {
		return []string{"dynamodb:" + write + "Item"}
	}
	service := map[string]string{"dynamostore": "dynamodb", "kinesisfeed": "kinesis", "sqsreplay": "sqs", "snsnotify": "sns", "s3archive": "s3", "replay": "s3"}
	return []string{service[s.pkg()] + ":" + s.input}
}

func (s *callSite) pkg() string {
	pkg, _, _ := strings.Cut(path.Base(s.in), ".")
	return pkg
}

// resources says what a call is about, by the package and the type that make it; nil
// where that is not known here.
func (s *callSite) resources() []deployment.Resource {
	if s.indexed {
		return []deployment.Resource{deployment.ParkedIndex}
	}
	_, function, _ := strings.Cut(path.Base(s.in), ".")
	kind, _, _ := strings.Cut(function, ".")
	switch s.pkg() + "." + kind {
	case "dynamostore.(*EventStore)":
		return []deployment.Resource{deployment.EventsTable}
	case "dynamostore.(*Views)", "dynamostore.(*lease)":
		return []deployment.Resource{deployment.ViewsTable}
	case "kinesisfeed.(*Publisher)":
		return []deployment.Resource{deployment.Feed}
	case "sqsreplay.(*Sink)":
		return []deployment.Resource{deployment.ReplayQueues}
	case "snsnotify.(*Notifier)":
		return []deployment.Resource{deployment.NotifyTopic}
	case "s3archive.(*Archive)", "s3archive.(*download)":
		if s.input == "ListObjectsV2" {
			return []deployment.Resource{deployment.Archive}
		}
		return []deployment.Resource{deployment.ArchiveObjects}
	case "replay.fetch":
		return []deployment.Resource{deployment.FailureObjects}
	case "lambdafn.(*Invoker)":
		return []deployment.Resource{deployment.Itself, deployment.Consumers}
	}
	return nil
}
