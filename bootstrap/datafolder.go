package bootstrap

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// NoDataError is a data folder that is not there, or holds no events.
type NoDataError struct {
	Folder string
	There  bool // the folder is, but its events.db is not
}

func (e *NoDataError) Error() string {
	if e.There {
		return fmt.Sprintf("data folder %s has no events.db: nothing was ever stored in it", e.Folder)
	}
	return fmt.Sprintf("there is no data folder %s", e.Folder)
}

// RequireData returns a *NoDataError where opening the backend would make a data
// folder or a store that was not there before. Programs that only look at data, or
// work on what is there, ask it first, so that a mistyped name is told instead of made.
func RequireData(c Config) error {
	if c.Backend != BackendSQLite {
		return nil
	}
	_, err := os.Stat(filepath.Join(c.Data, eventsFile))
	if !errors.Is(err, fs.ErrNotExist) {
		return nil // what else is wrong, opening it says
	}
	_, err = os.Stat(c.Data)
	return &NoDataError{Folder: c.Data, There: err == nil}
}
