package filearchive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"strings"
	"time"

	"github.com/evercart/evercart/ports"
)

// Objects implements ports.Archive. It reads the folders of the hours asked for
// and no others, each when it comes to it.
func (a *Archive) Objects(ctx context.Context, from, to time.Time) iter.Seq2[ports.ArchiveObject, error] {
	from, to = from.UTC().Truncate(time.Hour), to.UTC().Truncate(time.Hour)
	return func(yield func(ports.ArchiveObject, error) bool) {
		for hour, err := range a.hours(from, to) {
			if err != nil {
				yield(ports.ArchiveObject{}, err)
				return
			}
			if !a.yieldFolder(ctx, hour, yield) {
				return
			}
		}
		if err := ctx.Err(); err != nil {
			yield(ports.ArchiveObject{}, err)
		}
	}
}

// yieldFolder yields the objects of one hour folder, and reports whether to go
// on.
func (a *Archive) yieldFolder(ctx context.Context, folder string, yield func(ports.ArchiveObject, error) bool) bool {
	entries, err := a.readDir(a.path(folder))
	if err != nil {
		yield(ports.ArchiveObject{}, listFault(folder, err))
		return false
	}
	for _, entry := range entries {
		key := folder + "/" + entry.Name()
		if _, ok := ports.ArchiveHour(key); !ok || !entry.Type().IsRegular() {
			continue
		}
		if err := ctx.Err(); err != nil {
			yield(ports.ArchiveObject{}, err)
			return false
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed by hand since the folder was read
		}
		if err != nil {
			yield(ports.ArchiveObject{}, listFault(key, err))
			return false
		}
		if !yield(ports.ArchiveObject{Key: key, Size: info.Size()}, nil) {
			return false
		}
	}
	return true
}

// hours yields the hour folders in [from, to) as keys begin, in order. Other
// names are passed over.
func (a *Archive) hours(from, to time.Time) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		dates, err := a.folders(eventsFolder, "date=")
		if err != nil {
			yield("", err)
			return
		}
		for _, date := range dates {
			day, err := time.Parse(eventsFolder+"/date="+time.DateOnly, date)
			if err != nil || !day.Add(24*time.Hour).After(from) || (!to.IsZero() && !day.Before(to)) {
				continue
			}
			hours, err := a.folders(date, "hour=")
			if err != nil {
				yield("", err)
				return
			}
			for _, hour := range hours {
				at, err := time.Parse(eventsFolder+"/date="+time.DateOnly+"/hour=15", hour)
				if err != nil || at.Before(from) || (!to.IsZero() && !at.Before(to)) {
					continue
				}
				if !yield(hour, nil) {
					return
				}
			}
		}
	}
}

// folders returns the folders in folder whose names start with prefix, in
// order, as keys begin.
func (a *Archive) folders(folder, prefix string) ([]string, error) {
	entries, err := a.readDir(a.path(folder))
	if err != nil {
		return nil, listFault(folder, err)
	}
	var found []string
	for _, entry := range entries {
		if entry.IsDir() && strings.HasPrefix(entry.Name(), prefix) {
			found = append(found, folder+"/"+entry.Name())
		}
	}
	return found, nil
}

func listFault(name string, err error) error {
	return fmt.Errorf("filearchive: list %s: %w", name, markPassing(err))
}
