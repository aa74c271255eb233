package costs

import (
	"fmt"
	"strings"
)

// Page returns docs/cost.md.
func Page(p *Prices, m *Measured, a *Assumptions) string {
	var b strings.Builder
	idle, busy, kept := Idle(p, a), Busy(p, m, a), Kept(p, m)
	fmt.Fprintf(&b, `# What it costs on AWS

Prices of %s, as read on %s, without free tiers and taxes. The page is computed (`+"`bootstrap/costs`"+`) from requests and capacity units that a test
counts on DynamoDB's local server, so that a change that costs more does not pass unseen; `+"`evercart cost --prices FILE`"+` prints it with prices of your own.

In short: **%s a month when nothing happens, %s for a million commands** over HTTP and through the whole pipeline, and %s a month
for keeping what they left.

## When nothing happens

`, p.Region, orUnknown(p.AsOf), dollars(idle.Total()), dollars(busy.Total()), dollars(kept.Total()))
	table(&b, "a month", idle)
	fmt.Fprintf(&b, `
Most of it is the feed. A stream of one provisioned shard costs less and takes 1 000 events a second (`+"`feed = { mode = \"PROVISIONED\" }`"+` in Terraform).

## A million commands

Every command records one event, %.0f %% of them in a process that does not have the cart in its memory.

`, 100*a.ColdShare)
	table(&b, "a million commands", busy)
	b.WriteString("\nAnd each month for what they left:\n\n")
	table(&b, "a month", kept)
	fmt.Fprintf(&b, `
## What was counted

The life of one cart: opened, five priced items, one quantity changed, one item taken out, closed. %d commands, %d events; each event handed to the
consumers by itself, as it is where little is going on. Busier feeds bring several events of a cart at once, and then views cost less.

| what | requests | read units | write units |
|---|---:|---:|---:|
`, m.Commands, m.Events)
	for _, row := range []struct {
		what  string
		units Units
	}{
		{"commands, each in a process that knows no cart", m.Cold},
		{"commands, all in one process", m.Warm},
		{"view carts", m.Carts},
		{"view related", m.Related},
		{"notify, of the closing alone", m.Notify},
	} {
		fmt.Fprintf(&b, "| %s | %d | %g | %g |\n", row.what, row.units.Requests, row.units.Reads, row.units.Writes)
	}
	fmt.Fprintf(&b, `
Its events take %d bytes in the events table, %d on the feed (paid as %d: each record is rounded up to 1 KiB) and %d in the archive. A history of any
length costs a command the same; `+"`TestWhatACommandCosts`"+` holds that.

## What is assumed

| assumption | value |
|---|---:|
`, m.Items, m.WireBytes, m.Records, m.Archived*m.Events)
	for _, row := range []struct {
		what  string
		value string
	}{
		{"a command's function takes", fmt.Sprintf("%g ms", a.CommandMS)},
		{"a batch of the relay or of a consumer takes", fmt.Sprintf("%g ms", a.BatchMS)},
		{"events that come at once", fmt.Sprintf("%g", a.EventsPerBatch)},
		{"an invocation logs", fmt.Sprintf("%g bytes", a.LogBytes)},
		{"a request adds to the API's access log", fmt.Sprintf("%g bytes", a.AccessBytes)},
	} {
		fmt.Fprintf(&b, "| %s | %s |\n", row.what, row.value)
	}
	fmt.Fprintf(&b, "\nTerraform's defaults are counted, not assumed: %g GB of memory a function, %.0f scheduled invocations a month, and alarms that look at %g metrics, each of which is paid\n(`verify` and `canary` are off).\n",
		a.MemoryGB, a.Schedules, a.Alarms)
	fmt.Fprintf(&b, "\nCustom metrics come on top, $%.2f a month for each series that has values (about %g of them: $%.0f), X-Ray by what is sampled, calls of KMS, and traffic that leaves the region.\n\n## Prices\n\n| what | USD | per | source |\n|---|---:|---|---|\n",
		p.Of("metrics"), a.Metrics, a.Metrics*p.Of("metrics"))
	for i := range p.List {
		one := &p.List[i]
		fmt.Fprintf(&b, "| `%s` | %g | %s | %s |\n", one.Key, one.USD, one.Per, source(one.Source))
	}
	return b.String()
}

func table(b *strings.Builder, per string, bill Bill) {
	fmt.Fprintf(b, "| service | what | USD %s |\n|---|---|---:|\n", per)
	for i := range bill {
		fmt.Fprintf(b, "| %s | %s | %.4f |\n", bill[i].Service, bill[i].What, bill[i].USD)
	}
	fmt.Fprintf(b, "| **together** | | **%.2f** |\n", bill.Total())
}

func dollars(usd float64) string { return fmt.Sprintf("$%.2f", usd) }

func orUnknown(day string) string {
	if day == "" {
		return "an unknown day"
	}
	return day
}

// source names a page of AWS in full; a file as it is.
func source(page string) string {
	if strings.Contains(page, "/pricing") {
		return "aws.amazon.com/" + page
	}
	return page
}
