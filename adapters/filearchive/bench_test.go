package filearchive_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// BenchmarkLines reads an object of 50 000 events in turn with its reference,
// decompression alone, and reports how much of the reference's speed is left.
func BenchmarkLines(b *testing.B) {
	dir := b.TempDir()
	a := newArchive(b, dir)
	lines := make([][]byte, 50_000)
	for i := range lines {
		lines[i] = fmt.Appendf(nil, `{"specversion":"1.0","id":"0190%08x","type":"evercart.cart.ItemAdded.v2","subject":"cart/0190%08x","sequence":"%020d","data":{"item":"tea","quantity":%d}}`, i*7919, i/10, i%10+1, i%9+1)
	}
	object, err := a.WriteObject(b.Context(), batch(hour), lines)
	require.NoError(b, err)

	var reading, reference time.Duration
	for b.Loop() {
		started := time.Now()
		n := 0
		for _, err := range a.Lines(b.Context(), object.Key) {
			if err != nil { // require would cost more than the line
				b.Fatal(err)
			}
			n++
		}
		reading += time.Since(started)
		require.Equal(b, len(lines), n)

		started = time.Now()
		f, err := os.Open(filepath.Join(dir, object.Key))
		require.NoError(b, err)
		plain, err := gzip.NewReader(f)
		require.NoError(b, err)
		_, err = io.Copy(io.Discard, plain)
		require.NoError(b, err)
		require.NoError(b, f.Close())
		reference += time.Since(started)
	}
	b.ReportMetric(float64(reference)/float64(reading), "x-of-gzip")
	b.ReportMetric(float64(len(lines)*b.N)/reading.Seconds(), "lines/s")
}

// BenchmarkWriteObject writes an object of the size that two seconds of a busy
// shop fill.
func BenchmarkWriteObject(b *testing.B) {
	a := newArchive(b, b.TempDir())
	lines := make([][]byte, 1000)
	for i := range lines {
		lines[i] = fmt.Appendf(nil, `{"specversion":"1.0","id":"0190%08x","type":"evercart.cart.ItemAdded.v2","data":{"item":"tea"}}`, i*7919)
	}
	for n := 0; b.Loop(); n++ {
		_, err := a.WriteObject(b.Context(), numbered(n), lines)
		require.NoError(b, err)
	}
}
