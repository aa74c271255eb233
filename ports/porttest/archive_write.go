package porttest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/evercart/evercart/ports"
)

func archiveWriteChecks() []Check[ports.Archive] {
	return []Check[ports.Archive]{
		{"an object holds the lines written, in order, byte for byte", objectHoldsLines},
		{"an object's key is that of its batch", objectHasBatchKey},
		{"an object written again is left as it is, and that is success", objectIsWrittenOnce},
		{"32 writers of one object make one whole object", writersMakeOneObject},
		{"32 writers of objects of their own make them all", writersMakeAllObjects},
		{"an object of no lines is refused", noLinesAreRefused},
		{"a line that holds a line feed is refused", lineFeedIsRefused},
		{"a batch that no key can name is refused", namelessBatchIsRefused},
		{"the archive keeps no reference to lines", archiveKeepsNoReference},
		{"a dead context ends a write", writeHonoursDeadContext},
	}
}

func objectHoldsLines(ctx context.Context, a ports.Archive) error {
	lines := linesOf(`{"id":"1"}`, `{"item":"<☂> & 'tea' \n"}`, "ends with a carriage return\r", "\x00\xff bytes", "tab\t ", "{}")
	object, err := write(ctx, a, archiveBatch(1, archiveHour), lines)
	if err != nil {
		return err
	}
	return expectLines(ctx, a, object.Key, lines)
}

func objectHasBatchKey(ctx context.Context, a ports.Archive) error {
	batch := ports.ArchiveBatch{
		Shard: "shardId-000000000001", First: "495903381", Last: "495903389",
		Arrival: time.Date(2026, 12, 31, 23, 59, 59, 999_999_999, time.FixedZone("west", -8*3600)),
	}
	object, err := write(ctx, a, batch, linesOf("{}"))
	if err != nil {
		return err
	}
	const want = "events/date=2027-01-01/hour=07/shardId-000000000001-495903381-495903389.ndjson.gz"
	if err := sameText("key", object.Key, want); err != nil {
		return err
	}
	return expectKeys(ctx, a, time.Time{}, time.Time{}, want)
}

func objectIsWrittenOnce(ctx context.Context, a ports.Archive) error {
	first, err := write(ctx, a, archiveBatch(1, archiveHour), linesOf("first", "lines"))
	if err != nil {
		return err
	}
	for range 2 {
		again, err := write(ctx, a, archiveBatch(1, archiveHour.Add(time.Minute)), linesOf("other", "and", "more", "lines"))
		if err != nil {
			return err
		}
		if again != first {
			return fmt.Errorf("write again: got %+v, want the first object %+v", again, first)
		}
	}
	if err := expectLines(ctx, a, first.Key, linesOf("first", "lines")); err != nil {
		return err
	}
	return expectKeys(ctx, a, time.Time{}, time.Time{}, first.Key)
}

func writersMakeOneObject(ctx context.Context, a ports.Archive) error {
	batch := archiveBatch(1, archiveHour)
	linesBy := func(i int) [][]byte { // of equal length, so that a mixture would not show in the size
		return slices.Repeat(linesOf(strings.Repeat(fmt.Sprintf("%02d ", i), 30)), 500)
	}
	err := errors.Join(race(racers, func(i int) error {
		object, err := write(ctx, a, batch, linesBy(i))
		if err != nil {
			return err
		}
		n := 0
		for _, err := range a.Lines(ctx, object.Key) { // whole already when any write has returned
			if err != nil {
				return fmt.Errorf("lines after a write: %w", err)
			}
			n++
		}
		if n != 500 {
			return fmt.Errorf("lines after a write: got %d, want 500", n)
		}
		return nil
	})...)
	if err != nil {
		return err
	}
	if err := expectKeys(ctx, a, time.Time{}, time.Time{}, batch.Key()); err != nil {
		return err
	}
	var winner int
	for line, err := range a.Lines(ctx, batch.Key()) {
		if err != nil {
			return fmt.Errorf("lines: %w", err)
		}
		if _, err := fmt.Sscanf(string(line), "%d", &winner); err != nil {
			return fmt.Errorf("line %.80q: %w", line, err)
		}
		break
	}
	return expectLines(ctx, a, batch.Key(), linesBy(winner))
}

