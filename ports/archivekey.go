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
		return fmt.Errorf("archive batch of shard %s: first position %q: want 1 to 128 of A-Z, a-z, 0-9 and '-'", b.Shard, b.First)
	case !validPosition(b.Last):
		return fmt.Errorf("archive batch of shard %s: last position %q: want 1 to 128 of A-Z, a-z, 0-9 and '-'", b.Shard, b.Last)
	case b.Arrival.IsZero() || year < 1 || year > 9999:
		return errors.New("archive batch: no arrival within the years 1 to 9999, which its key must name")
	}
	return nil
}

// ArchiveHour returns the hour that key names, in UTC, and whether key has the
// form that ArchiveBatch.Key gives. Archives pass over all other names.
func ArchiveHour(key string) (time.Time, bool) {
	const layout = "events/date=2006-01-02/hour=15/"
	if len(key) < len(layout) {
		return time.Time{}, false
	}
	folder, name := key[:len(layout)], key[len(layout):]
	hour, err := time.Parse(layout, folder)
	if err != nil || hour.Format(layout) != folder {
		return time.Time{}, false
	}
	stem, ok := strings.CutSuffix(name, ".ndjson.gz")
	shard, positions, _ := strings.Cut(stem, "-")
	if !ok || !validShard(shard) || !alphanumericOrDash(positions) || !strings.Contains(positions, "-") {
		return time.Time{}, false
	}
	return hour, true
}

func validShard(s string) bool {
	return s != "" && len(s) <= maxShard && alphanumericOrDash(s) &&
		s[0] != '-' && s[len(s)-1] != '-' && !strings.Contains(s, "--")
}

func validPosition(p Position) bool {
	return p != "" && len(p) <= 128 && alphanumericOrDash(string(p))
}

func alphanumericOrDash(s string) bool {
	for i := range len(s) {
		if b := s[i]; (b < 'a' || b > 'z') && (b < 'A' || b > 'Z') && (b < '0' || b > '9') && b != '-' {
			return false
		}
	}
	return true
}
