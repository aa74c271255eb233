package main_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/filearchive"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// archiveOf archives n open carts with an item each, side by side, in a data folder
// that a server has made, and returns all lines in order.
func archiveOf(t *testing.T, data string, n int) []string {
	t.Helper()
	require.Zero(t, serve(t, data).terminate())
	archive, err := filearchive.New(filepath.Join(data, "archive"))
	require.NoError(t, err)
	at := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	var all []string
	object := func(v ports.Version, eventType, payload string, first, last int) {
		var lines [][]byte
		for i := first; i < last; i++ {
			stream := ports.StreamID{Category: "cart", ID: fmt.Sprintf("0190a5e0-7a2b-7c3d-8e4f-%012d", i)}
			line, err := envelope.AppendWire(nil, &ports.Published{Event: ports.Event{
				ID: fmt.Sprintf("0190a5e0-%04d-7c3d-8e4f-%012d", v, i), Stream: stream, Version: v, Type: eventType, Schema: 2, Time: at, Data: payload,
			}, CommitFirst: v, CommitLast: v, Source: "/evercart"})
			require.NoError(t, err)
			lines, all = append(lines, line), append(all, string(line))
		}
		position := ports.Position(fmt.Sprintf("%020d", len(all)))
		_, err := archive.WriteObject(t.Context(), ports.ArchiveBatch{Shard: "0", First: position, Last: position, Arrival: at}, lines)
		require.NoError(t, err)
	}
	const perObject = 500
	for first := 0; first < n; first += perObject {
		object(1, "CartOpened", `{}`, first, min(n, first+perObject))
		object(2, "ItemAdded", `{"item":"tea","quantity":1}`, first, min(n, first+perObject))
	}
	return all
}

// killedAfter runs a command line and kills it by SIGKILL after a while. It reports
// whether it ended well before that.
func killedAfter(t *testing.T, while time.Duration, args ...string) bool {
	t.Helper()
	cmd := command(t, args...)
	stderr := &lines{}
	cmd.Stderr = stderr
	require.NoError(t, cmd.Start())
	death := time.AfterFunc(while, func() { _ = cmd.Process.Kill() }) // it may have ended
	defer death.Stop()
	err := cmd.Wait()
	if err != nil {
		require.False(t, cmd.ProcessState.Exited(), "it fails by itself: %s", stderr)
	}
	return err == nil
}

func TestAnExportThatIsKilled(t *testing.T) {
	t.Parallel()
	data, file := t.TempDir(), filepath.Join(t.TempDir(), "events.ndjson")
	want := archiveOf(t, data, 4000)
	random := rand.New(rand.NewPCG(1, 1))
	kills := 0
	for args := []string{"replay", "start", "export", "--out", file, "--rate", "16000", "--data", data}; ; kills++ {
		require.Less(t, kills, 200)
		if killedAfter(t, time.Duration(60+random.IntN(200+20*kills))*time.Millisecond, args...) {
			break
		}
		var replays []struct{ ID string }
		require.NoError(t, json.Unmarshal([]byte(operate(t, data, "replay", "status", "--json")), &replays))
		if len(replays) > 0 { // it lived long enough to begin
			args = []string{"replay", "resume", replays[0].ID, "--out", file, "--data", data}
		}
	}
	t.Log("kills survived:", kills)
	assert.Positive(t, kills)
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	got := strings.Split(strings.TrimSuffix(string(content), "\n"), "\n")
	require.Len(t, got, len(want))
	assert.Equal(t, want, got)
}

func TestARebuildThatIsKilled(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	archiveOf(t, data, 6000)
	random := rand.New(rand.NewPCG(1, 1))
	kills := 0
	for {
		require.Less(t, kills, 200)
		var server *server
		if random.IntN(3) == 0 { // it takes the rebuild up, and dies with it
			server = serve(t, data)
		}
		ended := killedAfter(t, time.Duration(60+random.IntN(200+20*kills))*time.Millisecond, "views", "rebuild", "carts", "--data", data)
		if server != nil {
			server.kill()
		}
		if ended {
			break
		}
		kills++
	}
	t.Log("kills survived:", kills)
	assert.Positive(t, kills)
	listed, after := 0, ""
	for {
		args := []string{"cart", "list", "--json", "--limit", "1000"}
		if after != "" {
			args = append(args, "--after", after)
		}
		page := operate(t, data, args...)
		require.Equal(t, strings.Count(page, `"id"`), strings.Count(page, `"items":1`), "every cart has its item")
		listed += strings.Count(page, `"id"`)
		_, next, more := strings.Cut(page, `"next":"`)
		if !more {
			break
		}
		after, _, _ = strings.Cut(next, `"`)
	}
	assert.Equal(t, 6000, listed)
}
