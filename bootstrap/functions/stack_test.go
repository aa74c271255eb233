package functions_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/awslocal"
	"github.com/evercart/evercart/adapters/dynamostore"
	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/adapters/s3archive"
	"github.com/evercart/evercart/bootstrap/functions/player"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
)

// servers are those that all tests of this package share. They end with the test
// process.
var servers = sync.OnceValues(func() (player.Endpoints, error) {
	var e player.Endpoints
	for _, one := range []struct {
		start func(context.Context, string, int) (*awslocal.Server, error)
		url   *string
	}{{awslocal.StartDynamoDB, &e.DynamoDB}, {awslocal.StartKinesalite, &e.Kinesis}, {awslocal.StartMiniStack, &e.Other}} {
		server, err := one.start(context.Background(), os.Getenv("EVERCART_TEST_AWS"), 0)
		if err != nil {
			return e, err
		}
		*one.url = server.URL
	}
	return e, nil
})

var stacks atomic.Int64

// deployed is a whole stack of its own on the shared servers, at work.
type deployed struct {
	*player.Running
	stack  *player.Stack
	tables *dynamodb.Client
	store  *dynamostore.EventStore
	views  *dynamostore.Views
	// archive is empty until the function has written something.
	archive *s3archive.Archive
	objects *s3.Client
	queues  *sqs.Client
	topics  *sns.Client

	mu   sync.Mutex
	seen []*player.Invocation
	said bytes.Buffer
}

// fast is a tempo for tests.
func fast() player.Tempo {
	return player.Tempo{Poll: 50 * time.Millisecond, Backoff: 50 * time.Millisecond, Visibility: 2 * time.Second, Again: 200 * time.Millisecond, Minute: time.Hour}
}

type anyone struct{}

func (anyone) Retrieve(context.Context) (awssdk.Credentials, error) {
	return awssdk.Credentials{AccessKeyID: "local", SecretAccessKey: "local", SessionToken: "local"}, nil
}

// deploy creates a stack, as change would have it, does what is to be done before
// it runs, and begins to play it.
func deploy(t *testing.T, change func(*player.Stack), before ...func(*deployed)) *deployed {
	t.Helper()
	if os.Getenv("EVERCART_TEST_AWS") == "" {
		t.Skip("EVERCART_TEST_AWS does not name the folder of AWS's local servers; make test installs them")
	}
	endpoints, err := servers()
	require.NoError(t, err)
	d := &deployed{}
	d.stack = &player.Stack{
		Endpoints: endpoints, Prefix: fmt.Sprintf("shop%d", stacks.Add(1)), Functions: here(t), Tempo: fast(),
		Observe: d.observe, Output: d, Log: slog.New(slog.NewTextHandler(d, nil)),
	}
	if change != nil {
		change(d.stack)
	}
	at := func(endpoint string) awssdk.Config {
		return awssdk.Config{Region: player.Region, Credentials: anyone{}, BaseEndpoint: &endpoint}
	}
	d.tables = dynamodb.NewFromConfig(at(endpoints.DynamoDB), func(o *dynamodb.Options) { o.DisableValidateResponseChecksum = true })
	d.store = dynamostore.NewEventStore(d.tables, dynamostore.EventStoreOptions{Prefix: d.stack.Prefix})
	d.views = dynamostore.NewViews(d.tables, d.stack.Prefix)
	d.objects = s3.NewFromConfig(at(endpoints.Other), func(o *s3.Options) { o.UsePathStyle = true })
	d.archive = s3archive.New(d.objects, d.stack.ArchiveBucket(), "")
	d.queues, d.topics = sqs.NewFromConfig(at(endpoints.Other)), sns.NewFromConfig(at(endpoints.Other))
	require.NoError(t, d.stack.Create(t.Context()))
	for _, work := range before {
		work(d)
	}
	d.Running, err = d.stack.Start(t.Context())
	require.NoError(t, err)
	// The schedule has notify set the instant from which on it tells of events.
	require.Eventually(t, func() bool { return len(d.invocations("notify", "async")) > 0 }, soon, often)
	t.Cleanup(func() {
		d.Stop()
		if t.Failed() {
			t.Log(d.output())
		}
	})
	return d
}

// Write takes what functions and player write.
func (d *deployed) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.said.Write(p)
}

// output returns the warnings and errors among it.
func (d *deployed) output() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var worth []string
	for line := range strings.Lines(d.said.String()) {
		if strings.Contains(line, `"WARN"`) || strings.Contains(line, `"ERROR"`) || !strings.HasPrefix(line, "{") {
			worth = append(worth, line[:min(len(line), 2000)])
		}
	}
	return strings.Join(worth[max(0, len(worth)-60):], "")
}

func (d *deployed) observe(i *player.Invocation) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.seen = append(d.seen, i)
}

