package main

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	passing = `{"Action":"output","Package":"p","Test":"TestA","Output":"chatter\n"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Output":"PASS\n"}
{"Action":"output","Package":"p","Output":"ok  \tp\t0.01s\n"}
{"Action":"pass","Package":"p"}
`
	skipping = `{"Action":"output","Package":"p","Test":"TestB","Output":"=== RUN   TestB\n"}
{"Action":"output","Package":"p","Test":"TestB","Output":"    x_test.go:3: no python3\n"}
{"Action":"output","Package":"p","Test":"TestB","Output":"--- SKIP: TestB (0.00s)\n"}
{"Action":"skip","Package":"p","Test":"TestB"}
`
	failing = `{"Action":"output","Package":"p","Test":"TestC","Output":"    x_test.go:9: too few\n"}
{"Action":"fail","Package":"p","Test":"TestC"}
{"Action":"output","Package":"p","Output":"FAIL\tp\t0.01s\n"}
{"Action":"fail","Package":"p"}
`
	unbuilt = `{"ImportPath":"q","Action":"build-output","Output":"q.go:1: undefined: x\n"}
{"ImportPath":"q","Action":"build-fail"}
{"Action":"output","Package":"q","Output":"FAIL\tq [build failed]\n"}
{"Action":"fail","Package":"q"}
`
	racing = `{"Action":"output","Package":"p","Test":"TestA","Output":"WARNING: DATA RACE\nx.go:7\n"}
{"Action":"pass","Package":"p","Test":"TestA"}
`
	crashing = `{"Action":"output","Package":"p","Test":"TestD","Output":"panic: out of tea\n"}
{"Action":"output","Package":"p","Output":"FAIL\tp\t0.01s\n"}
{"Action":"fail","Package":"p"}
`
)

func TestReport(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		input, forbid string // forbid "-": skips are not forbidden
		well          bool
		says          []string
	}{
		"what passes is one line a package":   {passing, "-", true, []string{"ok  \tp\t0.01s\n1 passed, 0 failed, 0 skipped\n"}},
		"a skip is told with its reason":      {skipping + passing, "-", true, []string{"skipped: p TestB: x_test.go:3: no python3\n"}},
		"a forbidden skip fails":              {skipping + passing, "# none", false, []string{"skipped (forbidden): p TestB", "FAIL: 1 tests were skipped"}},
		"an allowed skip does not":            {skipping + passing, "p  TestB", true, nil},
		"a failure is told wholly":            {failing + passing, "-", false, []string{"too few", "FAIL: 1 of 2 packages\n1 passed, 1 failed, 0 skipped\n"}},
		"what does not build fails":           {passing + unbuilt, "-", false, []string{"q.go:1: undefined: x", "FAIL: 1 of 2 packages"}},
		"a crash is told with its test":       {passing + crashing, "-", false, []string{"unfinished: p TestD\npanic: out of tea"}},
		"a race is told wherever it was":      {racing + failing, "-", false, []string{"WARNING: DATA RACE\nx.go:7\n"}},
		"no test at all is no success":        {"", "-", false, []string{"FAIL: no test ran"}},
		"other lines are passed on unchanged": {"ld: warning\n" + passing, "-", true, []string{"ld: warning\n"}},
	}
	for sentence, c := range cases {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			r := report{out: &out, output: map[name]*strings.Builder{}}
			if c.forbid != "-" {
				r.forbid, r.allowed = true, allowed(c.forbid)
			}
			require.NoError(t, r.read(strings.NewReader(c.input)))
			assert.Equal(t, c.well, r.close())
			for _, words := range c.says {
				assert.Contains(t, out.String(), words)
			}
		})
	}
}

func TestSecondRuns(t *testing.T) {
	t.Parallel()
	late := strings.ReplaceAll(failing, `"Test":"TestC"`, `"Test":"TestC/a case"`)
	late = strings.Replace(late, "{\"Action\":\"output\",\"Package\":\"p\",\"Output\":\"FAIL", `{"Action":"fail","Package":"p","Test":"TestC"}`+"\n{\"Action\":\"output\",\"Package\":\"p\",\"Output\":\"FAIL", 1)
	many := ""
	for _, test := range []string{"TestC", "TestD", "TestE", "TestF"} {
		many += strings.ReplaceAll(failing, "TestC", test)
	}
	for sentence, c := range map[string]struct{ input, again string }{
		"what passes needs none":                       {passing, ""},
		"a test that failed may be run again":          {failing + passing, "p TestC\n"},
		"a subtest is run again with its test":         {late, "p TestC\n"},
		"four tests that fail are no accident":         {many, ""},
		"a data race is none, whoever found it":        {racing + failing, ""},
		"nor is one that is found between two tests":   {strings.Replace(failing, "FAIL\\tp", "WARNING: DATA RACE\\n", 1), ""},
		"what go test did not come to is not known":    {failing + `{"Action":"output","Package":"q","Test":"TestE","Output":"=== RUN   TestE\n"}`, ""},
		"a test that panics has had its chance":        {strings.ReplaceAll(failing, "too few", "panic: out of tea"), ""},
		"what does not build will not build":           {failing + unbuilt, ""},
		"what a crash cut short is not known":          {failing + crashing, ""},
		"a skip that is forbidden fails all the same":  {skipping + failing, ""},
		"a package that fails without a test is final": {`{"Action":"fail","Package":"p"}`, ""},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			r := report{out: io.Discard, output: map[name]*strings.Builder{}, forbid: true}
			require.NoError(t, r.read(strings.NewReader(c.input)))
			assert.Equal(t, c.again, r.again())
		})
	}
}
