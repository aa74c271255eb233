package cli_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/sqlite"
	"github.com/evercart/evercart/bootstrap/cli"
	"github.com/evercart/evercart/ports"
)

// shell runs command lines on one data folder.
type shell struct {
	t    *testing.T
	data string
	env  []string // beside EVERCART_DATA
}

func newShell(t *testing.T) *shell {
	t.Helper()
	return &shell{t: t, data: filepath.Join(t.TempDir(), "data")}
}

// run returns the exit code and what was printed.
func (s *shell) run(args ...string) (code int, stdout, stderr string) {
	s.t.Helper()
	var out, errs bytes.Buffer
	code = cli.Main(s.t.Context(), "evercart", args, append([]string{"EVERCART_DATA=" + s.data}, s.env...), &out, &errs)
	return code, out.String(), withoutProgress(errs.String())
}

// withoutProgress leaves out the lines that work of more than a second prints on a
// slow machine.
func withoutProgress(stderr string) string {
	var kept strings.Builder
	for line := range strings.Lines(stderr) {
		if !strings.Contains(line, `"msg":"progress"`) {
			kept.WriteString(line)
		}
	}
	return kept.String()
}

// ok runs a command line that must succeed and returns what it printed.
func (s *shell) ok(args ...string) string {
	s.t.Helper()
	code, stdout, stderr := s.run(args...)
	require.Zero(s.t, code, stderr)
	require.Empty(s.t, stderr)
	return stdout
}

// open opens a cart and returns its ID.
func (s *shell) open(args ...string) string {
	s.t.Helper()
	var cart struct{ ID string }
	require.NoError(s.t, json.Unmarshal([]byte(s.ok(append([]string{"cart", "open", "--json"}, args...)...)), &cart))
	return cart.ID
}

// unwrapped returns help as it was before it was broken into lines.
func unwrapped(help string) string { return strings.Join(strings.Fields(help), " ") }

var times = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z`)

func TestACartOnTheCommandLine(t *testing.T) {
	t.Parallel()
	t.Run("is opened, filled, changed and closed", func(t *testing.T) {
		t.Parallel()
		s := newShell(t)
		id := s.open()
		s.ok("cart", "add", id, "tea", "--quantity", "2", "--price", "4.99", "--currency", "EUR")
		s.ok("cart", "add", "--price=0.50", "--currency=EUR", id, " oat milk ")
		s.ok("cart", "set", id, "tea", "3")
		s.ok("cart", "add", id, "mug")
		s.ok("cart", "remove", id, "mug")
		shown := times.ReplaceAllString(s.ok("cart", "close", id), "TIME")
		assert.Equal(t, `cart     `+id+`
status   closed, version 7
opened   TIME
changed  TIME
closed   TIME
total    15.47 EUR

ITEM      QUANTITY  UNIT PRICE
tea       3         4.99 EUR
oat milk  1         0.50 EUR
`, shown)
	})
	t.Run("is shown as it was", func(t *testing.T) {
		t.Parallel()
		s := newShell(t)
		id := s.open()
		s.ok("cart", "add", id, "tea")
		s.ok("cart", "add", id, "mug")
		at := times.FindAllString(s.ok("cart", "history", id), -1)
		require.Len(t, at, 3)
		for _, past := range [][]string{{"--version", "2"}, {"--at", at[1]}} {
			shown := s.ok(append([]string{"cart", "show", id}, past...)...)
			assert.Contains(t, shown, "tea")
			assert.NotContains(t, shown, "mug")
		}
		code, _, stderr := s.run("cart", "show", id, "--version", "9")
		assert.Equal(t, 1, code)
		assert.Equal(t, "evercart: cart_not_found: there is no such version: the newest is 3\n", stderr)
	})
	t.Run("tells its history, an event a line", func(t *testing.T) {
		t.Parallel()
		s := newShell(t)
		id := s.open()
		s.ok("cart", "add", id, "tea")
		s.ok("cart", "close", id)
		history := times.ReplaceAllString(s.ok("cart", "history", id), "TIME")
		assert.Equal(t, `VERSION  TIME                         EVENT       DATA
