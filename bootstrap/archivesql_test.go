package bootstrap

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/filearchive"
	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

const analytics = "../terraform/modules/analytics"

// archived is an archive with a few carts in it, told at instants of their own.
type archived struct {
	t        *testing.T
	folder   string
	archive  *filearchive.Archive
	store    *memory.EventStore
	commands *CartCommands
	now      time.Time
	lines    [][]byte
}

func newArchived(t *testing.T) *archived {
	t.Helper()
	a := &archived{t: t, folder: t.TempDir(), store: memory.NewEventStore(), now: time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)}
	var err error
	a.archive, err = filearchive.New(a.folder)
	require.NoError(t, err)
	now := func() time.Time { return a.now }
	a.commands = app.NewCommands(cart.Aggregate{}, ports.EventStore(a.store), app.CommandOptions{Now: now, NewID: es.NewIDs(now, [32]byte{7}).New})
	return a
}

// at moves the time to a day of October 2026.
func (a *archived) at(day int) { a.now = time.Date(2026, 10, day, 12, 30, 0, 0, time.UTC) }

// send carries out commands on one cart and keeps their events for the archive.
func (a *archived) send(id string, commands ...cart.Command) {
	a.t.Helper()
	for _, c := range commands {
		answer, err := a.commands.Handle(a.t.Context(), &app.Request[cart.Command]{
			ID: id, Command: c, CommandID: NewSecretID(), Caller: es.Caller{Subject: "https://id.example|ada", Operator: true},
			CorrelationID: "k", CausationID: "c", Traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
		})
		require.NoError(a.t, err)
		for p, err := range a.store.Read(a.t.Context(), ports.StreamID{Category: cart.Category, ID: id}, answer.Version, answer.Version) {
			require.NoError(a.t, err)
			p.Source = "/evercart"
			line, err := envelope.AppendWire(nil, &p)
			require.NoError(a.t, err)
			a.lines = append(a.lines, line)
		}
	}
}

// write writes what was sent, the second half twice, as a batch that was cut
// otherwise when it came again.
func (a *archived) write() {
	a.t.Helper()
	half := len(a.lines) / 2
	for i, lines := range [][][]byte{a.lines, a.lines[half:]} {
		position := ports.Position(fmt.Sprintf("%020d", i))
		_, err := a.archive.WriteObject(a.t.Context(), ports.ArchiveBatch{Shard: "0", First: position, Last: position, Arrival: a.now}, lines)
		require.NoError(a.t, err)
	}
}

// query runs a published query on DuckDB and returns its rows.
func (a *archived) query(name string, parameters ...string) (rows [][]any) {
	a.t.Helper()
	python := os.Getenv("EVERCART_TEST_DUCKDB")
	arguments := append([]string{"testdata/archive_sql.py", a.folder, filepath.Join(analytics, "queries", name+".sql")}, parameters...)
	out, err := exec.CommandContext(a.t.Context(), python, arguments...).Output() //nolint:gosec // the test's own program
	if failed, ok := err.(*exec.ExitError); ok {                                  //nolint:errorlint // Output returns it bare
		require.NoError(a.t, err, string(failed.Stderr))
	}
	require.NoError(a.t, err)
	require.NoError(a.t, json.Unmarshal(out, &rows))
	return rows
}

