// Package evercart_test holds the house rules that the compiler does not know:
// which room may import which, what the hexagon's inside must not touch, and
// what may stand where. Files are parsed in this process, so that Go's test
// cache sees every file that a verdict rests on.
package evercart_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	module   = "github.com/evercart/evercart"
	maxLines = 350 // of a Go file that is no test
)

// source is one parsed Go file.
type source struct {
	path  string // from the root, with slashes
	lines int
	tree  *ast.File
}

// rule is one house rule. It returns what is wrong with a file, in words.
type rule struct {
	name  string // a sentence
	check func(s *source) []string
	// breaks are files that the rule must report, keeps such that it must not: they
	// prove that it bites, and whom it spares.
	breaks, keeps []sample
}

type sample struct{ path, code string }

// TestHouse runs every rule over the tree, and over its own samples.
func TestHouse(t *testing.T) {
	t.Parallel()
	sources := parseTree(t, ".")
	require.NotEmpty(t, sources)
	for _, r := range slices.Concat(importRules(), wordRules(), formRules()) {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			require.NotEmpty(t, r.breaks, "a rule that nothing breaks says nothing")
			for _, s := range sources {
				for _, fault := range r.check(s) {
					t.Errorf("%s: %s", s.path, fault)
				}
			}
			for _, s := range r.breaks {
				assert.NotEmpty(t, r.check(parse(t, s.path, s.code)), "the rule passes over %s: %s", s.path, s.code)
			}
			for _, s := range r.keeps {
				assert.Empty(t, r.check(parse(t, s.path, s.code)), "the rule reports %s: %s", s.path, s.code)
			}
		})
	}
}

// TestRootHoldsNamedEntriesOnly keeps the root readable at one glance.
func TestRootHoldsNamedEntriesOnly(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{"utils", "main.go"}, strangers([]string{"core", "utils", "main.go", ".ci", "data", "cpu.prof"}, []string{"/data/", "*.prof"}))

	entries, err := os.ReadDir(".")
	require.NoError(t, err)
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	assert.Empty(t, strangers(names, ignored(t)), "entries that the root does not know")
}

// TestDocumentsNameWhatExists binds the documents to the code: a path, a test or
// an identifier in backticks that is gone, or was renamed, fails here.
func TestDocumentsNameWhatExists(t *testing.T) {
	t.Parallel()
	known := declared(append(parseTree(t, "."), parse(t, "core/teas/teas_test.go",
		"package teas_test; type Pot struct{ Size int }; func (p *Pot) Pour() {}; func TestPot() {}")))
	exists := func(word string) bool {
		_, err := os.Stat(word)
		pkg, _, dotted := strings.Cut(word, ".")
		return err == nil || known[word] || dotted && !strings.Contains(word, "/") && !known[pkg] // another's: time.Now
	}
	for _, word := range []string{"`ports/nothing.go`", "`teas.Cup`", "`teas.Pot.Drink`", "`TestCup`", "`core/nothing/`"} {
		assert.NotEmpty(t, lost(word, exists), word)
	}
	assert.Empty(t, lost("`ports/doc.go` `ports/` `teas.Pot` `teas.Pot.Pour` `teas.Pot.Size` `TestPot` `make test` `time.Now` `core`", exists))

	for _, document := range []string{"ARCHITECTURE.md", "README.md"} {
		text, err := os.ReadFile(document)
		require.NoError(t, err)
		assert.Empty(t, lost(string(text), exists), "%s names what does not exist", document)
	}
}

