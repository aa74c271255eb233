package filearchive

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"

	"github.com/evercart/evercart/ports"
)

// Lines implements ports.Archive. A line over 16 MiB, an end without a line feed
// and an object without lines are corruption: no writer makes them.
func (a *Archive) Lines(ctx context.Context, key string) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		if err := ctx.Err(); err != nil {
			yield(nil, err)
			return
		}
		f, err := a.openObject(key)
		if err != nil {
			yield(nil, err)
			return
		}
		defer f.Close() //nolint:errcheck // nothing was written to it
		stopped, err := yieldLines(ctx, f, func(line []byte) bool { return yield(line, nil) })
		if err != nil && !stopped {
			yield(nil, readFault(key, err))
		}
	}
}

// openObject opens the object at key. Names that no object has are not looked
// for, so that none leads out of the archive.
func (a *Archive) openObject(key string) (*os.File, error) {
	if _, ok := ports.ArchiveHour(key); !ok {
		return nil, corrupt(key, errors.New("no archive object has this name"))
	}
	f, err := os.Open(a.path(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, corrupt(key, errors.New("it is not there"))
	}
	if err != nil {
		return nil, objectFault("read", key, err)
	}
	return f, nil
}

// yieldLines yields the lines of a gzip stream. It reports whether yield stopped
// it, and otherwise returns nil at the stream's proper end.
func yieldLines(ctx context.Context, r io.Reader, yield func([]byte) bool) (stopped bool, err error) {
	plain, err := gzip.NewReader(bufio.NewReaderSize(r, 64<<10))
	if err != nil {
		return false, cut(err)
	}
	lines := lineReader{from: bufio.NewReaderSize(plain, 64<<10)}
	for n := 0; ; n++ {
		if n%linesPerLook == 0 && ctx.Err() != nil {
			return false, ctx.Err()
		}
		line, err := lines.next()
		switch {
		case errors.Is(err, io.EOF) && n == 0:
			return false, errNoLines
		case errors.Is(err, io.EOF):
			return false, ctx.Err()
		case err != nil:
			return false, err
		case !yield(line):
			return true, nil
		}
	}
}

var (
	errNoLines  = errors.New("it has no lines")
	errOpenLine = errors.New("its last line has no end")
	errLongLine = fmt.Errorf("it has a line over %d bytes", maxLine)
	corruptions = []error{errNoLines, errOpenLine, errLongLine, gzip.ErrHeader, gzip.ErrChecksum, io.ErrUnexpectedEOF}
)

// cut makes an end where a gzip header must stand an unexpected one.
func cut(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// readFault is a *ports.CorruptError where the bytes are at fault, and names the
// fault of the disk or the context otherwise.
func readFault(key string, err error) error {
	for _, corruption := range corruptions {
		if errors.Is(err, corruption) {
			return corrupt(key, err)
		}
	}
	var malformed flate.CorruptInputError
	if errors.As(err, &malformed) {
		return corrupt(key, err)
	}
	return objectFault("read", key, err)
}

// lineReader cuts a stream at its line feeds.
type lineReader struct {
	from *bufio.Reader
	long []byte // holds a line that does not fit the reader's own buffer
}

// next returns the next line without its line feed, valid until next is called
// again; io.EOF at the end.
func (l *lineReader) next() ([]byte, error) {
	line, err := l.from.ReadSlice('\n')
	if err == nil {
		return line[:len(line)-1], nil
	}
	l.long = append(l.long[:0], line...)
	for errors.Is(err, bufio.ErrBufferFull) && len(l.long) <= maxLine {
		line, err = l.from.ReadSlice('\n')
		l.long = append(l.long, line...)
	}
	switch {
	case err == nil && len(l.long) <= maxLine+1:
		return l.long[:len(l.long)-1], nil
	case err == nil || errors.Is(err, bufio.ErrBufferFull):
		return nil, errLongLine
	case errors.Is(err, io.EOF) && len(l.long) > 0:
		return nil, errOpenLine
	default:
		return nil, err
	}
}