func TestTheArchivesSQL(t *testing.T) {
	t.Parallel()
	if os.Getenv("EVERCART_TEST_DUCKDB") == "" {
		t.Skip("no DuckDB: EVERCART_TEST_DUCKDB names no Python that has it")
	}
	a := newArchived(t)
	const forgotten, closed, emptied, fresh = "0190a000-0000-7000-8000-000000000001", "0190a000-0000-7000-8000-000000000002",
		"0190a000-0000-7000-8000-000000000003", "0190a000-0000-7000-8000-000000000004"
	tea, jam := cart.AddItem{Item: "tea", Quantity: 1}, cart.AddItem{Item: `jam "best"`, Quantity: 2}
	a.at(1)
	a.send(forgotten, cart.OpenCart{}, tea, jam)
	a.send(closed, cart.OpenCart{}, tea)
	a.send(emptied, cart.OpenCart{}, tea, cart.RemoveItem{Item: "tea"})
	a.at(2)
	a.send(closed, cart.CloseCart{})
	a.send(forgotten, cart.RemoveItem{Item: "tea"}, cart.ChangeItemQuantity{Item: `jam "best"`, Quantity: 5})
	a.at(20)
	a.send(forgotten, cart.RemindShopper{UnchangedSince: time.Date(2026, 10, 10, 0, 0, 0, 0, time.UTC)})
	a.send(fresh, cart.OpenCart{}, tea)
	a.write()

	t.Run("counts the events of each day once", func(t *testing.T) {
		t.Parallel()
		rows := a.query("events-per-day")
		assert.Equal(t, [][]any{
			{"2026-10-01", "evercart.cart.CartOpened.v2", 3.0},
			{"2026-10-01", "evercart.cart.ItemAdded.v2", 4.0},
			{"2026-10-01", "evercart.cart.ItemRemoved.v2", 1.0},
			{"2026-10-02", "evercart.cart.CartClosed.v2", 1.0},
			{"2026-10-02", "evercart.cart.ItemQuantityChanged.v2", 1.0},
			{"2026-10-02", "evercart.cart.ItemRemoved.v2", 1.0},
			{"2026-10-20", "evercart.cart.CartOpened.v2", 1.0},
			{"2026-10-20", "evercart.cart.ItemAdded.v2", 1.0},
			{"2026-10-20", "evercart.cart.ShopperReminded.v2", 1.0},
		}, rows)
	})
	t.Run("names the carts that are open, not empty and forgotten", func(t *testing.T) {
		t.Parallel()
		assert.Equal(t, [][]any{{forgotten, 1.0, "2026-10-02T12:30:00.000000Z", 1.0}}, a.query("abandoned-carts", "2026-10-10T00:00:00Z"))
		assert.Empty(t, a.query("abandoned-carts", "2026-10-02T00:00:00Z"))
		assert.Len(t, a.query("abandoned-carts", "2026-11-01T00:00:00Z"), 2)
	})
	t.Run("tells a cart's history in order, each event once", func(t *testing.T) {
		t.Parallel()
		rows := a.query("cart-history", forgotten)
		require.Len(t, rows, 6)
		for i, row := range rows {
			assert.Equal(t, fmt.Sprintf("%020d", i+1), row[0])
			assert.Equal(t, "https://id.example|ada", row[3])
		}
		assert.JSONEq(t, `{"item":"jam \"best\"","quantity":5}`, rows[4][4].(string))
	})
}

// TestTheArchivesTableHasTheWiresMembers holds the columns of the Glue table, and
// those of the test above, against the codec.
func TestTheArchivesTableHasTheWiresMembers(t *testing.T) {
	t.Parallel()
	a := newArchived(t)
	a.send("0190a000-0000-7000-8000-000000000001", cart.OpenCart{})
	var members map[string]any
	require.NoError(t, json.Unmarshal(a.lines[0], &members))
	var want []string
	for name := range members {
		want = append(want, name)
	}

	text, err := os.ReadFile(filepath.Join(analytics, "main.tf"))
	require.NoError(t, err)
	list := regexp.MustCompile(`(?s)columns = \[(.*?)\]`).FindSubmatch(text)
	require.NotNil(t, list)
	var columns []string
	for _, quoted := range regexp.MustCompile(`"(\w+)"`).FindAllSubmatch(list[1], -1) {
		columns = append(columns, string(quoted[1]))
	}
	assert.ElementsMatch(t, want, columns)

	script, err := os.ReadFile("testdata/archive_sql.py")
	require.NoError(t, err)
	names := regexp.MustCompile(`(?s)COLUMNS = \((.*?)\)\.split`).FindSubmatch(script)
	require.NotNil(t, names)
	assert.ElementsMatch(t, want, strings.Fields(strings.ReplaceAll(string(names[1]), `"`, "")))
}
