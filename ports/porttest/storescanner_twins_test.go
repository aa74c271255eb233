package porttest_test

import (
	"context"
	"iter"
	"slices"
	"testing"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

const (
	scansAll       = "a scan yields every commit of its category once, each stream together and in order"
	scansSnapshots = "a scanned commit has its snapshot"
	scansNothing   = "a scan of a category without commits yields nothing"
	scansBeside    = "every scan beside 32 writers is without a hole, and not older than what was acknowledged"
	scanStops      = "a scan stops when its consumer does, and holds nothing"
	scanLets       = "a scan lets appends through while it goes on"
	scanGives      = "a scanned commit belongs to its caller"
	scanEnded      = "a scan under an ended context fails with its error"
)

type commits = iter.Seq2[ports.Commit, error]

// rescanning returns a fault that yields something else than the list of commits.
func rescanning(alter func(list []ports.Commit) []ports.Commit) func(*storeDouble) {
	return func(d *storeDouble) {
		d.scan = func(ctx context.Context, category string) commits {
			return func(yield func(ports.Commit, error) bool) {
				var list []ports.Commit
				for c, err := range d.EventStore.Scan(ctx, category) {
					if err != nil {
						yield(c, err)
						return
					}
					list = append(list, c)
				}
				for _, c := range alter(list) {
					if !yield(c, nil) {
						return
					}
				}
			}
		}
	}
}

// lockingScans is lockingReads for scans.
func lockingScans(release bool) func(*storeDouble) {
	return func(d *storeDouble) {
		var lock readerLock
		lock.keepingOut(d)
		d.scan = func(ctx context.Context, category string) commits {
			return held(&lock, release, d.EventStore.Scan(ctx, category))
		}
	}
}

func TestStoreScannerBites(t *testing.T) {
	t.Parallel()
	double := func(breakIt func(*storeDouble)) porttest.ScannedStore { return newStoreDouble(breakIt) }
	bites(t, porttest.StoreScanner(), double, []twin[storeDouble]{
		{"leaves out the older form", rescanning(func(list []ports.Commit) []ports.Commit {
			return slices.DeleteFunc(list, func(c ports.Commit) bool { return c.Older() })
		}), []string{scansAll, scanLets}},
		{"yields the newest commit first", rescanning(func(list []ports.Commit) []ports.Commit {
			slices.Reverse(list)
			return list
		}), []string{scansAll}},
		{"yields commits in the order of their versions", rescanning(func(list []ports.Commit) []ports.Commit {
			slices.SortStableFunc(list, func(a, b ports.Commit) int { return int(a.First - b.First) })
			return list
		}), []string{scansAll, scansBeside}},
		{"yields the last commit twice", rescanning(func(list []ports.Commit) []ports.Commit {
			return append(list, list[max(0, len(list)-1):]...)
		}), []string{scansAll, scanLets}},
		{"leaves out a commit in the middle", rescanning(func(list []ports.Commit) []ports.Commit {
			if middle := len(list) / 2; middle > 5 {
				return slices.Delete(list, middle, middle+1)
			}
			return list
		}), []string{scansBeside, scansAll}},
		{"leaves out the newest commits", rescanning(func(list []ports.Commit) []ports.Commit {
			return list[:max(len(list)-3, 0)]
		}), []string{scansBeside, scansAll}},
		{"leaves out snapshots", rescanning(func(list []ports.Commit) []ports.Commit {
			for i := range list {
				list[i].Snapshot, list[i].SnapshotSchema = nil, 0
			}
			return list
		}), []string{scansSnapshots}},
		{"yields all categories", func(d *storeDouble) {
			d.scan = func(ctx context.Context, _ string) commits {
				return func(yield func(ports.Commit, error) bool) {
					for _, category := range porttest.Categories() {
						for c, err := range d.EventStore.Scan(ctx, category) {
							if !yield(c, err) {
								return
							}
						}
					}
				}
			}
		}, []string{scansAll, scansNothing}},
		{"goes on when its consumer stopped", func(d *storeDouble) {
			d.scan = func(ctx context.Context, category string) commits {
				return func(yield func(ports.Commit, error) bool) {
					d.EventStore.Scan(ctx, category)(func(c ports.Commit, err error) bool {
						yield(c, err)
						return true
					})
				}
			}
		}, []string{scanStops}},
		{"keeps its lock when its consumer stops", lockingScans(false), []string{scanStops}},
		{"holds its lock while its consumer works", lockingScans(true), []string{scanLets}},
		{"gives away what it keeps", func(d *storeDouble) {
			var kept []ports.Commit
			rescanning(func(list []ports.Commit) []ports.Commit {
				if kept == nil {
					kept = list
				}
				return kept
			})(d)
		}, []string{scanGives}},
		{"scans under an ended context", func(d *storeDouble) {
			d.scan = func(ctx context.Context, category string) commits {
				return d.EventStore.Scan(context.WithoutCancel(ctx), category)
			}
		}, []string{scanEnded}},
	})
}
