package filearchive

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/evercart/evercart/ports"
)

// maxLine is the most bytes that a line has: more than any feed takes as one
// record. It bounds the memory that a reader needs.
const maxLine = 16 << 20

// linesPerLook is how many lines are read or written between two looks at the
// context.
const linesPerLook = 256

// WriteObject implements ports.Archive. A line over 16 MiB is a
// *ports.TooLargeError. Equal lines make equal files.
func (a *Archive) WriteObject(ctx context.Context, batch ports.ArchiveBatch, lines [][]byte) (ports.ArchiveObject, error) {
	if err := ctx.Err(); err != nil {
		return ports.ArchiveObject{}, err
	}
	if err := checkObject(batch, lines); err != nil {
		return ports.ArchiveObject{}, err
	}
	key := batch.Key()
	size, err := a.writeOnce(ctx, a.path(key), lines)
	if err != nil {
		return ports.ArchiveObject{}, objectFault("write", key, err)
	}
	return ports.ArchiveObject{Key: key, Size: size}, nil
}

func checkObject(batch ports.ArchiveBatch, lines [][]byte) error {
	if err := batch.Validate(); err != nil {
		return err
	}
	if len(lines) == 0 {
		return fmt.Errorf("archive object %s: no lines", batch.Key())
	}
	for i, line := range lines {
		if bytes.IndexByte(line, '\n') >= 0 {
			return fmt.Errorf("archive object %s: line %d holds a line feed", batch.Key(), i+1)
		}
		if len(line) > maxLine {
			return &ports.TooLargeError{What: fmt.Sprintf("line %d of archive object %s", i+1, batch.Key()), Size: len(line), Max: maxLine}
		}
	}
	return nil
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
	if err := errors.Join(writeSynced(ctx, temp, lines), temp.Close()); err != nil {
		return err
	}
	if err := os.Link(temp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("the folder must be on a file system with hard links: %w", err)
	}
	return nil
}

func writeSynced(ctx context.Context, f *os.File, lines [][]byte) error {
	if err := writeLines(ctx, f, lines); err != nil {
		return err
	}
	return f.Sync()
}

// writeLines writes lines as one gzip member. Its header names no file and no
// time.
func writeLines(ctx context.Context, w io.Writer, lines [][]byte) error {
	buffered := bufio.NewWriterSize(w, 64<<10)
	compressed := gzip.NewWriter(buffered)
	for i, line := range lines {
		if i%linesPerLook == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if _, err := compressed.Write(line); err != nil {
			return err
		}
		if _, err := compressed.Write([]byte{'\n'}); err != nil {
			return err
		}
	}
	if err := compressed.Close(); err != nil {
		return err
	}
	return buffered.Flush()
}
