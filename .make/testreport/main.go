// Command testreport reads the JSON of `go test -json` from its standard input
// and prints what a person needs: one line a package, the whole output of what
// failed, every skipped test with its reason, and a closing line that counts.
//
// It exits 1 where a test or a build failed, where no test ran, and, with
// -forbid-skips, where a test was skipped that the file does not list.
//
// With -again it writes the tests that failed into a file, one "package test" a
// line, where they may get a second run: see report.again.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

func main() {
	allow := flag.String("forbid-skips", "", "the file that lists the tests that may be skipped, one \"package test\" a line")
	again := flag.String("again", "", "the file to write the tests to that failed and may be run once more, alone")
	flag.Parse()
	r := report{out: os.Stdout, output: map[name]*strings.Builder{}}
	if *allow != "" {
		text, err := os.ReadFile(*allow)
		if err != nil {
			fmt.Fprintln(os.Stderr, "testreport:", err)
			os.Exit(2)
		}
		r.forbid, r.allowed = true, allowed(string(text))
	}
	if err := r.read(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "testreport:", err)
		os.Exit(2)
	}
	well := r.close()
	if *again != "" {
		if err := os.WriteFile(*again, []byte(r.again()), 0o600); err != nil {
			fmt.Fprintln(os.Stderr, "testreport:", err)
			os.Exit(2)
		}
	}
	if !well {
		os.Exit(1)
	}
}

// event is one line of `go test -json`: see `go doc test2json`.
type event struct {
	Action, Package, Test, Output, ImportPath string
	Elapsed                                   float64 // seconds
}

type name struct{ pkg, test string }

func (n name) String() string { return n.pkg + " " + n.test }

type report struct {
	out     io.Writer
	forbid  bool
	allowed map[string]bool

	output                  map[name]*strings.Builder // of tests and packages that have not ended
	passed, failed, skipped int
	packages, broken        int // packages that ended, and those that failed or did not build
	forbidden               int // tests that were skipped and may not be

	late  []name // tests, not subtests, that failed
	final bool   // something is wrong that no second run may take back
}

// allowed reads the list of tests that may be skipped: one "package test" a
// line; a line that starts with # is a comment.
func allowed(text string) map[string]bool {
	tests := map[string]bool{}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			tests[strings.Join(strings.Fields(line), " ")] = true
		}
	}
	return tests
}

func (r *report) read(in io.Reader) error {
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			var e event
			if json.Unmarshal([]byte(line), &e) != nil {
				fmt.Fprint(r.out, line) // not the test's: a warning of the linker, say
			} else {
				r.take(e)
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (r *report) take(e event) {
	n := name{e.Package, e.Test}
	switch e.Action {
	case "build-output":
		fmt.Fprint(r.out, e.Output)
	case "output":
		if r.output[n] == nil {
			r.output[n] = &strings.Builder{}
		}
		r.output[n].WriteString(e.Output)
		return
	case "pass", "fail", "skip":
		if e.Test == "" {
			r.endPackage(n, e.Action)
		} else {
			r.endTest(n, e.Action)
		}
		delete(r.output, n)
	}
}

func (r *report) endTest(n name, action string) {
	switch action {
	case "pass":
		r.passed++
		if strings.Contains(r.said(n), "WARNING: DATA RACE") {
			fmt.Fprint(r.out, r.said(n)) // of a test that ran beside it: that one fails
			r.final = true
		}
	case "fail":
		r.failed++
		fmt.Fprint(r.out, r.said(n))
		if !strings.Contains(n.test, "/") {
			r.late = append(r.late, n)
		}
		r.final = r.final || grave(r.said(n))
	case "skip":
		r.skipped++
		mark := ""
		if r.forbid && !r.allowed[n.String()] {
			r.forbidden++
			mark = " (forbidden)"
		}
		fmt.Fprintf(r.out, "skipped%s: %s: %s\n", mark, n, reason(r.said(n)))
	}
}

func (r *report) endPackage(n name, action string) {
	r.packages++
	said := strings.TrimRight(r.said(n), "\n")
	if action == "fail" {
		r.broken++
		fmt.Fprintln(r.out, said) // a panic, a data race or a timeout says so here
		if r.tellUnfinished(n.pkg) || grave(said) || !slices.ContainsFunc(r.late, func(t name) bool { return t.pkg == n.pkg }) {
			r.final = true
		}
		return
	}
	last := said[strings.LastIndexByte(said, '\n')+1:]
	fmt.Fprintln(r.out, last) // "ok  package  1.2s"
}

// grave reports whether what was said tells of more than a test that came too late.
func grave(said string) bool {
	return strings.Contains(said, "WARNING: DATA RACE") || strings.Contains(said, "panic: ")
}

// tellUnfinished prints the output of tests that a crash of pkg cut short, and
// reports whether there are any.
func (r *report) tellUnfinished(pkg string) (some bool) {
	for n, said := range r.output {
		if n.pkg == pkg && n.test != "" {
			fmt.Fprintf(r.out, "unfinished: %s\n%s", n, said)
			delete(r.output, n)
			some = true
		}
	}
	return some
}

// mostAgain is how many tests may get a second run: more are no accident.
const mostAgain = 3

// again returns the tests that failed, one "package test" a line, where a second run
// of them, alone, may show that they only came too late on a busy machine. It is
// empty where more is wrong than that: many failures, a data race, a panic, a test
// or a package that did not end, what does not build, a skip that is forbidden.
func (r *report) again() string {
	if r.final || r.forbidden > 0 || len(r.late) > mostAgain || len(r.output) > 0 {
		return ""
	}
	var lines strings.Builder
	for _, n := range r.late {
		fmt.Fprintln(&lines, n)
	}
	return lines.String()
}

func (r *report) said(n name) string {
	if r.output[n] == nil {
		return ""
	}
	return r.output[n].String()
}

// reason returns what t.Skip was told: the lines of said that are not the
// framework's own.
func reason(said string) string {
	var words []string
	for line := range strings.Lines(said) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "=== ") && !strings.HasPrefix(line, "--- ") {
			words = append(words, line)
		}
	}
	return strings.Join(words, " ")
}

// close prints the closing lines, the counts last, and reports whether all is
// well.
func (r *report) close() bool {
	var faults []string
	if r.failed > 0 || r.broken > 0 {
		faults = append(faults, fmt.Sprintf("FAIL: %d of %d packages", r.broken, r.packages))
	}
	if r.forbidden > 0 {
		faults = append(faults, fmt.Sprintf("FAIL: %d tests were skipped that may not be", r.forbidden))
	}
	if r.passed+r.failed == 0 {
		faults = append(faults, "FAIL: no test ran")
	}
	counts := fmt.Sprintf("%d passed, %d failed, %d skipped", r.passed, r.failed, r.skipped)
	fmt.Fprintln(r.out, strings.Join(append(faults, counts), "\n"))
	return len(faults) == 0
}
