package ports

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// maxShard is the most characters that a shard's name has.
const maxShard = 64

// Validate returns an error that names the part which no key can hold, or nil.
// Archives call it before they write.
func (b ArchiveBatch) Validate() error {
	switch year := b.Arrival.UTC().Year(); {
	case !validShard(b.Shard):
		return fmt.Errorf("archive batch: shard %q: want 1 to %d of A-Z, a-z and 0-9 with single '-' between", b.Shard, maxShard)
	case !validPosition(b.First):
		return fmt.Errorf("archive batch of shard %s: first position %q: want 1 to 128 of A-Z, a-z and 0-9", b.Shard, b.First)
	case !validPosition(b.Last):
		return fmt.Errorf("archive batch of shard %s: last position %q: want 1 to 128 of A-Z, a-z and 0-9", b.Shard, b.Last)
	case b.Arrival.IsZero() || year < 1 || year > 9999:
		return errors.New("archive batch: no arrival within the years 1 to 9999, which its key must name")
	}
	return nil
}

// ArchiveHour returns the hour that key names, in UTC, and whether key has the
// form that ArchiveBatch.Key gives. Archives pass over all other names.
func ArchiveHour(key string) (time.Time, bool) {
	b, err := ParseArchiveKey(key)
	return b.Arrival, err == nil
}

// ParseArchiveKey returns the batch that key names; its Arrival is the start of
// the hour, in UTC. Key of the result is key again.
func ParseArchiveKey(key string) (ArchiveBatch, error) {
	const layout = "events/date=2006-01-02/hour=15/"
	fail := func() (ArchiveBatch, error) {
		return ArchiveBatch{}, fmt.Errorf("archive key %q: want events/date=YYYY-MM-DD/hour=HH/SHARD-FIRST-LAST.ndjson.gz", key)
	}
	if len(key) < len(layout) {
		return fail()
	}
	folder, name := key[:len(layout)], key[len(layout):]
	hour, err := time.Parse(layout, folder)
	if err != nil || hour.Format(layout) != folder {
		return fail()
	}
	stem, ok := strings.CutSuffix(name, ".ndjson.gz")
	rest, last := cutLast(stem)
	shard, first := cutLast(rest)
	b := ArchiveBatch{Shard: shard, First: Position(first), Last: Position(last), Arrival: hour}
	if !ok || b.Validate() != nil {
		return fail()
	}
	return b, nil
}

// cutLast cuts s at its last '-'.
func cutLast(s string) (before, after string) {
	i := strings.LastIndexByte(s, '-')
	if i < 0 {
		return "", s
	}
	return s[:i], s[i+1:]
}

func validShard(s string) bool {
	return s != "" && len(s) <= maxShard && alphanumericOrDash(s) &&
		s[0] != '-' && s[len(s)-1] != '-' && !strings.Contains(s, "--")
}

func validPosition(p Position) bool {
	return p != "" && len(p) <= 128 && alphanumericOrDash(string(p)) && !strings.Contains(string(p), "-")
}

func alphanumericOrDash(s string) bool {
	for i := range len(s) {
		if b := s[i]; (b < 'a' || b > 'z') && (b < 'A' || b > 'Z') && (b < '0' || b > '9') && b != '-' {
			return false
		}
	}
	return true
}
