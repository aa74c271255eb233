package filearchive

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// makeDurable makes dir and all folders above it that are missing, and syncs
// the folder that holds each one made.
func makeDurable(dir string) error {
	info, err := os.Stat(dir)
	if err == nil && info.IsDir() {
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	parent := filepath.Dir(dir)
	if parent != dir {
		if err := makeDurable(parent); err != nil {
			return err
		}
	}
	if err := os.Mkdir(dir, 0o750); err != nil && !isDir(dir) {
		return err
	}
	return syncDir(parent)
}

// makeHour makes the folder of one hour. It syncs the folders above also where
// they are there already: who made them may not have come to it.
func (a *Archive) makeHour(dir string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if dir == a.durable && isDir(dir) {
		return nil
	}
	if err := makeDurable(dir); err != nil {
		return err
	}
	date := filepath.Dir(dir)
	for _, holder := range []string{date, filepath.Dir(date), a.dir} {
		if err := syncDir(holder); err != nil {
			return err
		}
	}
	a.durable = dir
	return nil
}

// syncDir makes the names in dir durable.
func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
