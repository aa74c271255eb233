package player

import (
	"strings"
	"time"
)

// cut takes an iterator of ours apart into its shard and the server's iterator.
func cut(iterator string) (shard, at string) {
	shard, at, _ = strings.Cut(iterator, "/")
	return shard, at
}

// seconds returns an instant as events have it: seconds since 1970, with a fraction
// of milliseconds.
func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }
