package porttest

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/evercart/evercart/ports"
)

func archiveReadChecks() []Check[ports.Archive] {
	return []Check[ports.Archive]{
		{"an object of 50 000 lines is read back", hugeObjectIsRead},
		{"a line of a megabyte is read back", longLineIsRead},
		{"a missing object is a corrupt one that is named", missingObjectIsCorrupt},
		{"a name that no object has is not read", foreignNameIsNotRead},
		{"a caller may stop asking for lines", linesStop},
		{"lines are read by many at once", linesAreReadByMany},
		{"a dead context ends the lines with its error, once", linesHonourDeadContext},
	}
}

// numberedLines returns n different lines, each as long as a small event.
func numberedLines(n int) [][]byte {
	lines := make([][]byte, n)
	for i := range lines {
		lines[i] = fmt.Appendf(nil, `{"specversion":"1.0","id":"%08d","type":"evercart.cart.ItemAdded.v2","data":{"item":"tea %d"}}`, i, i*7919)
	}
	return lines
}

func hugeObjectIsRead(ctx context.Context, a ports.Archive) error {
	lines := numberedLines(50_000)
	object, err := write(ctx, a, archiveBatch(1, archiveHour), lines)
	if err != nil {
		return err
	}
	return expectLines(ctx, a, object.Key, lines)
}

func longLineIsRead(ctx context.Context, a ports.Archive) error {
	long := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	lines := slices.Concat(linesOf("short"), [][]byte{long, long[:1<<16], long[:1<<16-1], long[:4096]}, linesOf("short"))
	object, err := write(ctx, a, archiveBatch(1, archiveHour), lines)
	if err != nil {
		return err
	}
	return expectLines(ctx, a, object.Key, lines)
}

func missingObjectIsCorrupt(ctx context.Context, a ports.Archive) error {
	missing := archiveBatch(2, archiveHour).Key()
	if err := endsWithCorruptError(ctx, a, missing); err != nil {
		return err
	}
	if _, err := write(ctx, a, archiveBatch(1, archiveHour), linesOf("{}")); err != nil {
		return err
	}
	return endsWithCorruptError(ctx, a, missing)
}

func foreignNameIsNotRead(ctx context.Context, a ports.Archive) error {
	object, err := write(ctx, a, archiveBatch(1, archiveHour), linesOf("{}"))
	if err != nil {
		return err
	}
	for _, key := range []string{
		"", ".", "..", "../x", "/etc/hosts", "events", "events/",
		"/" + object.Key, "./" + object.Key, "events/../" + object.Key, object.Key + "/", object.Key + "/.",
		"events/date=2026-05-04/hour=13/../hour=13/" + archiveName(object.Key), object.Key[:len(object.Key)-len(".gz")],
	} {
		if err := endsWithCorruptError(ctx, a, key); err != nil {
			return err
		}
	}
	return nil
}

// archiveName returns what follows the folder in key.
func archiveName(key string) string { return key[len("events/date=2026-05-04/hour=13/"):] }

func linesStop(ctx context.Context, a ports.Archive) error {
	lines := linesOf("1", "2", "3")
	object, err := write(ctx, a, archiveBatch(1, archiveHour), lines)
	if err != nil {
		return err
	}
	calls := 0
	a.Lines(ctx, object.Key)(func([]byte, error) bool {
		calls++
		return false
	})
	if calls != 1 {
		return fmt.Errorf("lines: %d pairs for a caller who stopped at the first", calls)
	}
	return expectLines(ctx, a, object.Key, lines)
}

func linesAreReadByMany(ctx context.Context, a ports.Archive) error {
	var keys []string
	var lines [][][]byte
	for n := range 3 {
		lines = append(lines, numberedLines(1000 + n)[n:])
		object, err := write(ctx, a, archiveBatch(n, archiveHour), lines[n])
		if err != nil {
			return err
		}
		keys = append(keys, object.Key)
	}
	for _, err := range race(racers, func(i int) error { return expectLines(ctx, a, keys[i%3], lines[i%3]) }) {
		if err != nil {
			return err
		}
	}
	return nil
}

func linesHonourDeadContext(ctx context.Context, a ports.Archive) error {
	const n = 50_000
	object, err := write(ctx, a, archiveBatch(1, archiveHour), numberedLines(n))
	if err != nil {
		return err
	}
	err = honoursDeadContexts(ctx, []portCall{{"Lines", func(ctx context.Context) error {
		for _, err := range a.Lines(ctx, object.Key) {
			if err != nil {
				return err
			}
		}
		return nil
	}}})
	if err != nil {
		return err
	}
	short, cancel := context.WithCancel(ctx)
	defer cancel()
	return endsSoon(short, cancel, a.Lines(short, object.Key), n)
}
