package filearchive

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/evercart/evercart/ports/ndjson"
)

// eventsFolder holds all objects; their keys start with it.
const eventsFolder = "events"

// Archive is a ports.Archive in a folder.
type Archive struct {
	dir        string // holds eventsFolder
	createTemp func(dir, pattern string) (*os.File, error)
	readDir    func(dir string) ([]fs.DirEntry, error)
	writer     ndjson.Writer

	mu      sync.Mutex
	durable string // the hour folder that was last made durable with all above it
}

// New returns the archive in dir, the folder that holds "events". It makes both
// where they are missing, and returns an error that names the folder and says
// what to do if they cannot be made or written. Temporary files that writers
// who died left on the newest two days are removed if they are older than an
// hour by their modification time; elsewhere they do no harm.
func New(dir string) (*Archive, error) {
	a := open(dir)
	events := filepath.Join(dir, eventsFolder)
	if err := makeDurable(events); err != nil {
		return nil, unwritable(dir, err)
	}
	probe, err := a.createTemp(events, tempPattern)
	if err != nil {
		return nil, unwritable(dir, err)
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		return nil, unwritable(dir, err)
	}
	a.sweep(time.Now().Add(-sweepAge))
	return a, nil
}

// Open returns the archive in dir for reading: it makes, removes and tries
// nothing, so that dir may be read-only. dir must hold "events".
func Open(dir string) (*Archive, error) {
	info, err := os.Stat(filepath.Join(dir, eventsFolder))
	if err == nil && !info.IsDir() {
		err = errors.New("it is not a folder")
	}
	if err != nil {
		return nil, fmt.Errorf("archive folder %s: give the folder that holds %q: %w", dir, eventsFolder, err)
	}
	return open(dir), nil
}

func open(dir string) *Archive {
	return &Archive{dir: dir, createTemp: os.CreateTemp, readDir: os.ReadDir}
}

func (a *Archive) path(key string) string { return filepath.Join(a.dir, filepath.FromSlash(key)) }

func unwritable(dir string, err error) error {
	return fmt.Errorf("archive folder %s cannot be written; make it writable for this user or choose another: %w", dir, markPassing(err))
}