1        TIME  CartOpened  {}
2        TIME  ItemAdded   {"item":"tea","quantity":1}
3        TIME  CartClosed  {"lines":[{"item":"tea","quantity":1}]}
`, history)
		events := strings.Split(strings.TrimSpace(s.ok("cart", "history", id, "--after=1", "--json")), "\n")
		require.Len(t, events, 2)
		var event struct{ SpecVersion, Type, Subject string }
		require.NoError(t, json.Unmarshal([]byte(events[0]), &event))
		assert.Equal(t, "evercart.cart.ItemAdded.v2", event.Type)
	})
	t.Run("is its ID when it is opened, and all of it with --json", func(t *testing.T) {
		t.Parallel()
		s := newShell(t)
		id := s.ok("cart", "open", "--owner", "i|alice")
		assert.Regexp(t, `\A[0-9a-f]{8}-[0-9a-f-]{27}\n\z`, id)
		assert.Contains(t, s.ok("cart", "show", strings.TrimSpace(id)), "i|alice")
		assert.Contains(t, s.ok("cart", "open", "--json"), `"status":"open"`)
	})
	t.Run("is opened once for one key", func(t *testing.T) {
		t.Parallel()
		s := newShell(t)
		id := s.open("--key", "monday", "--owner", "https://issuer.example|alice")
		s.ok("cart", "add", id, "tea")
		assert.Equal(t, id, s.open("--key", "monday", "--owner", "https://issuer.example|alice"))
		assert.Contains(t, s.ok("cart", "history", id), "\n2")
	})
}

func TestTwoVersionsOfACart(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	id := s.open()
	s.ok("cart", "add", id, "tea", "--price", "4.99", "--currency", "EUR")
	s.ok("cart", "set", id, "tea", "2")
	s.ok("cart", "close", id)
	t.Run("differ in what a table shows", func(t *testing.T) {
		t.Parallel()
		assert.Equal(t, `WHAT             FROM      TO
