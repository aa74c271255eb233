package bootstrap

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/bootstrap/config"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

// cartEvents is how many events each cart of a benchmark has.
const cartEvents = 10

// fillArchive archives the events of closed carts: a thousand carts that are filled
// side by side, the n-th event of each in one object. So every event is a change of
// its own.
func fillArchive(b *testing.B, archive ports.Archive, events int) {
	b.Helper()
	const beside = 1000
	ids := es.NewIDs(time.Now, [32]byte{1})
	for first := 0; first < events; first += beside * cartEvents {
		lines := make([][][]byte, cartEvents)
		for range beside {
			for i, line := range wireOfCart(b, ids) {
				lines[i] = append(lines[i], line)
			}
		}
		for i := range lines {
			position := ports.Position(fmt.Sprintf("%020d", first+i*beside))
			_, err := archive.WriteObject(b.Context(), ports.ArchiveBatch{Shard: "0", First: position, Last: position, Arrival: time.Now()}, lines[i])
			require.NoError(b, err)
		}
	}
}

// wireOfCart returns the events of a closed cart in their wire form.
func wireOfCart(b *testing.B, ids *es.IDs) [][]byte {
	b.Helper()
	store, id := memory.NewEventStore(), ids.New()
	commands := app.NewCommands(cart.Aggregate{}, ports.EventStore(store), app.CommandOptions{Now: time.Now, NewID: ids.New, CacheStreams: 1})
	shop := func(c cart.Command) {
		_, err := commands.Handle(b.Context(), &app.Request[cart.Command]{ID: id, Command: c, CommandID: ids.New(), Caller: es.Caller{Operator: true}})
		require.NoError(b, err)
	}
	shop(cart.OpenCart{})
	for i := range cartEvents - 2 {
		shop(cart.AddItem{Item: fmt.Sprintf("item number %d", i), Quantity: 1 + i})
	}
	shop(cart.CloseCart{})
	loaded, err := store.Load(b.Context(), ports.StreamID{Category: cart.Category, ID: id}, 0)
	require.NoError(b, err)
	var lines [][]byte
	for i := range loaded.Commits {
		out, err := app.Outgoing(&loaded.Commits[i], "/evercart")
		require.NoError(b, err)
		lines = append(lines, out[0].Data)
	}
	return lines
}

// BenchmarkRebuild rebuilds view carts in SQLite from an archive in files, wired as
// the program is. MiB is the most memory that the process ever had resident.
func BenchmarkRebuild(b *testing.B) {
	for _, events := range []int{100_000, 1_000_000} {
		b.Run(fmt.Sprintf("events=%d", events), func(b *testing.B) {
			if events > 100_000 && testing.Short() {
				b.Skip("-short leaves a million events out")
			}
			c, err := config.Load([]string{"EVERCART_DATA=" + b.TempDir()})
			require.NoError(b, err)
			var op Operator
			err = Run(b.Context(), Operate(c, slog.New(slog.DiscardHandler), &op), time.Minute, func(ctx context.Context) error {
				fillArchive(b, op.Replays.Replayer.Archive, events)
				b.ResetTimer()
				for range b.N {
					if _, err := op.Replays.Rebuild(ctx, cart.CartsView{}.Name(), nil); err != nil {
						return err
					}
				}
				b.StopTimer()
				return nil
			})
			require.NoError(b, err)
			b.ReportMetric(float64(events)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
			b.ReportMetric(resident(), "MiB")
		})
	}
}

// resident returns the most memory that this process ever had resident, in MiB; 0
// where nothing says.
func resident() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	found := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status)
	if found == nil {
		return 0
	}
	kib, err := strconv.ParseFloat(string(found[1]), 64)
	if err != nil {
		return 0
	}
	return kib / 1024
}
