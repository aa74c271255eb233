package cart

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"strings"
	"time"
	"unicode/utf8"
)

// statusBuckets is how many partitions share the carts of one status, so that no
// partition takes all writes.
const statusBuckets = 16

// OwnerPartition returns the partition of view carts that holds an owner's carts,
// by last change.
func OwnerPartition(owner string) string { return partition("owner", owner) }

// StatusPartition returns the partition of view carts that holds the cart among
// all carts of its status, by last change: "status/open/0b".
func StatusPartition(status Status, id string) string {
	return statusPartition(status, bucketOf(id))
}

// StatusPartitions returns all partitions that hold carts of a status.
func StatusPartitions(status Status) []string {
	all := make([]string, statusBuckets)
	for i := range all {
		all[i] = statusPartition(status, uint32(i)) //nolint:gosec // below statusBuckets
	}
	return all
}

// DuePartition returns the partition of view carts that holds the cart while its
// shopper may yet be reminded, by last change: "due/0b".
func DuePartition(id string) string { return duePartition(bucketOf(id)) }

// DuePartitions returns all partitions that hold carts whose shoppers may yet be
// reminded.
func DuePartitions() []string {
	all := make([]string, statusBuckets)
	for i := range all {
		all[i] = duePartition(uint32(i)) //nolint:gosec // below statusBuckets
	}
	return all
}

func duePartition(bucket uint32) string { return fmt.Sprintf("due/%02x", bucket) }

func bucketOf(id string) uint32 { return crc32.ChecksumIEEE([]byte(id)) % statusBuckets }

func statusPartition(status Status, bucket uint32) string {
	return fmt.Sprintf("status/%s/%02x", status, bucket)
}

// ItemPartition returns the partition of view related that holds the closed carts
// with an item, by closing time.
func ItemPartition(item string) string { return partition("item", item) }

// TimeSort returns the sort key of a cart at an instant: microseconds since 1970 in
// 20 digits, '/', the cart's ID. An unknown time counts as 0.
func TimeSort(at time.Time, id string) string { return timeDigits(at) + "/" + id }

// TimeSortEnd returns a sort key after those of all carts at that instant and
// before those of later ones.
func TimeSortEnd(at time.Time) string { return timeDigits(at) + "0" } // '0' follows '/'

// SortID returns the cart's ID from a key that TimeSort made.
func SortID(sort string) string {
	_, id, _ := strings.Cut(sort, "/")
	return id
}

func timeDigits(at time.Time) string {
	var micros int64
	if !at.IsZero() {
		micros = max(at.UnixMicro(), 0)
	}
	return fmt.Sprintf("%020d", micros)
}

// partition puts a name that users chose behind a prefix. A name that does not fit
// ports.RowKey (carts of the older form may hold any) is hashed.
func partition(prefix, name string) string {
	const most = 1000 // bytes; with the prefix below the 1 024 of ports.RowKey
	if len(name) > most || strings.ContainsRune(name, 0) || !utf8.ValidString(name) {
		sum := sha256.Sum256([]byte(name))
		return prefix + "-sha256/" + hex.EncodeToString(sum[:])
	}
	return prefix + "/" + name
}
