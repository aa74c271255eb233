package sqlite_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
)

// BenchmarkFeedPublish publishes 500 records of 700 bytes in one call, which is
// one transaction and one sync.
func BenchmarkFeedPublish(b *testing.B) {
	f := openFeed(b, feedPath(b), time.Now)
	records := benchRecords(500)
	b.SetBytes(int64(len(records) * len(records[0].Data)))
	for b.Loop() {
		require.NoError(b, f.Publish(b.Context(), records))
	}
	b.ReportMetric(float64(b.N*len(records))/b.Elapsed().Seconds(), "records/s")
}

// BenchmarkFeedFetch fetches 500 records of 700 bytes in one call.
func BenchmarkFeedFetch(b *testing.B) {
	f := openFeed(b, feedPath(b), time.Now)
	records := benchRecords(500)
	require.NoError(b, f.Publish(b.Context(), records))
	b.SetBytes(int64(len(records) * len(records[0].Data)))
	for b.Loop() {
		got, err := f.Fetch(b.Context(), "", len(records))
		require.NoError(b, err)
		require.Len(b, got, len(records))
	}
	b.ReportMetric(float64(b.N*len(records))/b.Elapsed().Seconds(), "records/s")
}

// benchRecords returns n records of 700 bytes each, which is what an event has in
// the wire form.
func benchRecords(n int) []ports.Outgoing {
	records := make([]ports.Outgoing, n)
	for i := range records {
		records[i] = ports.Outgoing{Key: fmt.Sprintf("cart/%04d", i%100), Data: fmt.Appendf(nil, `{"n":%d,"data":"%0680d"}`, i%10, 0)}
	}
	return records
}