status           open      closed
quantity of tea  1         2
total            4.99 EUR  9.98 EUR
`, s.ok("cart", "diff", id, "2", "4"))
		assert.Equal(t, s.ok("cart", "diff", id, "2"), s.ok("cart", "diff", id, "2", "4"))
		assert.Equal(t, `[{"what":"item tea","to":"1 at 4.99 EUR"},{"what":"total","to":"4.99 EUR"}]`+"\n", s.ok("cart", "diff", id, "1", "2", "--json"))
		assert.Equal(t, "no difference\n", s.ok("cart", "diff", id, "2", "2"))
	})
	t.Run("must both be there", func(t *testing.T) {
		t.Parallel()
		code, _, stderr := s.run("cart", "diff", id, "2", "9")
		assert.Equal(t, 1, code)
		assert.Contains(t, stderr, "cart_not_found")
		code, _, _ = s.run("cart", "diff", id, "0")
		assert.Equal(t, 2, code)
	})
}

func TestAFollowedHistory(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	id := s.open()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	read, write := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- cli.Main(ctx, "evercart", []string{"cart", "history", id, "--follow", "--json"}, []string{"EVERCART_DATA=" + s.data}, write, io.Discard)
		_ = write.Close()
	}()
	lines := bufio.NewScanner(read)
	require.True(t, lines.Scan())
	assert.Contains(t, lines.Text(), "CartOpened")
	s.ok("cart", "add", id, "tea")
	require.True(t, lines.Scan(), "the new event is shown")
	assert.Contains(t, lines.Text(), "ItemAdded")
	stop()
	assert.Zero(t, <-ended)
}

func TestTheQuarantine(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.open()
	put := func(position ports.Position, payload string) string {
		views, err := sqlite.OpenViews(t.Context(), filepath.Join(s.data, "views.db"))
		require.NoError(t, err)
		item := ports.Quarantined{Consumer: "carts", Shard: "0", Position: position, Reason: "it was broken", Payload: []byte(payload), At: time.Now()}
		require.NoError(t, views.PutQuarantined(t.Context(), item))
		require.NoError(t, views.Close())
		return item.ID()
	}
	assert.Equal(t, "nothing is in quarantine\n", s.ok("quarantine", "list"))
	id := s.open()
	good, bad := put("1", strings.TrimSpace(s.ok("cart", "history", id, "--json"))), put("2", "no event")
	assert.Contains(t, s.ok("quarantine", "list"), "it was broken")
	assert.Contains(t, s.ok("quarantine", "list", "--json", "--payload"), `"payload":"no event"`)

	code, stdout, stderr := s.run("quarantine", "redrive", "--all")
	assert.Equal(t, 1, code)
	assert.Equal(t, "redriven "+good+"\n", stdout)
	assert.Contains(t, stderr, bad+" stays in quarantine: it still cannot be read")
	assert.NotContains(t, s.ok("quarantine", "list"), good)
	assert.Contains(t, s.ok("cart", "list"), id, "the view has what the record says")
	for _, args := range [][]string{{"quarantine", "redrive"}, {"quarantine", "redrive", bad, "--all"}} {
		code, _, _ = s.run(args...)
		assert.Equal(t, 2, code)
	}
	code, _, stderr = s.run("quarantine", "redrive", "carts.0.77")
	assert.Equal(t, 1, code)
	assert.Contains(t, stderr, "not in quarantine: carts.0.77")
}

func TestRefusalsAndMistakes(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	id := s.open()
	s.ok("cart", "add", id, "tea")
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"a refusal is 1":                   {[]string{"cart", "add", id, "tea"}, 1, "evercart: item_already_added: "},
		"an unknown cart is 1":             {[]string{"cart", "close", "0190a5e0-7a2b-7c3d-8e4f-5a6b7c8d9e0f"}, 1, "evercart: cart_not_found: "},
		"a quantity out of range is 1":     {[]string{"cart", "set", id, "tea", "1000"}, 1, "evercart: quantity_invalid: quantity 1000 is not in 1 to 999"},
		"an empty name is 1":               {[]string{"cart", "add", id, " "}, 1, "evercart: item_invalid: "},
		"a broken name is 2":               {[]string{"cart", "add", id, "a\xff"}, 2, `argument "a\xff" is not valid UTF-8`},
		"a price that is none is 1":        {[]string{"cart", "add", id, "x", "--price", "a lot", "--currency", "EUR"}, 1, "evercart: price_invalid: "},
		"a price without a currency is 2":  {[]string{"cart", "add", id, "x", "--price", "1"}, 2, "--price and --currency go together"},
		"no UUID is 2":                     {[]string{"cart", "show", "42"}, 2, `cart ID "42": want a UUID`},
		"no number is 2":                   {[]string{"cart", "set", id, "tea", "some"}, 2, `<quantity>: want a whole number, not "some"`},
		"a fraction is 2":                  {[]string{"cart", "add", id, "x", "--quantity", "1.5"}, 2, `--quantity: want a whole number, not "1.5"`},
		"a negative seed is 2":             {[]string{"demo", "--seed", "-1"}, 2, `--seed: want a whole number from 0, not "-1"`},
		"a number beyond all is 2":         {[]string{"cart", "set", id, "tea", "99999999999999999999"}, 2, "99999999999999999999 is too large a number"},
		"no status is 2":                   {[]string{"cart", "list", "--status", "lost"}, 2, `--status "lost": want open or closed`},
		"a missing argument is 2":          {[]string{"cart", "add"}, 2, "evercart: missing <id> <item>\n"},
		"an unknown command is 2":          {[]string{"cart", "destroy", id}, 2, `unknown command "cart destroy"; there are open, add, set, `},
		"a command without its group is 2": {[]string{"rebuild"}, 2, `unknown command "rebuild"; did you mean 'evercart views rebuild'?`},
		"a command of two groups is 2":     {[]string{"list"}, 2, `"list"; did you mean 'evercart cart list', 'evercart views list' or 'evercart quarantine list'?`},
		"a mistyped command is 2":          {[]string{"cart", "rm", id}, 2, `unknown command "cart rm"; did you mean 'evercart cart remove'?`},
		"help as a command is 2":           {[]string{"cart", "help"}, 2, `unknown command "cart help"; did you mean 'evercart cart --help'?`},
		"flags without a command are 2":    {[]string{"--json"}, 2, `"evercart" is followed by serve, cart, views, `},
		"a group without a command is 2":   {[]string{"quarantine"}, 2, `"quarantine" is followed by list or redrive`},
		"an unknown flag is 2":             {[]string{"cart", "show", id, "--loud"}, 2, "evercart: unknown flag --loud\n"},
		"an abbreviated flag is 2":         {[]string{"cart", "add", id, "x", "--qty", "2"}, 2, "evercart: unknown flag --qty; did you mean --quantity?\n"},
		"an abbreviated flag with = is 2":  {[]string{"cart", "add", id, "x", "--qty=2"}, 2, "evercart: unknown flag --qty; did you mean --quantity?\n"},
		"a flag with one dash is 2":        {[]string{"cart", "list", "-data", "x"}, 2, "unknown flag -data; did you mean --data?"},
		"a letter for a flag is 2":         {[]string{"cart", "list", "-d", "x"}, 2, "unknown flag -d; did you mean --data?"},
		"a flag before its command is 2":   {[]string{"--quantity", "2", "cart", "add", id, "x"}, 2, "unknown flag --quantity here: it stands after its command, such as 'evercart cart add'"},
		"too many arguments is 2":          {[]string{"serve", "now"}, 2, `unexpected argument "now"` + "\n"},
		"words without quotes are 2":       {[]string{"cart", "add", id, "green", "tea"}, 2, `unexpected argument "tea"; what has spaces stands in quotes, such as "green tea"`},
		"a flag without its value is 2":    {[]string{"cart", "add", id, "x", "--quantity"}, 2, "evercart: --quantity needs a value\n"},
		"a flag in a value's place is 2":   {[]string{"cart", "list", "--owner", "--json"}, 2, "evercart: --owner needs a value\n"},
		"an empty key is 2":                {[]string{"cart", "open", "--key", ""}, 2, `--key is "", want a value, or no such flag`},
		"an empty owner is 2":              {[]string{"cart", "open", "--owner="}, 2, `--owner is "", want a value, or no such flag`},
		"a time that is none is 2":         {[]string{"verify", "--grace", "x"}, 2, `--grace: want a duration such as 90s or 5m, not "x"`},
		"an unknown backend is 2":          {[]string{"cart", "show", id, "--backend", "tape"}, 2, `configuration: --backend is "tape", want memory, sqlite or aws`},
		"an unknown view is 2":             {[]string{"views", "unpark", "cars", id}, 2, `there is no view "cars"; there are notify, carts, related`},
		"an unknown view to rebuild is 2":  {[]string{"views", "rebuild", "cars"}, 2, `there is no view "cars"; there are carts, related`},
		"an unknown view to flip is 2":     {[]string{"views", "flip", "cars"}, 2, `there is no view "cars"; there are carts, related`},
		"a stream that is not parked is 1": {[]string{"views", "unpark", "carts", id}, 1, "not parked"},
		"a key that is none is 2":          {[]string{"cart", "close", id, "--key", "a\nb"}, 2, "--key"},
		"version 0 is 2":                   {[]string{"cart", "show", id, "--version", "0"}, 2, "--version 0: versions begin at 1"},
		"a negative version is 2":          {[]string{"cart", "show", id, "--version", "-1"}, 2, "--version -1: versions begin at 1"},
		"no instant is 2":                  {[]string{"cart", "show", id, "--at", "noon"}, 2, `--at: "noon": want an instant such as 2026-11-24T10:00:00Z`},
		"no event type is 2":               {[]string{"replay", "start", "log", "--type", "Nonsense"}, 2, "there is no such event; there are CartOpened, ItemAdded, "},
		"two pasts are 2":                  {[]string{"cart", "show", id, "--version=1", "--at=2026-11-24T00:00:00Z"}, 2, "--at"},
		"a limit out of range is 2":        {[]string{"cart", "list", "--limit", "0"}, 2, "1 to 1000"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := s.run(c.args...)
			assert.Equal(t, c.code, code, stderr)
			assert.Contains(t, stderr, c.says)
			assert.Empty(t, stdout)
			assert.NotContains(t, stderr, "goroutine")
		})
	}
	t.Run("none of them records anything", func(t *testing.T) {
		t.Parallel()
		assert.Contains(t, s.ok("cart", "show", id), "version 2")
	})
	t.Run("a key used for another command is 1", func(t *testing.T) {
		t.Parallel()
		other := s.open()
		s.ok("cart", "add", other, "tea", "--key", "k")
		code, _, stderr := s.run("cart", "add", other, "mug", "--key", "k")
		assert.Equal(t, 1, code)
		assert.Contains(t, stderr, "idempotency_key_reused")
	})
}

func TestFaultsOfTheSurroundings(t *testing.T) {
	t.Parallel()
	t.Run("a faulty environment is one message and 2", func(t *testing.T) {
		t.Parallel()
		var out, errs bytes.Buffer
		faulty := []string{"EVERCART_TIMEOUT=x", "EVERCART_DATUM=y"}
		assert.Equal(t, 2, cli.Main(t.Context(), "evercart", []string{"cart", "list"}, faulty, &out, &errs))
		assert.Contains(t, errs.String(), "EVERCART_TIMEOUT")
		assert.Contains(t, errs.String(), "EVERCART_DATUM")
		assert.Zero(t, cli.Main(t.Context(), "evercart", []string{"version"}, faulty, &out, &errs), "what needs no configuration works")
		errs.Reset()
		assert.Equal(t, 2, cli.Main(t.Context(), "evercart", []string{"serve", "--addr", "127.0.0.1:99999", "--data", ""}, faulty, &out, &errs))
		for _, want := range []string{"EVERCART_TIMEOUT", "EVERCART_DATUM", `--addr is "127.0.0.1:99999", want host:port`, `--data is ""`} {
			assert.Contains(t, errs.String(), want, "the flags' faults, too")
		}
	})
	t.Run("a database that is none is one line and 1", func(t *testing.T) {
		t.Parallel()
		s := newShell(t)
		s.open()
		require.NoError(t, os.WriteFile(filepath.Join(s.data, "views.db"), bytes.Repeat([]byte("no database "), 1000), 0o600))
		code, _, stderr := s.run("views", "list")
		assert.Equal(t, 1, code)
		assert.Equal(t, 1, strings.Count(stderr, "\n"), stderr)
		assert.Contains(t, stderr, "views.db")
	})
}

func TestHelp(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	t.Run("teaches what can be done", func(t *testing.T) {
		t.Parallel()
		for _, args := range [][]string{nil, {"--help"}} {
			help := s.ok(args...)
			for _, want := range []string{"serve", "cart add", "views list", "evercart cart history ID", "--data", "Exit codes"} {
				assert.Contains(t, help, want)
			}
		}
	})
	t.Run("of a command shows its arguments and flags", func(t *testing.T) {
		t.Parallel()
		help := s.ok("cart", "add", "--help")
		for _, want := range []string{"<id> <item>", "--quantity", "--price", "--currency", "--key"} {
			assert.Contains(t, help, want)
		}
	})
	t.Run("is named by a mistake, that of the command in which it was made", func(t *testing.T) {
		t.Parallel()
		for hint, args := range map[string][]string{
			"evercart --help":           {"bogus"},
			"evercart cart --help":      {"cart"},
			"evercart cart show --help": {"cart", "show", "0190a5e0-7a2b-7c3d-8e4f-5a6b7c8d9e0f", "--loud"},
			"evercart cart list --help": {"cart", "list", "--limit", "0"},
		} {
			code, _, stderr := s.run(args...)
			assert.Equal(t, 2, code)
			assert.Contains(t, stderr, "\n"+hint+" shows how it is used.\n")
		}
	})
	t.Run("touches no data", func(t *testing.T) {
		t.Parallel()
		fresh := newShell(t)
		fresh.ok("--help")
		assert.Regexp(t, `\Aevercart \S+ \(.*go1\.`, fresh.ok("version"))
		assert.Contains(t, fresh.ok("version", "--json"), `"go":"go1.`)
		assert.NoDirExists(t, fresh.data)
	})
}

func TestBeforeAServerRan(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.open()
	assert.Contains(t, s.ok("cart", "list"), "no carts")
	assert.Contains(t, s.ok("views", "list"), "no views yet")
	assert.Equal(t, "[]\n", s.ok("views", "list", "--json"))
	assert.Equal(t, `{"carts":[]}`+"\n", s.ok("cart", "list", "--json"))
}
