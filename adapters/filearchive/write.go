package filearchive

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/ndjson"
)

// WriteObject implements ports.Archive. A line over 16 MiB is a
// *ports.TooLargeError. Equal lines make equal files.
func (a *Archive) WriteObject(ctx context.Context, batch ports.ArchiveBatch, lines [][]byte) (ports.ArchiveObject, error) {
	if err := ctx.Err(); err != nil {
		return ports.ArchiveObject{}, err
	}
	if err := ndjson.Check(batch, lines); err != nil {
		return ports.ArchiveObject{}, err
	}
	key := batch.Key()
	size, err := a.writeOnce(ctx, a.path(key), lines)
	if err != nil {
		return ports.ArchiveObject{}, objectFault("write", key, err)
	}
	return ports.ArchiveObject{Key: key, Size: size}, nil
}

// writeOnce makes the file at path unless it is there, and returns its size.
func (a *Archive) writeOnce(ctx context.Context, path string, lines [][]byte) (int64, error) {
	folder := filepath.Dir(path)
	if err := a.makeHour(folder); err != nil {
		return 0, err
	}
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		if err := a.place(ctx, path, lines); err != nil {
			return 0, err
		}
	}
	// Also for a file that another writer placed, who may not have come to it.
	if err := syncDir(folder); err != nil {
		return 0, err
	}
	info, err := os.Lstat(path)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// place writes lines to a temporary file and links it to path. A file that is at
// path by then stays, and the one written is dropped.
func (a *Archive) place(ctx context.Context, path string, lines [][]byte) error {
	temp, err := a.createTemp(filepath.Dir(path), tempPattern)
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name()) //nolint:errcheck // one that stays costs room, not truth
	if err := errors.Join(a.writeSynced(ctx, temp, lines), temp.Close()); err != nil {
		return err
	}
	if err := os.Link(temp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("the folder must be on a file system with hard links: %w", err)
	}
	return nil
}

func (a *Archive) writeSynced(ctx context.Context, f *os.File, lines [][]byte) error {
	buffered := bufio.NewWriterSize(f, 64<<10)
	if err := a.writer.Write(ctx, buffered, lines); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	return f.Sync()
}
