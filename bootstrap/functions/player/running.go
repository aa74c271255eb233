package player

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/evercart/evercart/adapters/dynamostore"
	"github.com/evercart/evercart/core/cart"
)

// Running is a stack that is played.
type Running struct {
	// LambdaURL is where the Lambda API is served.
	LambdaURL string

	stack     *Stack
	clients   *clients
	functions map[string]*function // by program
	server    *http.Server
	log       *slog.Logger
	ctx       context.Context // as long as it is played
	end       context.CancelFunc
	stop      sync.Once

	mu   sync.Mutex // held to begin work, so that none begins behind Stop
	work sync.WaitGroup
}

// Start begins to play the stack, which goes on until Stop; see Run. ctx bounds the
// start alone.
func (s *Stack) Start(ctx context.Context) (*Running, error) {
	programs, err := built(s.Functions)
	if err == nil && len(programs) == 0 {
		err = fmt.Errorf("folder %s holds no functions", s.Functions)
	}
	if err != nil {
		return nil, fmt.Errorf("player: %w", err)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("player: %w", err)
	}
	r := &Running{
		LambdaURL: "http://" + listener.Addr().String(),
		stack:     s, clients: s.Endpoints.clients(), functions: map[string]*function{}, log: s.Log,
	}
	if r.log == nil {
		r.log = slog.New(slog.DiscardHandler)
	}
	r.ctx, r.end = context.WithCancel(context.WithoutCancel(ctx))
	for _, program := range programs {
		r.functions[program] = s.newFunction(program, r.environment(program))
	}
	r.server = &http.Server{Handler: r.api(), ReadHeaderTimeout: time.Minute}
	r.begin(func() { _ = r.server.Serve(listener) }) // it ends by Stop
	if err := r.connect(ctx); err != nil {
		r.Stop()
		return nil, fmt.Errorf("player: %w", err)
	}
	return r, nil
}

// begin does work in a goroutine that Stop waits for.
func (r *Running) begin(work func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ctx.Err() == nil {
		r.work.Go(work)
	}
}

// environment returns the variables that Terraform gives a function.
func (r *Running) environment(program string) []string {
	s := r.stack
	variables := []string{
		"AWS_ENDPOINT_URL=" + s.Endpoints.Other, "AWS_ENDPOINT_URL_DYNAMODB=" + s.Endpoints.DynamoDB, "AWS_ENDPOINT_URL_KINESIS=" + s.Endpoints.Kinesis,
		"AWS_ENDPOINT_URL_LAMBDA=" + r.LambdaURL,
		"EVERCART_PREFIX=" + s.Prefix, "EVERCART_ARCHIVE=s3://" + s.ArchiveBucket(),
	}
	if program == "notify" {
		variables = append(variables, "EVERCART_NOTIFY_TOPIC="+s.NotifyTopic())
	}
	if s.Environment != nil {
		variables = append(variables, s.Environment(program)...)
	}
	return variables
}

// connect begins to hand over what the table's stream, the feed, the queues and the
// schedules bring.
func (r *Running) connect(ctx context.Context) error {
	stream, err := newTableStream(ctx, r.clients, dynamostore.EventsTable(r.stack.Prefix, cart.Category))
	if err != nil {
		return err
	}
	poll := or(r.stack.Tempo.Poll, time.Second)
	r.follow("relay", stream, min(poll, 250*time.Millisecond))
	for _, program := range feedReaders() {
		r.follow(program, &feed{client: r.clients.feed, stream: r.stack.FeedStream()}, poll)
	}
	for consumer, program := range queueReaders() {
		if f := r.functions[program]; f != nil {
			q := &queueMapping{client: r.clients.queues, name: r.stack.ReplayQueue(consumer), invoke: r.invoking(f, "aws:sqs"), poll: poll}
			r.begin(func() { q.follow(r.ctx, r.log) })
		}
	}
	for program, minutes := range schedules() {
		if f := r.functions[program]; f != nil && r.stack.Tempo.Minute >= 0 {
			r.begin(func() { r.schedule(f, time.Duration(minutes)*or(r.stack.Tempo.Minute, time.Minute)) })
		}
	}
	return nil
}

// follow hands a stream to a program.
func (r *Running) follow(program string, from source, poll time.Duration) {
	f := r.functions[program]
	if f == nil {
		return
	}
	id := uuid.NewString()
	m := &mapping{
		source: from, tempo: r.stack.Tempo, invoke: r.invoking(f, from.name()),
		discard: func(ctx context.Context, d *discarded) error { return r.keep(ctx, program, id, d) },
	}
	r.begin(func() { m.follow(r.ctx, r.log, poll) })
}

func (r *Running) invoking(f *function, source string) func(context.Context, []byte) ([]byte, error) {
	return func(ctx context.Context, payload []byte) ([]byte, error) { return f.invoke(ctx, source, payload) }
}

// schedule starts a function at once and then again and again, as EventBridge
// Scheduler does: it invokes asynchronously, with the payload that the schedule
// names (EventBridge Scheduler User Guide, "Schedule types in EventBridge
// Scheduler", "Using templated targets").
func (r *Running) schedule(f *function, every time.Duration) {
	for {
		r.asynchronously(f, []byte(scheduled))
		if wait(r.ctx, every) != nil {
			return
		}
	}
}

// Invoke has a program handle an event and returns its answer; what the function
// reports or comes to is a *runtimetest.FunctionError.
func (r *Running) Invoke(ctx context.Context, program string, payload []byte) ([]byte, error) {
	f := r.functions[program]
	if f == nil {
		return nil, fmt.Errorf("player: there is no function %s", r.stack.FunctionName(program))
	}
	return f.invoke(ctx, "direct", payload)
}

// Kill ends the processes of a program that are at work on an event that is meant,
// in the midst of it, and returns how many there were.
func (r *Running) Kill(program string, meant func(event []byte) bool) int {
	return r.functions[program].kill(meant)
}

// Stop ends all, and returns when it has ended. Stopping again does nothing.
func (r *Running) Stop() {
	r.stop.Do(func() {
		r.mu.Lock()
		r.end()
		r.mu.Unlock()
		_ = r.server.Close() // its clients end as well
		for _, f := range r.functions {
			f.stop()
		}
		r.work.Wait()
	})
}
