package cli_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/bootstrap/cli"
)

// TestWhatPeopleAreToldToType holds that a command line in a message works where the
// one before it was typed: the program as it was called, and the same data.
func TestWhatPeopleAreToldToType(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "my data")
	run := func(t *testing.T, program string, args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		cli.Main(t.Context(), program, args, nil, &out, &errs)
		return out.String() + errs.String()
	}
	require.Contains(t, run(t, "dist/evercart", "cart", "open", "--data", data), "-")
	t.Run("names the program as it was called", func(t *testing.T) {
		t.Parallel()
		for want, args := range map[string][]string{
			"\ndist/evercart cart add --help shows how it is used.\n":         {"cart", "add", "--nonsense"},
			"\ndist/evercart --help shows how it is used.\n":                  {"nonsense"},
			"unknown flag --version; did you mean 'dist/evercart version'?\n": {"--version"},
			"Usage: dist/evercart cart add <id> <item>":                       {"cart", "add", "--help"},
			"\n    dist/evercart serve --addr 127.0.0.1:8080":                 {"serve", "--help"},
			"Start it with 'dist/evercart serve', or":                         {"--help"},
			"as 'dist/evercart backfill' does":                                {"verify", "--help"},
			"Run \"dist/evercart <command> --help\"":                          {"--help"},
		} {
			assert.Contains(t, unwrapped(run(t, "dist/evercart", args...)), unwrapped(want))
		}
		quoted := run(t, "./my dist/evercart", "--help")
		assert.Contains(t, unwrapped(quoted), "Start it with 'evercart serve', or")
		assert.Contains(t, quoted, "\n    './my dist/evercart' cart open ")
		assert.Contains(t, run(t, "./my dist/evercart", "cart", "add"), "\n'./my dist/evercart' cart add --help shows how it is used.\n")
	})
	t.Run("names the data as it was named", func(t *testing.T) {
		t.Parallel()
		for want, args := range map[string][]string{
			"; 'dist/evercart replay status --data '" + data + "'' lists them":                          {"replay", "status", "x"},
			": 'dist/evercart serve --data '" + data + "'' builds them":                                 {"views", "list"},
			"carts is a view: 'dist/evercart views rebuild carts --data '" + data + "'' replays into a": {"replay", "start", "carts"},
		} {
			assert.Contains(t, run(t, "dist/evercart", append(args, "--data", data)...), want)
		}
		assert.Contains(t, run(t, "dist/evercart", "cart", "list", "--data", data), "while a server runs: 'dist/evercart serve --data '"+data+"''")
		assert.Contains(t, run(t, "dist/evercart", "views", "list", "--backend", "memory"), "'dist/evercart serve --backend memory' builds them")
	})
}

func TestHelpSaysEachDefault(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	for want, args := range map[string][]string{
		"--quantity=N How many, 1 to 999. Default: 1.":                 {"cart", "add"},
		"--limit=N How many, 1 to 1000. Default: 100.":                 {"cart", "list"},
		"--carts=N How many carts, 1 to 100000. Default: 200.":         {"demo"},
		"--seed=N The same seed makes the same carts. Default: 1.":     {"demo"},
		"takes a free one. Default: EVERCART_ADDR, or 127.0.0.1:8080.": {"serve"},
		"and the archive. Default: EVERCART_DATA, or ./data.":          {"cart", "show"},
		"memory, sqlite or aws. Default: EVERCART_BACKEND, or sqlite.": {"verify"},
		"(on AWS). Default: 1m.":                                       {"verify"},
	} {
		assert.Contains(t, unwrapped(s.ok(append(args, "--help")...)), want)
	}
}