// TestEveryDecoderHasAFuzzTarget finds the files that read bytes or words from
// outside, and holds them against a list: each has a fuzz target, or a reason why it
// needs none. `make fuzz` runs every target, `make corpus` keeps some of what it found.
func TestEveryDecoderHasAFuzzTarget(t *testing.T) {
	t.Parallel()
	for _, code := range []string{
		`package x; import "encoding/json"; func f(b []byte) { json.Unmarshal(b, nil) }`,
		`package x; import std "encoding/json"; var d = std.NewDecoder`,
		`package x; import "github.com/evercart/evercart/ports/envelope"; var s = envelope.Scan("")`,
		`package x; import "encoding/base64"; var s = base64.StdEncoding.DecodeString`,
	} {
		assert.True(t, parse(t, "adapters/x/x.go", code).decodes(), code)
	}
	assert.False(t, parse(t, "adapters/x/x.go", `package x; import "encoding/json"; func f() { json.Marshal(nil) }`).decodes())

	sources := parseTree(t, ".")
	targets := map[string]bool{} // by "folder.Name"
	var decoders []string
	for _, s := range sources {
		for _, d := range s.tree.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && s.isTestFile() && strings.HasPrefix(f.Name.Name, "Fuzz") {
				targets[s.dir()+"."+f.Name.Name] = true
			}
		}
		if !s.isTest() && s.decodes() {
			decoders = append(decoders, s.path)
		}
	}
	require.NotEmpty(t, decoders)
	used := map[string]bool{}
	for file, by := range fuzzed {
		_, err := os.Stat(file)
		assert.NoError(t, err, "the list names a file that is gone")
		for target := range strings.FieldsSeq(by) {
			assert.True(t, targets[target], "%s is said to be fuzzed by %s, which does not exist", file, target)
			used[target] = true
		}
	}
	for file := range unfuzzed {
		assert.Contains(t, decoders, file, "the list excuses a file that is gone or decodes nothing")
		assert.NotContains(t, fuzzed, file)
	}
	for _, file := range decoders {
		assert.True(t, fuzzed[file] != "" || unfuzzed[file] != "", "%s decodes something and no fuzz target is listed for it", file)
	}
	for target := range targets {
		assert.True(t, used[target], "%s fuzzes nothing that is listed", target)
	}
	var corpora []string
	for _, folders := range []string{"*", "*/*", "*/*/*"} {
		found, err := filepath.Glob(folders + "/testdata/fuzz/*")
		require.NoError(t, err)
		corpora = append(corpora, found...)
	}
	require.NotEmpty(t, corpora)
	for _, corpus := range corpora {
		folder, name, _ := strings.Cut(corpus, "/testdata/fuzz/")
		assert.True(t, targets[folder+"."+name], "%s is kept for a target that is gone", corpus)
	}
}

// decodes reports whether s uses what reads bytes or words of a foreign form.
func (s *source) decodes() bool {
	for pkg, words := range map[string]string{
		"encoding/json": "Unmarshal NewDecoder", "compress/gzip": "NewReader", "encoding/binary": "Uvarint ReadUvarint",
		"strconv": "ParseInt ParseUint ParseFloat ParseBool Atoi Unquote", "time": "Parse ParseDuration", "net/url": "Parse ParseQuery QueryUnescape",
		"github.com/google/uuid": "Parse Validate", "github.com/go-jose/go-jose/v4": "ParseSignedCompact ParseSigned",
		"github.com/caarlos0/env/v11": "Parse ParseWithOptions", module + "/ports/envelope": "Scan",
	} {
		if len(s.forbidWords(true, pkg, strings.Fields(words)...)) > 0 {
			return true
		}
	}
	found := false
	if slices.Contains(s.imports(), "encoding/base64") || slices.Contains(s.imports(), "encoding/hex") {
		ast.Inspect(s.tree, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			found = found || ok && sel.Sel.Name == "DecodeString"
			return true
		})
	}
	return found
}

// lost returns the words in backticks that have the form of a path, a test or an
// exported identifier and do not exist.
func lost(text string, exists func(string) bool) (words []string) {
	form := regexp.MustCompile("`((?:ports|core|adapters|bootstrap|terraform|\\.make|\\.ci)/[^` ]*|(?:Test|Fuzz|Benchmark)[A-Z]\\w*|[a-z]+(?:\\.[A-Z]\\w*){1,2})`")
	for _, match := range form.FindAllStringSubmatch(text, -1) {
		if !exists(match[1]) {
			words = append(words, match[1])
		}
	}
	return words
}

// declared returns the names that the sources declare: "ports" for a package,
// "ports.Head", "ports.Head.Version", and "TestHouse" for tests.
func declared(sources []*source) map[string]bool {
	names := map[string]bool{}
	for _, s := range sources {
		pkg := strings.TrimSuffix(s.tree.Name.Name, "_test")
		names[pkg] = true
		for _, decl := range s.tree.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				names[d.Name.Name] = names[d.Name.Name] || s.isTestFile()
				names[pkg+"."+receiver(d)+d.Name.Name] = true
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					declareSpec(names, pkg, spec)
				}
			}
		}
	}
	return names
}

func declareSpec(names map[string]bool, pkg string, spec ast.Spec) {
	switch d := spec.(type) {
	case *ast.ValueSpec:
		for _, n := range d.Names {
			names[pkg+"."+n.Name] = true
		}
	case *ast.TypeSpec:
		names[pkg+"."+d.Name.Name] = true
		var members *ast.FieldList
		switch form := d.Type.(type) {
		case *ast.StructType:
			members = form.Fields
		case *ast.InterfaceType:
			members = form.Methods
		default:
			return
		}
		for _, member := range members.List {
			for _, n := range member.Names {
				names[pkg+"."+d.Name.Name+"."+n.Name] = true
			}
		}
	}
}

// receiver returns "Type." for a method, and nothing for a function.
func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return ""
	}
	name := ""
	ast.Inspect(f.Recv.List[0].Type, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && name == "" {
			name = id.Name
		}
		return name == ""
	})
	return name + "."
}

// strangers returns the names that do not belong in the root.
func strangers(names, ignored []string) []string {
	known := strings.Fields(`core ports adapters bootstrap terraform docs go.mod go.sum Makefile ARCHITECTURE.md README.md
		CONTRIBUTING.md LICENSE CHANGELOG.md compose.yaml architecture_test.go`)
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		return strings.HasPrefix(name, ".") || slices.Contains(known, name) || isIgnored(name, ignored)
	})
}

