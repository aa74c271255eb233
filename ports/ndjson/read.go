package ndjson

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
)

// Read yields the lines of an object, without their line feeds, each valid until the
// next. It reports whether yield stopped it, and otherwise returns nil at the
// object's proper end. What Corrupt reports true of is the object's own fault; every
// other error is r's or the context's.
func Read(ctx context.Context, r io.Reader, yield func(line []byte) bool) (stopped bool, err error) {
	plain, err := gzip.NewReader(bufio.NewReaderSize(r, 64<<10))
	if errors.Is(err, io.EOF) { // where its header must stand
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
	errLongLine = fmt.Errorf("it has a line over %d bytes", MaxLine)
)

// Corrupt reports whether an error of Read says that the bytes are not those of any
// object: damaged gzip, an end too early or without a line feed, no line, or one over
// MaxLine. No writer makes such an object.
func Corrupt(err error) bool {
	for _, corruption := range []error{errNoLines, errOpenLine, errLongLine, gzip.ErrHeader, gzip.ErrChecksum, io.ErrUnexpectedEOF} {
		if errors.Is(err, corruption) {
			return true
		}
	}
	_, malformed := errors.AsType[flate.CorruptInputError](err)
	return malformed
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
	for errors.Is(err, bufio.ErrBufferFull) && len(l.long) <= MaxLine {
		part, err = l.from.ReadSlice('\n')
		l.long = append(l.long, part...)
	}
	switch {
	case err == nil && len(l.long) <= MaxLine+1:
		return l.long[:len(l.long)-1], nil
	case err == nil || errors.Is(err, bufio.ErrBufferFull):
		return nil, errLongLine
	case errors.Is(err, io.EOF) && len(l.long) > 0:
		return nil, errOpenLine
	default:
		return nil, err
	}
}
