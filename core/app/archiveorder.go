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
			slices.SortStableFunc(hour, func(a, b ports.ArchiveObject) int {
				return cmp.Or(cmp.Compare(firstPosition(a.Key), firstPosition(b.Key)), strings.Compare(a.Key, b.Key))
			})
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

// firstPosition returns the part of an object's name after its shard, which begins
// with the first position.
func firstPosition(key string) string {
	batch, err := ports.ParseArchiveKey(key)
	if err != nil {
		return path.Base(key)
	}
	return string(batch.First)
}