// importRules say which room knows which.
func importRules() []rule {
	return []rule{
		{
			name:  "arrows run one way only: ports, core, driving adapters, bootstrap; ports, driven adapters, bootstrap",
			check: checkArrows,
			breaks: []sample{
				{"ports/x.go", `package ports; import _ "github.com/evercart/evercart/core/es"`},
				{"ports/x.go", `package ports; import _ "github.com/evercart/evercart/adapters/memory"`},
				{"ports/envelope/x.go", `package envelope; import _ "github.com/evercart/evercart/core/cart"`},
				{"core/app/x.go", `package app; import _ "github.com/evercart/evercart/adapters/memory"`},
				{"core/es/x.go", `package es; import _ "github.com/evercart/evercart/bootstrap"`},
				{"adapters/memory/x.go", `package memory; import _ "github.com/evercart/evercart/core/app"`},
				{"adapters/sqlite/x.go", `package sqlite; import _ "github.com/evercart/evercart/adapters/memory"`},
				{"adapters/httpapi/x.go", `package httpapi; import _ "github.com/evercart/evercart/adapters/lambdafn"`},
				{"adapters/httpapi/x.go", `package httpapi; import _ "github.com/evercart/evercart/bootstrap"`},
				{"adapters/httpapi/x_test.go", `package httpapi; import _ "github.com/evercart/evercart/bootstrap"`},
				{"adapters/httpapi/x.go", `package httpapi; import _ "github.com/evercart/evercart"`},
				{"ports/porttest/x.go", `package porttest; import _ "github.com/evercart/evercart/adapters/memory"`},
			},
			keeps: []sample{
				{"ports/envelope/x.go", `package envelope; import _ "github.com/evercart/evercart/ports"`},
				{"core/app/x.go", `package app; import _ "github.com/evercart/evercart/ports/envelope"`},
				{"core/app/x_test.go", `package app; import _ "github.com/evercart/evercart/adapters/memory"`},
				{"adapters/httpapi/x.go", `package httpapi; import _ "github.com/evercart/evercart/core/app"`},
				{"adapters/sqlite/x.go", `package sqlite; import _ "github.com/evercart/evercart/adapters/sqlite/schema"`},
				{"bootstrap/x.go", `package bootstrap; import _ "github.com/evercart/evercart/adapters/sqlite"`},
			},
		},
		{
			name:  "inside the core, an aggregate knows es only, app too, and es nothing",
			check: checkCore,
			breaks: []sample{
				{"core/es/x.go", `package es; import _ "github.com/evercart/evercart/core/cart"`},
				{"core/cart/x.go", `package cart; import _ "github.com/evercart/evercart/core/app"`},
				{"core/parcel/x.go", `package parcel; import _ "github.com/evercart/evercart/core/cart"`},
				{"core/es/estest/x.go", `package estest; import _ "github.com/evercart/evercart/core/cart"`},
				{"core/app/x.go", `package app; import _ "github.com/evercart/evercart/core/cart"`},
				{"core/app/x.go", `package app; import _ "github.com/evercart/evercart/core/app/carts"`},
			},
			keeps: []sample{
				{"core/cart/x.go", `package cart; import _ "github.com/evercart/evercart/core/es"`},
				{"core/app/x.go", `package app; import _ "github.com/evercart/evercart/core/es"`},
				{"core/app/carts/x.go", `package carts; import _ "github.com/evercart/evercart/core/cart"`},
				{"core/es/x_test.go", `package es; import _ "github.com/evercart/evercart/core/cart"`},
			},
		},
		{
			name:  "ports import the standard library only, the core also google/uuid",
			check: checkForeign,
			breaks: []sample{
				{"ports/x.go", `package ports; import _ "github.com/google/uuid"`},
				{"ports/envelope/x.go", `package envelope; import _ "github.com/cloudevents/sdk-go/v2"`},
				{"core/app/x.go", `package app; import _ "go.uber.org/zap"`},
				{"core/cart/x.go", `package cart; import _ "github.com/stretchr/testify/assert"`},
				{"core/es/x_test.go", `package es; import _ "go.uber.org/fx"`},
			},
			keeps: []sample{
				{"core/app/x.go", `package app; import _ "github.com/google/uuid"`},
				{"core/cart/x_test.go", `package cart; import _ "pgregory.net/rapid"`},
				{"ports/envelope/x_test.go", `package envelope; import _ "github.com/cloudevents/sdk-go/v2/event"`},
				{"core/es/estest/x.go", `package estest; import _ "github.com/stretchr/testify/assert"`},
			},
		},
		{
			name: "a pure domain package knows no clock, random source, context, environment or network",
			check: func(s *source) []string {
				return s.forbidImports(s.pure(), "context", "os", "os/exec", "syscall", "math/rand", "math/rand/v2", "crypto/rand",
					"net", "net/http", "net/url", "io/fs", "log", "log/slog", "database/sql")
			},
			breaks: []sample{
				{"core/cart/x.go", `package cart; import _ "context"`},
				{"core/cart/x.go", `package cart; import _ "math/rand/v2"`},
				{"core/parcel/x.go", `package parcel; import _ "net/http"`},
			},
			keeps: []sample{
				{"core/cart/x.go", `package cart; import _ "time"`},
				{"core/cart/x_test.go", `package cart; import _ "os"`},
				{"core/app/x.go", `package app; import _ "context"`},
			},
		},
		{
			name: "only bootstrap imports fx and the environment's parser",
			check: func(s *source) []string {
				return s.forbidImports(!s.in("bootstrap"), "go.uber.org/fx", "go.uber.org/fx/fxtest", "go.uber.org/dig", "github.com/caarlos0/env/v11")
			},
			breaks: []sample{
				{"adapters/sqlite/x.go", `package sqlite; import _ "go.uber.org/fx"`},
				{"adapters/httpapi/x_test.go", `package httpapi; import _ "go.uber.org/fx/fxtest"`},
				{"adapters/httpapi/x.go", `package httpapi; import _ "github.com/caarlos0/env/v11"`},
			},
			keeps: []sample{{"bootstrap/x.go", `package bootstrap; import _ "go.uber.org/fx"`}},
		},
		{
			name: "no program links what serves tests only",
			check: func(s *source) []string {
				return s.forbidImports(!s.isTest(), "testing", module+"/ports/porttest", module+"/core/es/estest",
					"github.com/stretchr/testify/assert", "github.com/stretchr/testify/require", "pgregory.net/rapid")
			},
			breaks: []sample{
				{"bootstrap/x.go", `package bootstrap; import _ "github.com/evercart/evercart/ports/porttest"`},
				{"adapters/memory/x.go", `package memory; import _ "testing"`},
			},
			keeps: []sample{{"ports/porttest/x.go", `package porttest; import _ "testing"`}},
		},
	}
}

