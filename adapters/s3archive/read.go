package s3archive

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/evercart/evercart/ports"
)

// Lines implements ports.Archive. It holds one connection and some 100 KiB; where
// the connection breaks, it goes on at the same byte over another. A line over
// 16 MiB, an end without a line feed and an object without lines are corruption: no
// writer makes them.
func (a *Archive) Lines(ctx context.Context, key string) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		if err := ctx.Err(); err != nil {
			yield(nil, err)
			return
		}
		if _, ok := ports.ArchiveHour(key); !ok {
			yield(nil, a.corrupt(key, errors.New("no archive object has this name")))
			return
		}
		d := &download{archive: a, ctx: ctx, key: key}
		defer d.drop()
		stopped, err := yieldLines(ctx, d, func(line []byte) bool { return yield(line, nil) })
		if err != nil && !stopped {
			yield(nil, a.readFault(key, err))
		}
	}
}

// yieldLines yields the lines of a gzip stream. It reports whether yield stopped
// it, and otherwise returns nil at the stream's proper end.
func yieldLines(ctx context.Context, r io.Reader, yield func([]byte) bool) (stopped bool, err error) {
	plain, err := gzip.NewReader(bufio.NewReaderSize(r, 64<<10))
	if errors.Is(err, io.EOF) {
		return false, io.ErrUnexpectedEOF
	}
	if err != nil {
		return false, err
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

// readFault is a *ports.CorruptError where the bytes are at fault, and err itself
// where the download is, which has named the object.
func (a *Archive) readFault(key string, err error) error {
	var of *downloadError
	if errors.As(err, &of) {
		return of.err
	}
	for _, corruption := range corruptions {
		if errors.Is(err, corruption) {
			return a.corrupt(key, err)
		}
	}
	var malformed flate.CorruptInputError
	if errors.As(err, &malformed) {
		return a.corrupt(key, err)
	}
	return err // of the context
}

// lineReader cuts a stream at its line feeds.
type lineReader struct {
	from *bufio.Reader
	long []byte // holds a line that does not fit the reader's own buffer
}

// next returns the next line without its line feed, valid until next is called
// again; io.EOF at the end.
func (l *lineReader) next() ([]byte, error) {
	part, err := l.from.ReadSlice('\n')
	if err == nil {
		return part[:len(part)-1], nil
	}
	l.long = append(l.long[:0], part...)
	for errors.Is(err, bufio.ErrBufferFull) && len(l.long) <= maxLine {
		part, err = l.from.ReadSlice('\n')
		l.long = append(l.long, part...)
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
