package bootstrap

import (
	"context"
	"crypto/rand"
	"log/slog"
	"strings"

	"go.uber.org/fx"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/ports"
)

// replayHandlers returns the handlers without state that replays can go to, in
// every program. To add one, add its line: any app.Consumer's Handle fits after
// app.ReplayTarget's form.
func replayHandlers(log *slog.Logger) map[string]app.ReplayTarget {
	return map[string]app.ReplayTarget{
		ReplayToLog: toLog(log),
	}
}

// ReplayToLog is the target that logs each event.
const ReplayToLog = "log"

// toLog logs each event in its wire form.
func toLog(log *slog.Logger) app.ReplayTarget {
	return func(ctx context.Context, _ ports.Target, records []ports.Record) []app.Failure {
		for i := range records {
			log.InfoContext(ctx, "replayed", slog.String("replay", records[i].Replay), slog.String("event", string(records[i].Data)))
		}
		return nil
	}
}

// replays provides what replays and rebuilds need.
func replays() fx.Option {
	return fx.Provide(newDirectSink, newReplaySink, newReplayer, newRebuilder, newReplayRunner)
}

// newDirectSink hands records to the handlers without state and to the views.
func newDirectSink(log *slog.Logger, projectors []Projector) *app.DirectSink {
	targets := replayHandlers(log)
	for _, p := range projectors {
		targets[p.Name()] = p.HandleFor
	}
	return &app.DirectSink{Targets: targets}
}

func newReplayer(
	now Clock, log *slog.Logger, archive ports.Archive, jobs ports.ReplayJobs, sink ports.ReplaySink, quarantine ports.Quarantine,
) *app.Replayer {
	return &app.Replayer{Archive: archive, Jobs: jobs, Sink: sink, Quarantine: quarantine, Now: now, Log: log}
}

func newRebuilder(
	now Clock, log *slog.Logger, archive ports.Archive, jobs ports.ReplayJobs, sink ports.ReplaySink,
	views ports.ViewStore, catalog ports.ViewCatalog, projectors []Projector,
) *app.Rebuilder {
	kinds := map[string]app.ViewKind{}
	for _, p := range projectors {
		kinds[p.Name()] = app.ViewKind{Category: p.Category(), CatchUp: p.CatchUp}
	}
	return &app.Rebuilder{
		Archive: archive, Catalog: catalog, Views: views, Sink: sink, Jobs: jobs, Kinds: kinds, Now: now, Log: log,
	}
}

func newReplayRunner(log *slog.Logger, replayer *app.Replayer, rebuilder *app.Rebuilder, sink *app.DirectSink, leases ports.Leases) *app.ReplayRunner {
	return &app.ReplayRunner{Replayer: replayer, Rebuilder: rebuilder, Leases: leases, Takes: sink.Knows, Log: log}
}

// NewReplayID makes the ID of a replay that starts now: "20261124t084500123-x7k2",
// the time in UTC and four random characters.
func NewReplayID(now Clock) string {
	at := strings.Replace(now().UTC().Format("20060102t150405.000"), ".", "", 1)
	return at + "-" + strings.ToLower(rand.Text()[:4])
}