// invocations returns those of a program from a source that have ended.
func (d *deployed) invocations(program, source string) (found []*player.Invocation) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, i := range d.seen {
		if i.Program == program && i.Source == source {
			found = append(found, i)
		}
	}
	return found
}

// direct has a program handle a direct invocation and returns its answer.
func (d *deployed) direct(t *testing.T, program, payload string) string {
	t.Helper()
	answer, err := d.Invoke(t.Context(), program, []byte(payload))
	require.NoError(t, err, payload)
	return string(answer)
}

// request is an HTTP request as API Gateway hands it over.
type request struct {
	program, method, path, query, body string
	subject                            string // of the token, which the gateway's authorizer has verified; empty: anonymous
	key                                string // Idempotency-Key
}

// send has a program answer a request and reads the answer's body into out, which
// may be nil. It returns status and headers.
func (d *deployed) send(t *testing.T, r request, out any) (int, map[string]string) {
	t.Helper()
	context := map[string]any{"stage": "$default", "http": map[string]any{"method": r.method, "path": r.path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7"}}
	headers := map[string]string{"host": "shop.example"}
	if r.body != "" {
		headers["content-type"] = "application/json"
	}
	if r.key != "" {
		headers["idempotency-key"] = r.key
	}
	if r.subject != "" {
		headers["authorization"] = "Bearer e30.e30.c2ln"
		context["authorizer"] = map[string]any{"jwt": map[string]any{"claims": map[string]string{"iss": "https://id.example", "sub": r.subject}}}
	}
	event, err := json.Marshal(map[string]any{
		"version": "2.0", "routeKey": "$default", "rawPath": r.path, "rawQueryString": r.query, "headers": headers, "body": r.body,
		"isBase64Encoded": false, "requestContext": context,
	})
	require.NoError(t, err)
	answer, err := d.Invoke(t.Context(), r.program, event)
	require.NoError(t, err)
	var got struct {
		StatusCode int
		Headers    map[string]string
		Body       string
	}
	require.NoError(t, json.Unmarshal(answer, &got), string(answer))
	if out != nil {
		require.NoError(t, json.Unmarshal([]byte(got.Body), out), got.Body)
	}
	return got.StatusCode, got.Headers
}

// open opens a cart of a subject and returns its ID.
func (d *deployed) open(t *testing.T, subject string) string {
	t.Helper()
	var opened struct{ ID string }
	status, _ := d.send(t, request{program: "open-cart", method: "POST", path: "/carts", body: "{}", subject: subject}, &opened)
	require.Equal(t, http.StatusCreated, status)
	return opened.ID
}

// add adds an item to a cart.
func (d *deployed) add(t *testing.T, subject, id, item string) {
	t.Helper()
	status, _ := d.send(t, request{program: "add-item", method: "POST", path: "/carts/" + id + "/items", body: `{"item": "` + item + `"}`, subject: subject}, nil)
	require.Equal(t, http.StatusCreated, status)
}

// shut closes a cart.
func (d *deployed) shut(t *testing.T, subject, id string) {
	t.Helper()
	status, _ := d.send(t, request{program: "close-cart", method: "POST", path: "/carts/" + id + "/close", subject: subject}, nil)
	require.Equal(t, http.StatusOK, status)
}

// soon is how long something may take on a busy machine, and often how often it is
// looked for.
const (
	soon  = 90 * time.Second
	often = 50 * time.Millisecond
)

// checkpoints returns where the streams of a target stand.
func (d *deployed) checkpoints(t *testing.T, target ports.Target) map[string]ports.Version {
	t.Helper()
	at := map[string]ports.Version{}
	for after := ""; ; {
		page, err := d.views.ListCheckpoints(t.Context(), target, after, 1000)
		require.NoError(t, err)
		for i := range page {
			after = page[i].Stream.String()
			at[after] = page[i].Version
		}
		if len(page) < 1000 {
			return at
		}
	}
}

// settled reports whether a target stands at the versions that are wanted, by cart.
func (d *deployed) settled(t *testing.T, target ports.Target, want map[string]ports.Version) bool {
	t.Helper()
	at := d.checkpoints(t, target)
	for id, version := range want {
		if at["cart/"+id] != version {
			return false
		}
	}
	return true
}

// whole waits until every stored event is archived, and proves streams and archive.
func (d *deployed) whole(t *testing.T, events int64) {
	t.Helper()
	verifier := app.NewVerifier(cart.Aggregate{}, app.VerifyPorts{Scanner: d.store, Archive: d.archive, Scratch: memory.NewScratch(), Now: time.Now})
	var report app.VerifyReport
	require.Eventually(t, func() bool {
		var err error
		report, err = verifier.Verify(t.Context())
		return err == nil && report.Count == 0 && report.Waiting == 0 && report.Events == events
	}, soon, 4*often, "%+v", &report)
}
