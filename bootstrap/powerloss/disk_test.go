package powerloss_test

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// deed is one thing that was done to a file.
type deed struct {
	kind deedKind
	file string
	at   int64  // where a write begins, or the size that a cut leaves
	data []byte // of a write
	// names says that the folder was synced with it: which files there are is durable.
	names bool
}

type deedKind uint8

const (
	write deedKind = iota
	cut            // to another size
	syncs          // all that was done to the file is durable
	drop           // the file's name is taken away
)

// sector is what a disk writes as a whole or not at all.
const sector = 512

// disk notes all that SQLite does to the files below a folder, in order. It is safe
// for concurrent use.
type disk struct {
	folder string
	mu     sync.Mutex
	deeds  []deed
}

func (d *disk) note(x deed) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.deeds = append(d.deeds, x)
}

// now is the instant of this call: how many deeds there were.
func (d *disk) now() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.deeds)
}

// honesty says what a disk does with what is not synced when the power goes.
type honesty struct {
	// keep is the chance that a write or a cut that was not synced is there all the
	// same; of those that are, torn is the chance that some sectors are missing.
	keep, torn float64
	// lies says that the disk syncs nothing.
	lies bool
}

// after writes into folder what the disk may hold if the power went at an instant.
func (d *disk) after(instant int, folder string, h honesty, dice *rand.Rand) error {
	d.mu.Lock()
	deeds := d.deeds[:instant]
	d.mu.Unlock()
	synced, named := map[string]int{}, -1 // the last sync of each file, and of the folder
	for i, x := range deeds {
		if x.kind == syncs && !h.lies {
			synced[x.file] = i
		}
		if x.names && !h.lies {
			named = i
		}
	}
	files, born := map[string][]byte{}, map[string]int{}
	for i, x := range deeds {
		last, ever := synced[x.file]
		sure := ever && i < last
		if _, there := files[x.file]; !there && x.kind != drop {
			born[x.file] = i
		}
		switch {
		case x.kind == syncs:
		case x.kind == drop:
			if i <= named || dice.IntN(2) == 0 { // else its name outlives the power
				delete(files, x.file)
			}
		case sure || dice.Float64() < h.keep:
			files[x.file] = apply(files[x.file], x, !sure && dice.Float64() < h.torn, dice)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if born[name] > named && dice.Float64() >= h.keep {
			delete(files, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := os.WriteFile(filepath.Join(folder, name), files[name], 0o600); err != nil {
			return err
		}
	}
	return nil
}

// apply returns the content after a deed, of which some sectors are lost if torn.
func apply(content []byte, x deed, torn bool, dice *rand.Rand) []byte {
	if x.kind == cut {
		return grow(content, x.at)[:x.at]
	}
	content = grow(content, x.at+int64(len(x.data)))
	for from := 0; from < len(x.data); {
		to := min(len(x.data), from+sector-int(x.at+int64(from))%sector)
		if !torn || dice.IntN(2) == 0 {
			copy(content[x.at+int64(from):], x.data[from:to])
		}
		from = to
	}
	return content
}

func grow(content []byte, size int64) []byte {
	if more := size - int64(len(content)); more > 0 {
		content = append(content, bytes.Repeat([]byte{0}, int(more))...)
	}
	return content
}
