package porttest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/evercart/evercart/ports"
)

func archiveListChecks() []Check[ports.Archive] {
	return []Check[ports.Archive]{
		{"an empty archive has no objects", emptyArchiveHasNoObjects},
		{"objects come in the order of their keys", objectsAreOrdered},
		{"objects are bounded by hours, the first with, the last without", objectsAreBounded},
		{"objects are listed with the size that their write told", objectsHaveTheirSize},
		{"hundreds of objects of one hour are listed", manyObjectsAreListed},
		{"a caller may stop asking for objects", objectsStop},
		{"a dead context ends the listing with its error, once", objectsHonourDeadContext},
	}
}

func emptyArchiveHasNoObjects(ctx context.Context, a ports.Archive) error {
	if err := expectKeys(ctx, a, time.Time{}, time.Time{}); err != nil {
		return err
	}
	if _, err := write(ctx, a, archiveBatch(1, archiveHour), linesOf("{}")); err != nil {
		return err
	}
	return expectKeys(ctx, a, archiveHour.Add(time.Hour), time.Time{})
}

func objectsAreOrdered(ctx context.Context, a ports.Archive) error {
	batches := []ports.ArchiveBatch{
		{Shard: "9", First: "1", Last: "1", Arrival: archiveHour.AddDate(-1, 0, 0)},
		{Shard: "9", First: "1", Last: "1", Arrival: archiveHour.Add(-10 * time.Hour)}, // hour=03
		{Shard: "0", First: "1", Last: "1", Arrival: archiveHour},
		{Shard: "0", First: "1", Last: "10", Arrival: archiveHour},
		{Shard: "0", First: "10", Last: "10", Arrival: archiveHour},
		{Shard: "0", First: "9", Last: "9", Arrival: archiveHour.Add(59 * time.Minute)},
		{Shard: "1", First: "1", Last: "1", Arrival: archiveHour},
		{Shard: "A", First: "1", Last: "1", Arrival: archiveHour},
		{Shard: "a", First: "1", Last: "1", Arrival: archiveHour},
		{Shard: "0", First: "1", Last: "1", Arrival: archiveHour.Add(time.Hour)},
		{Shard: "0", First: "1", Last: "1", Arrival: archiveHour.Add(24 * time.Hour)},
	}
	var keys []string
	for i := range batches {
		batch := batches[(i*4+3)%len(batches)]
		if _, err := write(ctx, a, batch, linesOf("{}")); err != nil {
			return err
		}
		keys = append(keys, batch.Key())
	}
	slices.Sort(keys)
	return expectKeys(ctx, a, time.Time{}, time.Time{}, keys...)
}

func objectsAreBounded(ctx context.Context, a ports.Archive) error {
	// One object an hour, from two hours before midnight to two after it.
	midnight := time.Date(2026, 5, 5, 0, 0, 0, 0, time.UTC)
	var keys []string
	for h := range 5 {
		batch := archiveBatch(h, midnight.Add(time.Duration(h-2)*time.Hour+59*time.Minute+59*time.Second))
		if _, err := write(ctx, a, batch, linesOf("{}")); err != nil {
			return err
		}
		keys = append(keys, batch.Key())
	}
	at := func(hours time.Duration, more time.Duration) time.Time {
		return midnight.Add(hours*time.Hour + more).In(time.FixedZone("east", 5*3600+1800))
	}
	var open time.Time
	for _, want := range []struct {
		from, to time.Time
		keys     []string
	}{
		{open, open, keys},
		{at(-1, 0), open, keys[1:]},
		{at(-1, 59*time.Minute), open, keys[1:]}, // rounded down
		{open, at(1, 0), keys[:3]},
		{open, at(1, 59*time.Minute), keys[:3]}, // rounded down
		{at(-1, 0), at(1, 0), keys[1:3]},
		{at(0, 0), at(1, 0), keys[2:3]},
		{at(0, 10*time.Minute), at(0, 50*time.Minute), nil},
		{at(1, 0), at(-1, 0), nil},
		{at(-48, 0), at(48, 0), keys},
		{at(48, 0), open, nil},
		{open, at(-48, 0), nil},
	} {
		if err := expectKeys(ctx, a, want.from, want.to, want.keys...); err != nil {
			return err
		}
	}
	return nil
}

func objectsHaveTheirSize(ctx context.Context, a ports.Archive) error {
	var want []ports.ArchiveObject
	for n, size := range []int{1, 10, 1000} {
		object, err := write(ctx, a, archiveBatch(n, archiveHour), numberedLines(size))
		if err != nil {
			return err
		}
		want = append(want, object)
	}
	got, err := list(ctx, a, time.Time{}, time.Time{})
	if err != nil {
		return err
	}
	return sameText("objects", fmt.Sprint(got), fmt.Sprint(want))
}

func manyObjectsAreListed(ctx context.Context, a ports.Archive) error {
	var keys []string
	for n := range 300 {
		object, err := write(ctx, a, archiveBatch(n, archiveHour), linesOf("{}"))
		if err != nil {
			return err
		}
		keys = append(keys, object.Key)
	}
	return expectKeys(ctx, a, archiveHour, archiveHour.Add(time.Hour), keys...)
}

func writeThree(ctx context.Context, a ports.Archive) error {
	for n := range 3 {
		if _, err := write(ctx, a, archiveBatch(n, archiveHour.Add(time.Duration(n)*time.Hour)), linesOf("{}")); err != nil {
			return err
		}
	}
	return nil
}

func objectsStop(ctx context.Context, a ports.Archive) error {
	if err := writeThree(ctx, a); err != nil {
		return err
	}
	calls := 0
	a.Objects(ctx, time.Time{}, time.Time{})(func(ports.ArchiveObject, error) bool {
		calls++
		return false
	})
	if calls != 1 {
		return fmt.Errorf("objects: %d pairs for a caller who stopped at the first", calls)
	}
	objects, err := list(ctx, a, time.Time{}, time.Time{})
	if err == nil && len(objects) != 3 {
		return fmt.Errorf("objects, asked again: got %d, want 3", len(objects))
	}
	return err
}

func objectsHonourDeadContext(ctx context.Context, a ports.Archive) error {
	if err := writeThree(ctx, a); err != nil {
		return err
	}
	err := honoursDeadContexts(ctx, []portCall{{"Objects", func(ctx context.Context) error {
		_, err := list(ctx, a, time.Time{}, time.Time{})
		return err
	}}})
	if err != nil {
		return err
	}
	short, cancel := context.WithCancel(ctx)
	defer cancel()
	return endsSoon(short, cancel, a.Objects(short, time.Time{}, time.Time{}), 4)
}
