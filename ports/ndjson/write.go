package ndjson

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"sync"

	"github.com/evercart/evercart/ports"
)

// MaxLine is the most bytes that a line has, its line feed aside: more than any feed
// takes as one record. It bounds the memory that a reader needs.
const MaxLine = 16 << 20

// linesPerLook is how many lines are read or written between two looks at the
// context.
const linesPerLook = 256

// Check returns nil where lines can be the object of a batch: at least one, none
// with a line feed in it. A line over MaxLine is a *ports.TooLargeError.
func Check(batch ports.ArchiveBatch, lines [][]byte) error {
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
		if len(line) > MaxLine {
			return &ports.TooLargeError{What: fmt.Sprintf("line %d of archive object %s", i+1, batch.Key()), Size: len(line), Max: MaxLine}
		}
	}
	return nil
}

// Writer writes objects. It keeps what compression works with, some 800 KiB, from one
// object to the next. The zero value is ready; it is safe for concurrent use, and not
// to be copied.
type Writer struct{ idle sync.Pool }

// Write writes lines, which Check found good, to to as one gzip member. Its header
// names no file and no time: equal lines make equal bytes.
func (w *Writer) Write(ctx context.Context, to io.Writer, lines [][]byte) error {
	compressed, kept := w.idle.Get().(*gzip.Writer)
	if !kept {
		compressed = gzip.NewWriter(to)
	}
	compressed.Reset(to)
	defer func() {
		compressed.Reset(io.Discard) // and lets go of to
		w.idle.Put(compressed)
	}()
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
	return compressed.Close()
}
