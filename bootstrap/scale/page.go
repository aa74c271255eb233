package scale

import (
	"fmt"
	"math"
	"strings"

	"github.com/evercart/evercart/bootstrap/costs"
)

// The shop of the page, and how full its shards may be.
const (
	carts = 1_000_000
	seed  = 1
	fill  = 0.8
	// skew makes one cart in a million take one event of thirty: a bot, or a till.
	skew = 0.9
	// relayBatch is how many commits the relay gets at once under load.
	relayBatch = 100
)

// Page returns docs/scale.md.
func Page(m *costs.Measured, p *costs.Prices, a *costs.Assumptions) string {
	even, hot := Shop(carts, 0, seed), Shop(carts, skew, seed)
	bytes := float64(m.WireBytes) / float64(m.Events)
	idle, busy := costs.Idle(p, a), costs.Busy(p, m, a)
	var b strings.Builder
	fmt.Fprintf(&b, `# How far it goes

What one shard, one table and one queue do, what to turn when, and what it costs. The page is computed (`+"`bootstrap/scale`"+`): limits come from AWS's
documentation, sizes and prices from [cost.md](cost.md), and the spread over shards from a simulation of a million carts with the keys that the feed really has.

## Limits

| what | at most | source |
|---|---|---|
`)
	for _, l := range Limits() {
		fmt.Fprintf(&b, "| %s | %g %s | %s |\n", l.What, l.Value, l.Unit, l.Source)
	}
	fmt.Fprintf(&b, `
## A million carts

Two shops of a million carts: in one all are alike; in the other some are hot (the k-th busiest in proportion to 1/k^%.1f), so that the hottest one alone takes
%.1f %% of all events. Shards are filled to %.0f %% at most. An event takes %.0f bytes of a shard.

| events a second | shards, alike | shards, some hot | events a second of the hottest cart | partitions of the table, at least | relays at work | a month, idle cost included, by [cost.md](cost.md) |
|---:|---:|---:|---:|---:|---:|---:|
`, skew, 100*hot.Hottest(), 100*fill, bytes)
	for _, events := range []float64{10, 100, 1000, 10_000, 40_000, 100_000} {
		partitions := math.Ceil(events / (PartitionUnits * fill))
		lanes := events / (relayBatch / (a.BatchMS / 1000))
		fmt.Fprintf(&b, "| %.0f | %s | %s | %.1f | %.0f | %.2f | $%.0f |\n", events, shards(even.Shards(events, bytes, fill)), shards(hot.Shards(events, bytes, fill)),
			events*hot.Hottest(), partitions, lanes, idle.Total()+busy.Total()*events*secondsOfAMonth/1e6)
	}
	fmt.Fprintf(&b, `
"None" means that no number of shards is enough: one cart alone fills one, and its events must stay in order. That is the true limit of this design: **a single
cart changes at most some hundreds of times a second**, a shard's %d records and a partition's %d write units at the outside, and each change waits for the
one before. Everything else is bought.

A relay is at work for each shard of the table's stream, one batch at a time: %d commits in %.0f ms are %.0f a second, more than the %d that a partition can
write. So the relay keeps up with any table, and its order costs nothing.

A consumer works on one batch of a shard at once, and on up to %d where `+"`parallelization`"+` says so. At a full shard each of them then has %.0f ms for an event;
a view takes four requests of a few milliseconds.

## Replays

A replay sends %d messages a call, %d calls a second into each partition of its queue: %d events a second before a second partition is needed, %s for
ten million events. The reading side does some hundred thousand a second; the view's table is what to watch.

## What to turn, and when

| you see | turn |
|---|---|
| the feed throttles (`+"`WriteProvisionedThroughputExceeded`"+`) | nothing on demand, which doubles by itself; in mode PROVISIONED, more `+"`shards`"+` |
| iterator age of a consumer rises, its errors do not | `+"`parallelization`"+` of its mapping, up to %d; then more shards |
| iterator age of the relay rises | its memory (`+"`memory_mb`"+`); more shards of the table's stream come with more partitions, by themselves |
| a replay is too slow, its queue empty | its rate; then high-throughput quotas of the region |
| commands are throttled by the table | nothing on demand, but for a sudden doubling: warm the table's throughput before a sale |
| conflicts rise | one cart is changed from many places: that is a design question, not a setting |
| one cart is too hot | split it: an aggregate is the unit of order, and so of speed |
`, ShardRecords, PartitionUnits, relayBatch, a.BatchMS, relayBatch/(a.BatchMS/1000), PartitionUnits,
		LanesOfAShard, LanesOfAShard*1000/float64(ShardRecords), FIFOBatch, FIFOCalls, FIFOCalls*FIFOBatch,
		duration(1e7/(FIFOCalls*FIFOBatch)), LanesOfAShard)
	return b.String()
}

const secondsOfAMonth = 730 * 3600

func shards(n int) string {
	if n == 0 {
		return "none"
	}
	return fmt.Sprint(n)
}

func duration(seconds float64) string { return fmt.Sprintf("%.0f minutes", seconds/60) }
