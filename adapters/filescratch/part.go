package filescratch

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
)

const (
	// bufferSize is how much of a part is held in memory before it is written.
	bufferSize = 32 << 10
	// readSize is how much of a file is read at once.
	readSize = 64 << 10
)

// errClosed says that a pile was used after it was closed.
var errClosed = errors.New("the pile is closed")

// part is the records of one part: those in the file, then those in the buffer.
// Each has its length in front, as a varint.
type part struct {
	folder string
	files  *files

	mu     sync.Mutex
	buffer []byte
	file   *os.File // nil until the buffer was full once
	named  bool     // the file could not be unlinked while it is open
	size   int64    // bytes of the file that count
	count  int64    // records in file and buffer
	closed bool
}

func (p *part) add(record []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return errClosed
	}
	before := len(p.buffer)
	p.buffer = binary.AppendUvarint(p.buffer, uint64(len(record)))
	p.buffer = append(p.buffer, record...)
	if len(p.buffer) >= bufferSize {
		if err := p.flush(); err != nil {
			p.buffer = p.buffer[:before]
			return err
		}
	}
	p.count++
	return nil
}

// flush writes the buffer to the end of what counts of the file. What a failed
// write left there does not count, and is written over.
func (p *part) flush() error {
	if p.file == nil {
		if err := p.open(); err != nil {
			return err
		}
	}
	if _, err := p.file.WriteAt(p.buffer, p.size); err != nil {
		return err
	}
	p.size += int64(len(p.buffer))
	p.buffer = p.buffer[:0]
	if cap(p.buffer) > 2*bufferSize { // a large record passed through
		p.buffer = nil
	}
	return nil
}

func (p *part) open() error {
	file, err := p.files.create(p.folder, "evercart-scratch-*")
	if err != nil {
		return err
	}
	p.file, p.named = file, p.files.remove(file.Name()) != nil
	return nil
}

// read calls take with each record, all in the same memory, until it returns false.
func (p *part) read(ctx context.Context, take func(record []byte) bool) error {
	stored, count, err := p.stored()
	if err != nil {
		return err
	}
	in := bufio.NewReaderSize(stored, readSize)
	var record []byte
	for range count {
		if err := ctx.Err(); err != nil {
			return err
		}
		if record, err = next(in, record); err != nil {
			return err
		}
		if !take(record) {
			return nil
		}
	}
	return ctx.Err()
}

// next returns the next record, in the memory of record if that is enough.
func next(in *bufio.Reader, record []byte) ([]byte, error) {
	n, err := binary.ReadUvarint(in)
	switch {
	case errors.Is(err, io.EOF):
		return nil, io.ErrUnexpectedEOF
	case err != nil:
		return nil, err
	case n > maxRecord:
		return nil, fmt.Errorf("a record of %d bytes", n)
	}
	record = slices.Grow(record[:0], int(n))[:n]
	_, err = io.ReadFull(in, record)
	return record, err
}

// stored returns all that was added so far, and how many records that is.
func (p *part) stored() (io.Reader, int64, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, 0, errClosed
	}
	rest := bytes.NewReader(bytes.Clone(p.buffer))
	if p.file == nil {
		return rest, p.count, nil
	}
	return io.MultiReader(io.NewSectionReader(p.file, 0, p.size), rest), p.count, nil
}

func (p *part) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.buffer, p.closed = nil, true
	if p.file == nil {
		return nil
	}
	file := p.file
	p.file = nil
	err := file.Close()
	if p.named {
		err = errors.Join(err, p.files.remove(file.Name()))
	}
	return err
}