// wordRules say which names a room must not use.
func wordRules() []rule {
	hexagon := func(s *source) bool { return !s.isTest() && (s.in("ports") || s.in("core")) }
	return []rule{
		{
			name: "ports and core are told the time and the identifiers",
			check: func(s *source) []string {
				return append(s.forbidWords(hexagon(s), "time", "Now", "Since", "Until"),
					s.forbidWords(hexagon(s), "github.com/google/uuid", "New", "NewString", "NewRandom", "NewUUID", "NewV6", "NewV7", "Must")...)
			},
			breaks: []sample{
				{"core/cart/x.go", `package cart; import "time"; var now = time.Now`},
				{"core/app/x.go", `package app; import clock "time"; var age = clock.Since(then)`},
				{"core/app/x.go", `package app; import . "time"; var now = Now`},
				{"core/app/x.go", `package app; import "github.com/google/uuid"; var id, _ = uuid.NewV7()`},
			},
			keeps: []sample{
				{"core/app/x.go", `package app; import "github.com/google/uuid"; var id = uuid.NewSHA1(space, name)`},
				{"core/app/x.go", `package app; import "time"; func f(time clock) { _ = time.Hour }`},
				{"core/app/x_test.go", `package app; import "time"; var now = time.Now`},
				{"adapters/sqlite/x.go", `package sqlite; import "time"; var now = time.Now`},
			},
		},
		{
			name: "only bootstrap reads the environment",
			check: func(s *source) []string {
				abroad := !s.isTest() && !s.in("bootstrap")
				return append(s.forbidWords(abroad, "os", "Getenv", "LookupEnv", "Environ", "ExpandEnv"),
					s.forbidWords(abroad, "syscall", "Getenv", "Environ")...)
			},
			breaks: []sample{
				{"adapters/sqlite/x.go", `package sqlite; import "os"; var home = os.Getenv("HOME")`},
				{"core/app/x.go", `package app; import "os"; var home, _ = os.LookupEnv("HOME")`},
			},
			keeps: []sample{
				{"bootstrap/config.go", `package bootstrap; import "os"; var home = os.Getenv("HOME")`},
				{"adapters/sqlite/x_test.go", `package sqlite; import "os"; var home = os.Getenv("HOME")`},
			},
		},
		{
			name: "only driven adapters make heads",
			check: func(s *source) []string {
				return s.forbidWords(!s.isTest() && !s.in("ports") && !s.driven(), module+"/ports", "NewHead", "HeadOf")
			},
			breaks: []sample{
				{"core/app/x.go", `package app; import "github.com/evercart/evercart/ports"; var h = ports.NewHead(s, 1, hash, at)`},
				{"core/es/x.go", `package es; import "github.com/evercart/evercart/ports"; var h = ports.HeadOf(&c)`},
				{"bootstrap/x.go", `package bootstrap; import "github.com/evercart/evercart/ports"; var h = ports.HeadOf(&c)`},
			},
			keeps: []sample{{"adapters/memory/x.go", `package memory; import "github.com/evercart/evercart/ports"; var h = ports.HeadOf(&c)`}},
		},
		{
			name:   "no test sleeps: it waits for a condition with a deadline",
			check:  func(s *source) []string { return s.forbidWords(s.isTest(), "time", "Sleep") },
			breaks: []sample{{"core/app/x_test.go", `package app; import "time"; func f() { time.Sleep(1) }`}},
			keeps:  []sample{{"adapters/sqlite/x.go", `package sqlite; import "time"; func f() { time.Sleep(1) }`}},
		},
	}
}

// formRules say how a file is written.
func formRules() []rule {
	return []rule{
		{
			name: "no init functions",
			check: func(s *source) (faults []string) {
				for _, d := range s.tree.Decls {
					if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
						faults = append(faults, "it has an init function")
					}
				}
				return faults
			},
			breaks: []sample{{"adapters/memory/x.go", `package memory; func init() {}`}},
			keeps:  []sample{{"adapters/memory/x.go", `package memory; func (t table) init() {}`}},
		},
		{
			name: "packages are named by nouns of the trade, after their folder",
			check: func(s *source) []string {
				name := strings.TrimSuffix(s.tree.Name.Name, "_test")
				if regexp.MustCompile(`^(utils?|commons?|helpers?|impl|managers?|misc|shared)$`).MatchString(name) {
					return []string{"package " + name + " says nothing"}
				}
				if s.dir() != "." && name != "main" && name != path.Base(s.dir()) {
					return []string{"package " + name + " in folder " + s.dir()}
				}
				return nil
			},
			breaks: []sample{
				{"core/app/util/x.go", `package util`},
				{"core/common/x.go", `package common_test`},
				{"core/cart/x.go", `package basket`},
			},
			keeps: []sample{{"bootstrap/cmd/evercart/main.go", `package main`}, {"core/cart/x_test.go", `package cart_test`}},
		},
		{
			name: "no file is longer than " + strconv.Itoa(maxLines) + " lines",
			check: func(s *source) []string {
				if s.lines <= maxLines || s.isTestFile() {
					return nil
				}
				return []string{fmt.Sprintf("it has %d lines, at most %d", s.lines, maxLines)}
			},
			breaks: []sample{{"core/app/x.go", "package app\n" + strings.Repeat("//\n", maxLines)}},
			keeps:  []sample{{"core/app/x.go", "package app\n" + strings.Repeat("//\n", maxLines-1)}},
		},
		{
			name: "in ports and core, JSON names stand in codec.go and wire.go only",
			check: func(s *source) (faults []string) {
				if s.isTest() || !s.in("core") && !s.in("ports") || path.Base(s.path) == "codec.go" || path.Base(s.path) == "wire.go" {
					return nil
				}
				ast.Inspect(s.tree, func(n ast.Node) bool {
					if f, ok := n.(*ast.Field); ok && f.Tag != nil && strings.Contains(f.Tag.Value, `json:`) {
						faults = append(faults, "it has the struct tag "+f.Tag.Value)
					}
					return true
				})
				return faults
			},
			breaks: []sample{{"core/cart/events.go", "package cart; type Opened struct { Owner string `json:\"owner\"` }"}},
			keeps:  []sample{{"core/cart/codec.go", "package cart; type opened struct { Owner string `json:\"owner\"` }"}},
		},
	}
}

