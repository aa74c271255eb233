// Command load drives `evercart serve`, the real program with its data on disk, over
// HTTP, and prints what it saw: throughput, latencies, memory. It fails where a
// promise does not hold: an error below the capacity, memory that grows with time,
// anything but answers and 503 with Retry-After above it, no recovery afterwards.
//
// Usage: load [-binary dist/evercart] [-seconds 120]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"text/tabwriter"
	"time"
)

func main() {
	binary := flag.String("binary", "dist/evercart", "the program")
	seconds := flag.Int("seconds", 120, "how long the steady load lasts, 10 or more; the whole takes about twice that")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *binary, time.Duration(max(*seconds, 10))*time.Second); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

// The parts of a run, in shares of the steady load's time.
const (
	warmUpShare   = 0.1
	capacityShare = 0.15
	overloadShare = 0.5
	recoveryShare = 0.15
)

func run(ctx context.Context, binary string, steady time.Duration) error {
	server, err := start(ctx, binary)
	if err != nil {
		return err
	}
	defer server.stop()
	traffic, err := newTraffic(ctx, server.url)
	if err != nil {
		return err
	}
	share := func(part float64) time.Duration { return time.Duration(float64(steady) * part) }

	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "LOAD\tREQUESTS\tASKED/s\tANSWERED/s\tSHED\tERRORS\tp50\tp99\tp99.9\tMEMORY\t")
	var faults []error
	row := func(name string, l load, s seen) {
		asked := fmt.Sprint(l.rate)
		if l.rate == 0 {
			asked = "all it takes"
		}
		fmt.Fprintf(out, "%s\t%d\t%s\t%.0f\t%.1f %%\t%d\t%s\t%s\t%s\t%.0f MiB\t\n", name, s.requests, asked, s.answered(),
			100*float64(s.shed)/float64(max(s.requests, 1)), s.errors, ms(s.p50), ms(s.p99), ms(s.p999), s.memory)
		for _, text := range s.errorTexts {
			faults = append(faults, fmt.Errorf("%s: %s", name, text))
		}
	}
	// Closed-loop: 64 connections, each as fast as it is answered.
	closed := load{workers: 64, lasts: share(warmUpShare)}
	row("warm-up, 64 connections", closed, traffic.drive(ctx, server, closed))
	closed.lasts = share(capacityShare)
	full := traffic.drive(ctx, server, closed)
	row("capacity, 64 connections", closed, full)
	capacity := int(full.answered())
	if capacity == 0 {
		return errors.New("it answered nothing")
	}

	half := load{rate: capacity / 2, lasts: steady / 2}
	first := traffic.drive(ctx, server, half)
	row("half of it, first", half, first)
	second := traffic.drive(ctx, server, half)
	row("half of it, then", half, second)
	twice := load{rate: capacity * 2, lasts: share(overloadShare)}
	over := traffic.drive(ctx, server, twice)
	row("twice of it", twice, over)
	half.lasts = share(recoveryShare)
	after := traffic.drive(ctx, server, half)
	row("half of it, after", half, after)
	if err := out.Flush(); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}

	for _, s := range []seen{first, second, after} {
		faults = append(faults, rule(s.shed*100 <= s.requests, "%d of %d requests were shed below the capacity", s.shed, s.requests))
	}
	faults = append(
		faults,
		rule(over.shed > 0, "nothing was shed at twice the capacity"),
		rule(second.memory < first.memory*1.25+32, "memory grew from %.0f to %.0f MiB under the same load", first.memory, second.memory),
		rule(over.memory < second.memory*2+128, "memory grew from %.0f to %.0f MiB under the overload", second.memory, over.memory),
		rule(after.p99 < 10*first.p99+20*time.Millisecond, "after the overload p99 is %s, before it was %s", after.p99, first.p99),
		server.end(ctx),
	)
	return errors.Join(faults...)
}

// rule is nil where ok, or the error.
func rule(ok bool, format string, args ...any) error {
	if ok {
		return nil
	}
	return fmt.Errorf(format, args...)
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", d.Seconds()*1000) }
