package cli

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/bootstrap"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/ports"
)

// numbered returns the records of a replay from number a to b.
func numbered(a, b int) []ports.Record {
	var records []ports.Record
	for n := a; n <= b; n++ {
		// Some are longer than the file's buffer.
		data := fmt.Sprintf(`{"specversion":"1.0","n":%d,"text":%q}`, n, strings.Repeat("x", n%15/14*100_000))
		records = append(records, ports.Record{Position: ports.Position(fmt.Sprintf("%020d", n)), Data: []byte(data)})
	}
	return records
}

func textOf(records []ports.Record) string {
	var b strings.Builder
	for _, r := range records {
		b.Write(append(r.Data, '\n'))
	}
	return b.String()
}

var errNone = errors.New("there is none")

// noLeases cannot be asked.
type noLeases struct{}

func (noLeases) TryLease(context.Context, string) (ports.Lease, error) { return nil, errNone }

func TestExport(t *testing.T) {
	t.Parallel()
	content := func(t *testing.T, name string) string {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		return string(text)
	}
	t.Run("has every event once, wherever it was cut and whatever comes again", func(t *testing.T) {
		t.Parallel()
		for seed := range uint64(12) { // each delivery waits for the disk
			random := rand.New(rand.NewPCG(seed, 1))
			name := filepath.Join(t.TempDir(), "events.ndjson")
			for reached := 0; reached < 30; {
				e, err := openExport(name)
				require.NoError(t, err)
				e.giveUp = func(err error) { t.Error(err) }
				first := 1 + random.IntN(int(e.lines)+1)
				last := first + random.IntN(31-first)
				require.Empty(t, e.write(t.Context(), ports.Target{}, numbered(first, last)))
				reached = int(e.lines)
				require.NoError(t, e.end(false))
				if reached < 30 && random.IntN(2) == 0 { // the power fails
					require.NoError(t, os.Truncate(name, int64(random.IntN(len(content(t, name))+1))))
				}
			}
			assert.Equal(t, textOf(numbered(1, 30)), content(t, name), "history %d", seed)
		}
	})
	t.Run("gives up where the file is another replay's", func(t *testing.T) {
		t.Parallel()
		var cause error
		e, err := createExport(filepath.Join(t.TempDir(), "x"))
		require.NoError(t, err)
		e.giveUp = func(err error) { cause = err }
		require.Empty(t, e.write(t.Context(), ports.Target{}, numbered(1, 2)))
		failures := e.write(t.Context(), ports.Target{}, numbered(2, 2))
		assert.Empty(t, failures)
		failures = e.write(t.Context(), ports.Target{}, numbered(5, 6))
		require.Len(t, failures, 1)
		assert.ErrorContains(t, cause, "has 2 events where 4 must be")
	})
	t.Run("gives up where the file cannot be written, and keeps its whole lines", func(t *testing.T) {
		t.Parallel()
		name := filepath.Join(t.TempDir(), "x")
		e, err := createExport(name)
		require.NoError(t, err)
		var cause error
		e.giveUp = func(err error) { cause = err }
		require.Empty(t, e.write(t.Context(), ports.Target{}, numbered(1, 2)))
		require.NoError(t, e.file.Close())
		e.file, err = os.Open(name)
		require.NoError(t, err)
		require.Len(t, e.write(t.Context(), ports.Target{}, numbered(3, 4)), 1)
		assert.ErrorContains(t, cause, name)
		assert.EqualError(t, e.stands(), name+" has the first 2 events")
		require.NoError(t, e.end(false))
		assert.Equal(t, textOf(numbered(1, 2)), content(t, name))
	})
	t.Run("leaves no empty file behind that it made, unless it is whole, and every other", func(t *testing.T) {
		t.Parallel()
		name := filepath.Join(t.TempDir(), "x")
		for _, open := range []func(string) (*export, error){createExport, openExport} {
			e, err := open(name)
			require.NoError(t, err)
			require.NoError(t, e.stands())
			require.NoError(t, e.end(false))
			require.NoFileExists(t, name)
		}
		e, err := createExport(name)
		require.NoError(t, err)
		require.NoError(t, e.end(true), "of an archive without events")
		require.FileExists(t, name)
		e, err = openExport(name)
		require.NoError(t, err)
		require.EqualError(t, e.stands(), name+" has the first 0 events")
		require.NoError(t, e.end(false))
		require.FileExists(t, name, "the operator's own")
		require.NoError(t, os.Remove(name))
		e, err = openExport(name)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(name, []byte(textOf(numbered(1, 1))), 0o600))
		require.NoError(t, e.end(false))
		assert.FileExists(t, name, "another command has written into it")
	})
	t.Run("leaves no file where its replay could not begin", func(t *testing.T) {
		t.Parallel()
		for _, leases := range []ports.Leases{memory.NewLeases(), noLeases{}} {
			name := filepath.Join(t.TempDir(), "x")
			e, err := createExport(name)
			require.NoError(t, err)
			op := &bootstrap.Operator{
				Replays: &app.ReplayRunner{Leases: leases}, Sink: &app.DirectSink{Targets: map[string]app.ReplayTarget{}},
			}
			err = carryReplay(t.Context(), &output{}, op, foreground{
				id: "r1", target: exportTarget, file: e, begin: func(context.Context) error { return errNone },
			})
			require.ErrorIs(t, err, errNone)
			assert.NoFileExists(t, name)
		}
	})
	t.Run("leaves a file alone that another command writes, until that is done", func(t *testing.T) {
		t.Parallel()
		name := filepath.Join(t.TempDir(), "x")
		writer, err := createExport(name)
		require.NoError(t, err)
		require.Empty(t, writer.write(t.Context(), ports.Target{}, numbered(1, 2)))
		third := textOf(numbered(3, 3))
		_, err = writer.file.WriteString(third[:5])
		require.NoError(t, err)
		e, err := openExport(name)
		require.NoError(t, err)
		_, err = writer.file.WriteString(third[5:])
		require.NoError(t, err)
		require.NoError(t, writer.end(true))
		require.Equal(t, textOf(numbered(1, 3)), content(t, name))
		require.NoError(t, e.lacks(&ports.ReplayJob{Sent: 3}))
		require.Error(t, e.lacks(&ports.ReplayJob{Sent: 4}))
		require.Empty(t, e.write(t.Context(), ports.Target{}, numbered(3, 4)))
		require.NoError(t, e.end(true))
		assert.Equal(t, textOf(numbered(1, 4)), content(t, name))
	})
	t.Run("leaves a file alone that is none", func(t *testing.T) {
		t.Parallel()
		name := filepath.Join(t.TempDir(), "letter")
		require.NoError(t, os.WriteFile(name, []byte("Dear shopper,"), 0o600))
		_, err := openExport(name)
		assert.ErrorContains(t, err, "is no export")
		assert.Equal(t, "Dear shopper,", content(t, name))
	})
	t.Run("is said to be impossible where there is no room for it", func(t *testing.T) {
		t.Parallel()
		_, err := openExport(filepath.Join(t.TempDir(), "no", "folder"))
		assert.ErrorIs(t, err, os.ErrNotExist)
	})
}