func checkArrows(s *source) (faults []string) {
	for _, to := range s.imports() {
		inner, ours := strings.CutPrefix(to, module)
		if !ours {
			continue
		}
		inner = strings.TrimPrefix(inner, "/")
		switch room, own := roomOf(inner), roomOf(s.dir()); {
		case room == own, own == "bootstrap":
		case room == "ports":
		case room == "core" && (own == "adapters/httpapi" || own == "adapters/lambdafn"):
		case s.isTest() && own != "ports" && room != "bootstrap": // a test may bring an adapter, and what it drives
		case s.isTestFile() && own == "ports" && strings.HasPrefix(room, "adapters/"): // a twin to break
		default:
			faults = append(faults, fmt.Sprintf("%s imports %s", own, to))
		}
	}
	return faults
}

func checkCore(s *source) (faults []string) {
	if s.isTestFile() || !s.in("core") || s.in("core/app") && s.dir() != "core/app" {
		return nil // a package below core/app holds the use cases of one aggregate
	}
	own := module + "/" + strings.Join(strings.Split(s.path, "/")[:2], "/") // core/es or core/cart, with what lies below
	for _, to := range s.imports() {
		inside := s.dir() != "core/app" && (to == own || strings.HasPrefix(to, own+"/"))
		if strings.HasPrefix(to, module+"/core/") && !inside && to != module+"/core/es" {
			faults = append(faults, "it imports "+to)
		}
	}
	return faults
}

func checkForeign(s *source) []string {
	if !s.in("ports") && !s.in("core") {
		return nil
	}
	return slices.DeleteFunc(s.imports(), func(to string) bool {
		host, _, _ := strings.Cut(to, "/")
		standard := !strings.Contains(host, ".")
		ours := to == module || strings.HasPrefix(to, module+"/")
		return standard || ours || s.isTest() && !strings.HasPrefix(to, "go.uber.org/fx") || s.in("core") && to == "github.com/google/uuid"
	})
}

func (s *source) dir() string { return path.Dir(s.path) }

// in reports whether s lies in folder or below it.
func (s *source) in(folder string) bool { return strings.HasPrefix(s.path, folder+"/") }

// isTest reports whether s serves tests only: a test file, or test support.
func (s *source) isTest() bool {
	return s.isTestFile() || s.in("ports/porttest") || s.in("core/es/estest")
}

func (s *source) isTestFile() bool { return strings.HasSuffix(s.path, "_test.go") }

// driven reports whether s belongs to an adapter that the core drives.
func (s *source) driven() bool {
	return s.in("adapters") && !s.in("adapters/httpapi") && !s.in("adapters/lambdafn")
}

// pure reports whether s is of a package that holds an aggregate.
func (s *source) pure() bool {
	return !s.isTest() && s.in("core") && !s.in("core/app") && !s.in("core/es")
}

