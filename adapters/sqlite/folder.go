package sqlite

import (
	"errors"
	"os"
	"path/filepath"
)

// MakeFolder makes dir and all folders above it that are missing, and syncs the
// folder that holds each one made: otherwise a power loss may take a new folder
// away with everything that was synced in it.
func MakeFolder(dir string) error { return makeFolder(dir, syncFolder) }

// makeFolder syncs also where dir is there already: who made it may not have come to
// it. Then it is tried only, since the folder may be another's.
func makeFolder(dir string, sync func(dir string) error) error {
	parent := filepath.Dir(dir)
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		_ = sync(parent)
		return nil
	}
	if parent != dir {
		if err := makeFolder(parent, sync); err != nil {
			return err
		}
	}
	if err := os.Mkdir(dir, 0o750); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return &os.PathError{Op: "mkdir", Path: dir, Err: errors.Join(err, errNoFolder)}
	}
	return sync(parent)
}

var errNoFolder = errors.New("it is there and is no folder")

// syncFolder makes the names in dir durable.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
