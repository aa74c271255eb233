package bootstrap

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"go.uber.org/fx"

	"github.com/evercart/evercart/adapters/httpapi"
	"github.com/evercart/evercart/adapters/otlptrace"
	"github.com/evercart/evercart/adapters/prom"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/app/carts"
	"github.com/evercart/evercart/ports"
)

// Serve is the program `evercart serve`: the HTTP API and, but where functions of AWS
// run it, the whole pipeline in one process. It says on out, in one line, where it
// listens.
func Serve(c Config, log *slog.Logger, out io.Writer) fx.Option {
	pipeline := fx.Options(fx.Provide(newPipeline), fx.Invoke(runPipeline))
	if c.Backend == BackendAWS {
		pipeline = fx.Invoke(leavePipeline)
	}
	return fx.Options(
		core(c, log, serving),
		tracing(),
		fx.Provide(
			prom.New,
			func(m *prom.Meter) ports.Meter { return m },
			newHandler, newServer, newListening, newStopping, newOverview, newWatch, newOperator,
			func() io.Writer { return out },
		),
		fx.Supply(Program("evercart")),
		// The address first: a process that cannot listen begins nothing, and makes nothing.
		fx.Invoke(func(*listening) {}),
		pipeline,
		fx.Invoke(runServer),
	)
}

func newHandler(
	c Config, now Clock, log *slog.Logger, meter *prom.Meter, catalog ports.ViewCatalog,
	overview *app.Overview, commands *CartCommands, queries *CartQueries, views *carts.ViewReader, operator *httpapi.Operator, tracer *otlptrace.Tracer,
) http.Handler {
	var tokens httpapi.TokenVerifier
	if c.OIDCIssuer != "" {
		tokens = httpapi.NewOIDC(context.Background(), c.OIDCIssuer, c.OIDCAudience, &http.Client{Timeout: c.Timeout})
	}
	metrics := meter.Handler()
	if c.Backend != BackendAWS {
		metrics = (&gauges{look: overview.Look, meter: meter, now: now, log: log}).before(metrics)
	}
	return httpapi.New(httpapi.Config{
		Commands: tracedCommands{commands, tracer}, Queries: queries, Views: views, Tokens: tokens, Trace: traceRequests(tracer),
		NewCartID: NewSecretID, NewCommandID: NewSecretID,
		Ready: func(ctx context.Context) error {
			_, err := catalog.Views(ctx)
			return err
		},
		Metrics: metrics, Operator: operator, Meter: meter, Log: log, Timeout: c.Timeout, Now: now,
		MaxRequests: c.MaxRequests,
	})
}

// The limits of the HTTP server. A slow client loses its connection instead of
// holding it.
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 15 * time.Second
	writeTimeout      = 35 * time.Second // above the longest EVERCART_TIMEOUT
	idleTimeout       = 2 * time.Minute
	maxHeaderBytes    = 32 << 10
)

func newServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: readHeaderTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: maxHeaderBytes,
		ErrorLog:       slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// runServer serves when the program starts. When it stops, requests in flight
// finish first, for as long as ShutdownTimeout.
func runServer(lc fx.Lifecycle, stop fx.Shutdowner, c Config, log *slog.Logger, server *http.Server, listener *listening, stopping *stopping, out io.Writer) {
	server.RegisterOnShutdown(stopping.stop)
	lc.Append(fx.Hook{
		OnStart: func(context.Context) error {
			go func() {
				if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
					log.Error("the HTTP server ended", slog.Any("error", err))
					_ = stop.Shutdown(fx.ExitCode(1)) // fails only when it stops already
				}
			}()
			where := "data in " + c.Data
			switch c.Backend {
			case BackendMemory:
				where = "data in memory, gone at exit"
			case BackendAWS:
				where = "data on AWS, names begin with " + c.Prefix
			}
			fmt.Fprintf(out, "Evercart listens on http://%s (%s). Stop it with Ctrl-C.\n", listener.Addr(), where)
			close(listener.announced)
			return nil
		},
		OnStop: func(ctx context.Context) error {
			log.Info("stopping: requests in flight finish first", slog.Duration("at_most", c.ShutdownTimeout))
			ctx, cancel := context.WithTimeout(ctx, c.ShutdownTimeout)
			defer cancel()
			if err := server.Shutdown(ctx); err != nil {
				log.Warn("requests were still in flight and are cut off", slog.Any("error", err))
				return server.Close()
			}
			return nil
		},
	})
}

// runPipeline runs the pipeline while the program runs, from when the server said
// where it listens, so that this is the first line a person reads. It stops after
// the HTTP server and before the backend is closed.
func runPipeline(lc fx.Lifecycle, p *Pipeline, notify *app.Notify, listener *listening) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	lc.Append(fx.Hook{
		OnStart: func(start context.Context) error {
			// Before the first command comes in: what happens from now on is told.
			if err := notify.Begin(start); err != nil {
				return err
			}
			running.Go(func() {
				select {
				case <-listener.announced:
					p.Run(ctx)
				case <-ctx.Done():
				}
			})
			return nil
		},
		OnStop: func(context.Context) error {
			cancel()
			running.Wait()
			return nil
		},
	})
}
