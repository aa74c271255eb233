package main_test

import (
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// full is a disk that a test fills and frees while a server works on it.
type full struct {
	data       string // the data folder
	fill, free func(t *testing.T, s *server)
}

// smallDisk is a file system of its own, which a file fills to the last byte. It
// takes somebody who may mount one.
func smallDisk(t *testing.T) full {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64m"); err != nil {
		t.Skipf("no file system can be mounted here: %v", err)
	}
	t.Cleanup(func() { assert.NoError(t, syscall.Unmount(dir, syscall.MNT_DETACH)) })
	ballast := filepath.Join(dir, "ballast")
	return full{
		data: filepath.Join(dir, "data"),
		fill: func(t *testing.T, _ *server) {
			t.Helper()
			f, err := os.Create(ballast)
			require.NoError(t, err)
			_, err = io.Copy(f, zeros{})
			require.ErrorIs(t, err, syscall.ENOSPC)
			require.NoError(t, f.Close())
		},
		free: func(t *testing.T, _ *server) {
			t.Helper()
			require.NoError(t, os.Remove(ballast))
		},
	}
}

// zeros is a source without end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// limitedFiles is a disk on which the server's files may not grow, as if it were
// full. It takes no privilege.
func limitedFiles(t *testing.T) full {
	t.Helper()
	limit := func(t *testing.T, s *server, bytes uint64) {
		t.Helper()
		now := syscall.Rlimit{Cur: bytes, Max: ^uint64(0)}
		_, _, errno := syscall.RawSyscall6(syscall.SYS_PRLIMIT64, uintptr(s.cmd.Process.Pid), //nolint:gosec // the one way to limit another process
			syscall.RLIMIT_FSIZE, uintptr(unsafe.Pointer(&now)), 0, 0, 0)
		require.Zero(t, errno, "prlimit: %v", errno)
	}
	return full{
		data: t.TempDir(),
		fill: func(t *testing.T, s *server) { t.Helper(); limit(t, s, 1) },
		free: func(t *testing.T, s *server) { t.Helper(); limit(t, s, ^uint64(0)) },
	}
}

func TestADiskThatFillsUp(t *testing.T) {
	t.Parallel()
	for name, make := range map[string]func(*testing.T) full{"to its last byte": smallDisk, "as far as files may grow": limitedFiles} {
		t.Run(name+" refuses commands for a while and harms nothing", func(t *testing.T) {
			t.Parallel()
			disk := make(t)
			s := serve(t, disk.data, "EVERCART_ARCHIVE_WINDOW=50ms")
			seed := rand.Uint64()
			t.Logf("seed %d", seed)
			c := newCrowd(t, s)
			stop := c.begin(t, crowdWriters, seed)
			for range 4 {
				c.getOn(t, 100)
				disk.fill(t, s)
				refused := c.isRefused(t, 20)
				assert.Equal(t, "try_again", refused.code())
				assert.Equal(t, "1", refused.header.Get("Retry-After"))
				require.NoError(t, s.get(t.Context(), "/carts/"+c.shared[0], &cart{}), "what is stored can be read")
				disk.free(t, s)
			}
			c.getOn(t, 100)
			stop()
			c.isTrue(t, s, disk.data)
			assert.Empty(t, s.errors())
			assert.Zero(t, s.terminate())
			t.Logf("%d commands answered, asked again %d times for want of room", c.answered.Load(), c.asked.Load())
		})
	}
}

func TestACommandOnAFullDisk(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	id := operateCart(t, data, "open").ID
	program, err := binary()
	require.NoError(t, err)
	limited := exec.CommandContext(t.Context(), "sh", "-c", `ulimit -f 0; trap '' XFSZ; exec "$@"`, "sh", program, "cart", "add", id, "tea", "--data", data)
	said, err := limited.CombinedOutput() // a pipe, which no limit holds for
	var ended *exec.ExitError
	require.ErrorAs(t, err, &ended)
	assert.Equal(t, 1, ended.ExitCode())
	assert.Contains(t, string(said), "its folder cannot be written just now: is the disk full?")
	assert.Equal(t, 1, operateCart(t, data, "show", id).Version, "nothing was stored")
}
