package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/ports"
)

// export writes events into a file, each once, though they are delivered at least
// once: records are numbered, and the file says how many it has.
type export struct {
	file   *os.File
	made   bool                    // by this command: the file was not there before
	giveUp context.CancelCauseFunc // ends the replay here; set before the first write
	lines  int64                   // whole ones in the file
	size   int64                   // bytes of those
	ours   bool                    // this command has the replay's lease, and writes
}

// createExport begins an export in a file that is not there yet.
func createExport(name string) (*export, error) {
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the operator names it
	if err != nil {
		return nil, err
	}
	return &export{file: file, made: true}, nil
}

// openExport opens an export to go on after its last whole line, or begins one. It
// changes nothing yet: another command may be writing.
func openExport(name string) (*export, error) {
	_, err := os.Lstat(name)
	made := errors.Is(err, fs.ErrNotExist)
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // the operator names it
	if err != nil {
		return nil, err
	}
	e := &export{file: file, made: made}
	if err := e.count(); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return e, nil
}

// exportBegins is what every export begins with.
const exportBegins = `{"specversion":`

// count counts the whole lines. A file that is no export is an error.
func (e *export) count() error {
	if _, err := e.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	e.lines, e.size = 0, 0
	r := bufio.NewReaderSize(e.file, 1<<16)
	if begin, err := r.Peek(len(exportBegins)); string(begin) != exportBegins[:len(begin)] {
		return fmt.Errorf("%s is no export", e.file.Name())
	} else if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	for line := int64(0); ; {
		part, err := r.ReadSlice('\n')
		line += int64(len(part))
		switch {
		case err == nil:
			e.lines, e.size, line = e.lines+1, e.size+line, 0
		case errors.Is(err, io.EOF):
			return nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return err
		}
	}
}

// cut takes the file back to its whole lines.
func (e *export) cut() error {
	if err := e.file.Truncate(e.size); err != nil {
		return err
	}
	_, err := e.file.Seek(e.size, io.SeekStart)
	return err
}

// take makes the file ready to be written: now no other command writes into it.
func (e *export) take() error {
	if e.ours {
		return nil
	}
	err := e.count()
	if err == nil {
		err = e.cut()
	}
	e.ours = err == nil
	return err
}

// write appends the records that the file lacks, and returns when they are on disk.
// Where it cannot, it gives up, and the file has whole lines only.
func (e *export) write(_ context.Context, _ ports.Target, records []ports.Record) []app.Failure {
	if err := e.take(); err != nil {
		e.giveUp(err)
		return []app.Failure{{Err: err}}
	}
	lines, text := e.lines, []byte(nil)
	for i := range records {
		number, err := strconv.ParseInt(string(records[i].Position), 10, 64)
		if err == nil && number <= e.lines {
			continue
		}
		if lines++; err == nil && number != lines {
			err = fmt.Errorf("%s has %d events where %d must be: it is not the file of this replay", e.file.Name(), lines-1, number-1)
		}
		if err != nil {
			e.giveUp(err)
			return []app.Failure{{Index: i, Err: err}}
		}
		text = append(append(text, records[i].Data...), '\n')
	}
	_, err := e.file.Write(text)
	if err = errors.Join(err, e.file.Sync()); err != nil {
		err = errors.Join(err, e.cut())
		e.giveUp(err)
		return []app.Failure{{Err: err}}
	}
	e.lines, e.size = lines, e.size+int64(len(text))
	return nil
}

// lacks returns an error where the file has not what a replay sent that is done: whoever
// carried it out wrote into another.
func (e *export) lacks(job *ports.ReplayJob) error {
	if e == nil {
		return nil
	}
	if !e.ours { // another command may have written into this one
		if err := e.count(); err != nil {
			return err
		}
	}
	if e.lines == job.Sent {
		return nil
	}
	return fmt.Errorf("%s has %s, and replay %s, which is done, sent %d: it is not the file of this replay", e.file.Name(), plural(e.lines, "event"), job.ID, job.Sent)
}

// end closes the file; every batch is on disk already. One that this command made for
// an export of which it has nothing, and which is not whole, is removed. On no export it
// does nothing.
func (e *export) end(whole bool) error {
	if e == nil {
		return nil
	}
	info, err := e.file.Stat()
	empty := err == nil && info.Size() == 0 // else another command wrote into it
	err = errors.Join(err, e.file.Close())
	if e.made && empty && !whole {
		err = errors.Join(err, os.Remove(e.file.Name()))
	}
	return err
}

// stands says what stays behind of an export that is not whole.
func (e *export) stands() error {
	if e == nil || e.made && e.lines == 0 {
		return nil
	}
	return fmt.Errorf("%s has the first %s", e.file.Name(), plural(e.lines, "event"))
}

// goesOn returns the flags with which the command that resumes a replay goes on with its
// file.
func (e *export) goesOn() []string {
	if e == nil {
		return nil
	}
	return []string{"--out", e.file.Name()}
}