// roomOf names the room of a folder: "ports", "core", "adapters/sqlite".
func roomOf(dir string) string {
	parts := strings.Split(dir, "/")
	if parts[0] == "adapters" && len(parts) > 1 {
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}

func (s *source) imports() []string {
	paths := make([]string, len(s.tree.Imports))
	for i, spec := range s.tree.Imports {
		paths[i], _ = strconv.Unquote(spec.Path.Value) // the parser has read it
	}
	return paths
}

func (s *source) forbidImports(here bool, banned ...string) (faults []string) {
	for _, to := range s.imports() {
		if here && slices.Contains(banned, to) {
			faults = append(faults, "it imports "+to)
		}
	}
	return faults
}

// forbidWords reports every use of the names of a package, under whatever name
// the file imports it.
func (s *source) forbidWords(here bool, pkg string, words ...string) (faults []string) {
	at := slices.Index(s.imports(), pkg)
	if !here || at < 0 {
		return nil
	}
	local := path.Base(pkg)
	if as := s.tree.Imports[at].Name; as != nil {
		local = as.Name
	}
	if local == "." {
		return []string{"it imports all names of " + pkg}
	}
	ast.Inspect(s.tree, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok && slices.Contains(words, sel.Sel.Name) {
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == local && x.Obj == nil {
				faults = append(faults, fmt.Sprintf("it uses %s.%s", pkg, sel.Sel.Name))
			}
		}
		return true
	})
	return faults
}

func parse(t *testing.T, name, code string) *source {
	t.Helper()
	tree, err := parser.ParseFile(token.NewFileSet(), name, code, 0)
	require.NoError(t, err)
	return &source{path: name, lines: strings.Count(strings.TrimSuffix(code, "\n"), "\n") + 1, tree: tree}
}

// parseTree parses every Go file of the module under root but those in folders
// that Go or git passes over.
func parseTree(t *testing.T, root string) (sources []*source) {
	t.Helper()
	passed := ignored(t)
	require.NoError(t, filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		base := d.Name()
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != root && (strings.HasPrefix(base, ".") || base == "testdata" || filepath.Dir(name) == root && isIgnored(base, passed)):
			return filepath.SkipDir
		case d.IsDir() || filepath.Ext(base) != ".go":
			return nil
		}
		code, err := os.ReadFile(name)
		if err == nil {
			sources = append(sources, parse(t, filepath.ToSlash(name), string(code)))
		}
		return err
	}))
	return sources
}

// ignored returns the patterns of .gitignore.
func ignored(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(".gitignore")
	require.NoError(t, err)
	return strings.Fields(string(text))
}

func isIgnored(name string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		matched, err := path.Match(strings.Trim(pattern, "/"), name)
		return err == nil && matched
	})
}

