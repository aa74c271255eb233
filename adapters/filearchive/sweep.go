package filearchive

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// tempPattern names files that are not objects yet: ".<random>.tmp". No key ends
// so.
const tempPattern = ".*.tmp"

const (
	sweepAge  = time.Hour // no write of one object takes as long
	sweepDays = 2
)

// sweep removes temporary files, last changed before an instant, from the newest
// date folders: a writer that died was writing what had just arrived. What
// cannot be read or removed is left alone; it costs room, not truth.
func (a *Archive) sweep(before time.Time) {
	dates, _ := a.folders(eventsFolder, "date=")
	for _, date := range dates[max(0, len(dates)-sweepDays):] {
		hours, _ := a.folders(date, "hour=")
		for _, hour := range hours {
			a.sweepFolder(hour, before)
		}
	}
	a.sweepFolder(eventsFolder, before) // New's own probe
}

func (a *Archive) sweepFolder(folder string, before time.Time) {
	entries, _ := a.readDir(a.path(folder))
	for _, entry := range entries {
		if !isTemp(entry) {
			continue
		}
		if info, err := entry.Info(); err == nil && info.ModTime().Before(before) {
			_ = os.Remove(filepath.Join(a.path(folder), entry.Name()))
		}
	}
}

func isTemp(entry fs.DirEntry) bool {
	name := entry.Name()
	return entry.Type().IsRegular() && strings.HasPrefix(name, ".") && strings.HasSuffix(name, ".tmp")
}
