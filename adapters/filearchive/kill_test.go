package filearchive_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/filearchive"
	"github.com/evercart/evercart/ports"
)

// writerDir names, to a process that is to be killed, the folder it writes.
const writerDir = "FILEARCHIVE_TEST_WRITER_DIR"

const killedLines = 2000

// TestMain makes this binary the other process of TestKilledWriters where it was
// started as that.
func TestMain(m *testing.M) {
	if dir := os.Getenv(writerDir); dir != "" {
		fmt.Fprintln(os.Stderr, writeUntilKilled(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// writeUntilKilled writes object after object and tells each key when its write
// has returned.
func writeUntilKilled(dir string) error {
	a, err := filearchive.New(dir)
	if err != nil {
		return err
	}
	for n := 0; ; n++ {
		object, err := a.WriteObject(context.Background(), numbered(n), slices.Repeat([][]byte{fmt.Appendf(nil, "%d", n)}, killedLines))
		if err != nil {
			return err
		}
		fmt.Println(object.Key)
	}
}

func numbered(n int) ports.ArchiveBatch {
	at := ports.Position(fmt.Sprintf("%06d", n))
	return ports.ArchiveBatch{Shard: "0", First: at, Last: at, Arrival: hour.Add(time.Duration(n) * time.Minute)}
}

func TestKilledWriters(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	told := map[string]bool{}
	for life := range 5 {
		writer := exec.CommandContext(t.Context(), os.Args[0])
		writer.Env = append(os.Environ(), writerDir+"="+dir)
		out, err := writer.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, writer.Start())
		lines := bufio.NewScanner(out)
		for n := 0; lines.Scan(); n++ {
			told[lines.Text()] = true
			if n == 20+life*7 {
				require.NoError(t, writer.Process.Kill())
			}
		}
		require.ErrorContains(t, writer.Wait(), "signal: killed")
	}

	listed := keys(t, newArchive(t, dir))
	for key := range told {
		assert.Contains(t, listed, key, "an object that its writer told of is there")
	}
	a := newArchive(t, dir)
	for _, key := range listed {
		n := 0
		for _, err := range a.Lines(t.Context(), key) {
			require.NoError(t, err, "every object listed is whole")
			n++
		}
		assert.Equal(t, killedLines, n, key)
	}
}