// fuzzed says which targets, "folder.Name", fuzz the decoders of a file.
var fuzzed = map[string]string{
	"ports/ndjson/read.go":                  "adapters/s3archive.FuzzArchiveObject",
	"bootstrap/functions/player/answer.go":  "bootstrap/functions/player.FuzzAnswer",
	"bootstrap/deployment/applied/state.go": "bootstrap/deployment/applied.FuzzFaults",
	"bootstrap/deployment/applied/roles.go": "bootstrap/deployment/applied.FuzzFaults",
	"adapters/dynamostore/images.go":        "adapters/dynamostore.FuzzImage",
	"adapters/dynamostore/item.go":          "adapters/dynamostore.FuzzImage",
	"adapters/dynamostore/olderitem.go":     "adapters/dynamostore.FuzzImage",
	"adapters/dynamostore/reader.go":        "adapters/dynamostore.FuzzImage adapters/dynamostore.FuzzViewItem",
	"adapters/dynamostore/viewcatalog.go":   "adapters/dynamostore.FuzzViewItem",
	"adapters/httpapi/body.go":              "adapters/httpapi.FuzzBodies",
	"adapters/httpapi/etag.go":              "adapters/httpapi.FuzzRequests",
	"adapters/httpapi/itembody.go":          "adapters/httpapi.FuzzBodies",
	"adapters/httpapi/key.go":               "adapters/httpapi.FuzzRequests",
	"adapters/httpapi/oidc.go":              "adapters/httpapi.FuzzToken",
	"adapters/httpapi/oidckeys.go":          "adapters/httpapi.FuzzKeySet",
	"adapters/httpapi/operator.go":          "adapters/httpapi.FuzzOperatorsSite",
	"adapters/httpapi/query.go":             "adapters/httpapi.FuzzRequests",
	"adapters/httpapi/token.go":             "adapters/httpapi.FuzzSeenTokens",
	"adapters/httpapi/trace.go":             "adapters/httpapi.FuzzRequests",
	"adapters/lambdafn/describe.go":         "adapters/lambdafn.FuzzEvents",
	"adapters/lambdafn/direct.go":           "adapters/lambdafn.FuzzEvents",
	"adapters/lambdafn/failures.go":         "adapters/lambdafn.FuzzEvents",
	"adapters/lambdafn/failedbatch.go":      "adapters/lambdafn.FuzzEvents",
	"adapters/lambdafn/finish.go":           "adapters/lambdafn.FuzzEvents",
	"adapters/lambdafn/gateway.go":          "adapters/lambdafn.FuzzEvents",
	"adapters/lambdafn/kinesis.go":          "adapters/lambdafn.FuzzEvents",
	"adapters/lambdafn/queries.go":          "adapters/lambdafn.FuzzEvents",
	"adapters/lambdafn/relay.go":            "adapters/lambdafn.FuzzEvents",
	"adapters/lambdafn/shape.go":            "adapters/lambdafn.FuzzEvents",
	"adapters/lambdafn/sqs.go":              "adapters/lambdafn.FuzzEvents",
	"adapters/sqlite/eventstorerow.go":      "ports/envelope.FuzzParseStored adapters/sqlite.FuzzStoredColumns",
	"bootstrap/config/addr.go":              "bootstrap/config.FuzzLoad",
	"bootstrap/config/load.go":              "bootstrap/config.FuzzLoad",
	"bootstrap/config/traces.go":            "bootstrap/config.FuzzLoad",
	"core/cart/money.go":                    "core/cart.FuzzPrice",
	"core/cart/payload.go":                  "core/cart.FuzzPayload",
	"core/cart/payload_json.go":             "core/cart.FuzzPayload",
	"core/cart/snapshot.go":                 "core/cart.FuzzSnapshot",
	"core/cart/view_carts.go":               "core/cart.FuzzViewRows",
	"core/cart/view_related.go":             "core/cart.FuzzViewRows",
	"core/es/memory.go":                     "core/es.FuzzStreamSnapshot",
	"core/es/snapshot.go":                   "core/es.FuzzStreamSnapshot",
	"ports/archivekey.go":                   "ports.FuzzNames",
	"ports/envelope/appendstring.go":        "ports/envelope.FuzzAppendString",
	"ports/envelope/dataplain.go":           "ports/envelope.FuzzPlainData",
	"ports/envelope/scanner.go":             "ports/envelope.FuzzScanner",
	"ports/envelope/scanvalue.go":           "ports/envelope.FuzzScanner",
	"ports/envelope/stored.go":              "ports/envelope.FuzzParseStored",
	"ports/envelope/storedplain.go":         "ports/envelope.FuzzPlainStored",
	"ports/envelope/time.go":                "ports/envelope.FuzzParseTime",
	"ports/envelope/wire.go":                "ports/envelope.FuzzParseWire",
}

// unfuzzed says why the decoders of a file need no target.
var unfuzzed = map[string]string{
	"adapters/filearchive/list.go":             "names of folders: what is read must be written as it was",
	"adapters/filescratch/part.go":             "this process wrote it",
	"adapters/lambdafn/runtimetest/api.go":     "serves tests",
	"adapters/otlptrace/otlptest/collector.go": "serves tests",
	"adapters/memory/log.go":                   "this process wrote it",
	"adapters/sqlite/feedposition.go":          "what is read must be written as it was",
	"adapters/sqlite/replayjobs.go":            "a column of our own that encoding/json reads into strings",
	"adapters/sqlite/viewsdbvalues.go":         "a column of our own that package time reads",
	"adapters/sqsreplay/pending.go":            "a number that SQS counts",
	"adapters/webhook/options.go":              "the operator's configuration, read by the standard library",
	"bootstrap/cli/cart.go":                    "the operator's arguments, read by google/uuid",
	"bootstrap/cli/cartqueries.go":             "the operator's arguments, read by package time",
	"bootstrap/cli/demo.go":                    "the operator's arguments, read by package time",
	"bootstrap/cli/numbers.go":                 "the operator's arguments, read by strconv",
	"bootstrap/cli/replay.go":                  "the operator's arguments, read by package time",
	"bootstrap/cli/replayexport.go":            "positions that this program counts",
	"bootstrap/cli/replayplan.go":              "the operator's file of prices, read by encoding/json",
	"bootstrap/config/version.go":              "what the compiler wrote into the program",
	"bootstrap/costs/measured.go":              "a file of the program",
	"bootstrap/costs/prices.go":                "the operator's file of prices, read by encoding/json",
	"bootstrap/functions/aws.go":               "the operator's configuration, read by package strconv",
	"bootstrap/functions/function.go":          "what Lambda sets, read by package strconv",
	"core/app/redrive.go":                      "the place of an item in quarantine, which this program wrote",
	"core/app/verifyrecord.go":                 "this process wrote it",
}
