package app

import (
	"cmp"
	"context"
	"iter"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/evercart/evercart/ports"
)

// archiveOrder yields the archive's objects in the order in which they are to be
// read so that each stream's events come in the order of their publication: by
// hour, and within an hour by first position, since positions of the shards of one
// feed ascend together also across a resharding.
func archiveOrder(ctx context.Context, archive ports.Archive, from, to time.Time) iter.Seq2[ports.ArchiveObject, error] {
	return func(yield func(ports.ArchiveObject, error) bool) {
		var hour []ports.ArchiveObject
		flush := func() bool {
			slices.SortFunc(hour, func(a, b ports.ArchiveObject) int { return compareKeysOfObjects(a.Key, b.Key) })
			for _, o := range hour {
				if !yield(o, nil) {
					return false
				}
			}
			hour = hour[:0]
			return true
		}
		for object, err := range archive.Objects(ctx, from, to) {
			if err != nil {
				yield(ports.ArchiveObject{}, err)
				return
			}
			if len(hour) > 0 && path.Dir(hour[0].Key) != path.Dir(object.Key) && !flush() {
				return
			}
			hour = append(hour, object)
		}
		flush()
	}
}

// compareKeysOfObjects orders keys as archiveOrder does: by hour, then by first
// position, which is text of one length, or a decimal number.
func compareKeysOfObjects(a, b string) int {
	p, q := firstPosition(a), firstPosition(b)
	return cmp.Or(strings.Compare(path.Dir(a), path.Dir(b)), cmp.Compare(len(p), len(q)), strings.Compare(p, q), strings.Compare(a, b))
}

// firstPosition returns the first position that an object's key names. Archives
// list only keys that name one.
func firstPosition(key string) string {
	batch, err := ports.ParseArchiveKey(key)
	if err != nil {
		return path.Base(key)
	}
	return string(batch.First)
}