func writersMakeAllObjects(ctx context.Context, a ports.Archive) error {
	batches := make([]ports.ArchiveBatch, racers)
	keys := make([]string, racers)
	for i := range batches {
		batches[i] = archiveBatch(i, archiveHour.Add(time.Duration(i/8)*time.Hour))
		keys[i] = batches[i].Key()
	}
	err := errors.Join(race(racers, func(i int) error {
		_, err := write(ctx, a, batches[i], linesOf(keys[i]))
		return err
	})...)
	if err != nil {
		return err
	}
	for _, key := range keys {
		if err := expectLines(ctx, a, key, linesOf(key)); err != nil {
			return err
		}
	}
	return expectKeys(ctx, a, time.Time{}, time.Time{}, keys...)
}

// expectRefusal returns an error unless the write fails for good and leaves
// nothing behind.
func expectRefusal(ctx context.Context, a ports.Archive, batch ports.ArchiveBatch, lines [][]byte) error {
	_, err := a.WriteObject(ctx, batch, lines)
	if err == nil || errors.Is(err, ports.ErrUnavailable) {
		return fmt.Errorf("write %s: got error %w, want one that is final", batch.Key(), orNoError(err))
	}
	return expectKeys(ctx, a, time.Time{}, time.Time{})
}

func noLinesAreRefused(ctx context.Context, a ports.Archive) error {
	if err := expectRefusal(ctx, a, archiveBatch(1, archiveHour), nil); err != nil {
		return err
	}
	return expectRefusal(ctx, a, archiveBatch(1, archiveHour), [][]byte{})
}

func lineFeedIsRefused(ctx context.Context, a ports.Archive) error {
	for _, lines := range [][][]byte{linesOf("a\nb"), linesOf("fine", "ends with it\n"), linesOf("fine", "\n", "fine")} {
		if err := expectRefusal(ctx, a, archiveBatch(1, archiveHour), lines); err != nil {
			return err
		}
	}
	return nil
}

func namelessBatchIsRefused(ctx context.Context, a ports.Archive) error {
	for _, spoil := range []func(*ports.ArchiveBatch){
		func(b *ports.ArchiveBatch) { b.Shard = "" },
		func(b *ports.ArchiveBatch) { b.Shard = "../0" },
		func(b *ports.ArchiveBatch) { b.Shard = "a--b" },
		func(b *ports.ArchiveBatch) { b.First = "" },
		func(b *ports.ArchiveBatch) { b.Last = "1/2" },
		func(b *ports.ArchiveBatch) { b.Arrival = time.Time{} },
	} {
		batch := archiveBatch(1, archiveHour)
		spoil(&batch)
		if err := expectRefusal(ctx, a, batch, linesOf("{}")); err != nil {
			return err
		}
	}
	return nil
}

func archiveKeepsNoReference(ctx context.Context, a ports.Archive) error {
	given := linesOf("first", "second")
	object, err := write(ctx, a, archiveBatch(1, archiveHour), given)
	if err != nil {
		return err
	}
	given[0][0], given[1] = 'X', []byte("other")
	for line, err := range a.Lines(ctx, object.Key) { // and what it yields may be written to
		if err != nil {
			return fmt.Errorf("lines: %w", err)
		}
		copy(line, bytes.Repeat([]byte("Y"), len(line)))
	}
	return expectLines(ctx, a, object.Key, linesOf("first", "second"))
}

func writeHonoursDeadContext(ctx context.Context, a ports.Archive) error {
	return honoursDeadContexts(ctx, []portCall{{"WriteObject", func(ctx context.Context) error {
		_, err := a.WriteObject(ctx, archiveBatch(1, archiveHour), linesOf("{}"))
		return err
	}}})
}
