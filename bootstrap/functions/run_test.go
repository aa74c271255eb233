package functions_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/lambdafn/runtimetest"
)

// aws answers calls of the JSON services of AWS: a table where everything can be
// put and nothing is found, and a stream that takes every record. It keeps what
// was called.
type aws struct {
	*httptest.Server
	mu    sync.Mutex
	calls []call
}

type call struct {
	target string // "DynamoDB_20120810.Query"
	body   string
}

func newAWS(t testing.TB) *aws {
	t.Helper()
	a := &aws{}
	a.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // half a body fails below
		target := r.Header.Get("X-Amz-Target")
		a.mu.Lock()
		a.calls = append(a.calls, call{target, string(body)})
		a.mu.Unlock()
		w.Header().Set("Content-Type", r.Header.Get("Content-Type"))
		_, operation, _ := strings.Cut(target, ".")
		switch operation {
		case "": // S3, whose bucket is empty
			w.Header().Set("Content-Type", "application/xml")
			_, _ = io.WriteString(w, `<ListBucketResult></ListBucketResult>`)
		case "Query", "Scan":
			_, _ = io.WriteString(w, `{"Items": [], "Count": 0, "ScannedCount": 0}`)
		case "PutRecords":
			var in struct{ Records []json.RawMessage }
			_ = json.Unmarshal(body, &in)
			out := make([]string, len(in.Records))
			for i := range out {
				out[i] = fmt.Sprintf(`{"SequenceNumber": "%d", "ShardId": "shardId-000000000000"}`, i+1)
			}
			_, _ = fmt.Fprintf(w, `{"FailedRecordCount": 0, "Records": [%s]}`, strings.Join(out, ","))
		default:
			_, _ = io.WriteString(w, `{}`)
		}
	}))
	t.Cleanup(a.Close)
	return a
}

func (a *aws) called(operation string) (bodies []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, c := range a.calls {
		if strings.HasSuffix(c.target, "."+operation) {
			bodies = append(bodies, c.body)
		}
	}
	return bodies
}

// start starts a built function whose calls go to a.
func start(t *testing.T, folder, name string, a *aws, variables ...string) *runtimetest.Instance {
	t.Helper()
	i, err := runtimetest.Start(t.Context(), filepath.Join(folder, name, "bootstrap"), runtimetest.Options{
		Name: "evercart-" + name, Environment: append([]string{"AWS_ENDPOINT_URL=" + a.URL}, variables...),
	})
	require.NoError(t, err)
	t.Cleanup(i.Stop)
	return i
}

// logged returns the lines that an instance wrote as JSON objects.
func logged(t *testing.T, i *runtimetest.Instance) (lines []map[string]any) {
	t.Helper()
	for line := range strings.Lines(i.Output()) {
		var object map[string]any
		if json.Unmarshal([]byte(line), &object) == nil {
			lines = append(lines, object)
		}
	}
	return lines
}

const cart1 = "0190a000-0000-7000-8000-00000000ca01"

func TestTheFunctionsRunOverTheRuntimeAPI(t *testing.T) {
	t.Parallel()
	built := here(t)
	invoke := func(t *testing.T, i *runtimetest.Instance, payload string) string {
		t.Helper()
		answer, err := i.Invoke(t.Context(), []byte(payload))
		require.NoError(t, err, i.Output())
		return string(answer)
	}
	t.Run("commands and queries answer direct invocations, again and again", func(t *testing.T) {
		t.Parallel()
		for name, c := range map[string]struct{ payload, want string }{
			"open-cart":            {`{"ShoppingCartID": "` + cart1 + `"}`, `{"event":{"uuid":"` + cart1 + `","items":[]}}`},
			"add-item":             {`{"ShoppingCartID": "` + cart1 + `", "ItemName": "Tea"}`, `{"event":null,"error":{"code":"cart_not_found","message":"there is no such cart"}}`},
			"change-item-quantity": {`{"ShoppingCartID": "` + cart1 + `", "ItemName": "Tea"}`, `{"event":null,"error":{"code":"malformed_request","message":"Quantity is missing"}}`},
			"remove-item":          {`{"ShoppingCartID": "` + cart1 + `"}`, `{"event":null,"error":{"code":"item_invalid","message":"the item has no name, want 1 to 200 characters"}}`},
			"close-cart":           {`{"ShoppingCartID": "` + cart1 + `"}`, `{"event":null,"error":{"code":"cart_not_found","message":"there is no such cart"}}`},
			"get-cart":             {`{"ShoppingCartID": "` + cart1 + `"}`, `{"event":null}`},
			"cart-history":         {`{"id": "` + cart1 + `"}`, `{"error":{"code":"cart_not_found","message":"there is no such cart"}}`},
			"list-carts":           {`{}`, `{"carts":[]}`},
			"related-items":        {`{"item": "Tea"}`, `{"item":"Tea","carts":0,"related":[]}`},
			"remind":               {`{}`, `{"reminded":0}`},
		} {
			i := start(t, built, name, newAWS(t))
			assert.Equal(t, c.want, invoke(t, i, c.payload), name)
			assert.NotEmpty(t, invoke(t, i, c.payload), name)
		}
	})
	t.Run("a command is one Query and one PutItem, logged and metered as the operator reads it", func(t *testing.T) {
		t.Parallel()
		a := newAWS(t)
		i := start(t, built, "open-cart", a, "EVERCART_PREFIX=shop", "EVERCART_LOG_LEVEL=debug")
		invoke(t, i, `{"ShoppingCartID": "`+cart1+`"}`)
		assert.Len(t, a.called("Query"), 1)
		require.Len(t, a.called("PutItem"), 1)
		assert.Contains(t, a.called("PutItem")[0], `"shop-cart-events"`)
		i.Stop()
		var metrics map[string]any
		for _, line := range logged(t, i) {
			if line["_aws"] != nil {
				metrics = line
			}
		}
		require.NotNil(t, metrics, i.Output())
		assert.Equal(t, "evercart-open-cart", metrics["service"])
		assert.EqualValues(t, 1, metrics["evercart_commands_total"])
		assert.Equal(t, "OpenCart", metrics["command"])
	})
	t.Run("a request of API Gateway is answered by the HTTP API", func(t *testing.T) {
		t.Parallel()
		i := start(t, built, "open-cart", newAWS(t))
		answer := invoke(t, i, `{"version": "2.0", "rawPath": "/carts", "headers": {}, "requestContext": {"stage": "$default", "http": {"method": "POST", "path": "/carts"}}}`)
		var got struct {
			StatusCode int
			Headers    map[string]string
		}
		require.NoError(t, json.Unmarshal([]byte(answer), &got))
		assert.Equal(t, http.StatusCreated, got.StatusCode, answer)
		assert.Contains(t, got.Headers["Location"], "/carts/")
	})
	t.Run("the relay publishes a stream's commits to the feed", func(t *testing.T) {
		t.Parallel()
		a := newAWS(t)
		i := start(t, built, "relay", a)
		answer := invoke(t, i, string(recorded(t, "dynamodb-inserts.json")))
		assert.Equal(t, `{"batchItemFailures":[]}`, answer, i.Output())
		records := 0
		for _, body := range a.called("PutRecords") {
			assert.Contains(t, body, `"evercart-all-events"`)
			records += strings.Count(body, `"PartitionKey"`)
		}
		assert.Equal(t, 5, records)
		assert.Equal(t, `{"batchItemFailures":[]}`, invoke(t, i, string(recorded(t, "dynamodb-unreadable.json"))))
		assert.Len(t, a.called("PutItem"), 1, "one record is in quarantine")
	})
	t.Run("projectors and notify take the feed's batches and schedules", func(t *testing.T) {
		t.Parallel()
		for _, name := range []string{"project-carts", "project-related", "notify"} {
			i := start(t, built, name, newAWS(t))
			answer, err := i.Invoke(t.Context(), recorded(t, "schedule-rule.json"))
			require.NoError(t, err, i.Output())
			assert.Equal(t, "null", string(answer), name)
		}
	})
	t.Run("verify looks at everything, and says what it saw", func(t *testing.T) {
		t.Parallel()
		a := newAWS(t)
		i := start(t, built, "verify", a, "EVERCART_ARCHIVE=s3://bucket")
		assert.Equal(t, `{"done":true,"streams":0,"events":0,"archived":0,"waiting":0,"faults":0}`, invoke(t, i, `{}`))
		assert.NotEmpty(t, a.called("Scan"))
	})
	t.Run("a canary that does not come through is a function error that says where it stuck", func(t *testing.T) {
		t.Parallel()
		a := newAWS(t)
		i, err := runtimetest.Start(t.Context(), filepath.Join(built, "canary", "bootstrap"), runtimetest.Options{
			Environment: []string{"AWS_ENDPOINT_URL=" + a.URL, "EVERCART_ARCHIVE=s3://bucket"}, Timeout: 4 * time.Second,
		})
		require.NoError(t, err)
		t.Cleanup(i.Stop)
		_, err = i.Invoke(t.Context(), []byte(`{}`))
		var failed *runtimetest.FunctionError
		require.ErrorAs(t, err, &failed)
		assert.Contains(t, failed.Message, "canary cart ")
		// What it wrote may come after its answer.
		assert.Eventually(t, func() bool { return strings.Contains(i.Output(), "canary cart ") }, awaited, 10*time.Millisecond)
	})
	t.Run("a fault in the environment ends the start and is told in one line", func(t *testing.T) {
		t.Parallel()
		i := start(t, built, "archive", newAWS(t), "EVERCART_ARCHIVE=nowhere", "EVERCART_PARK_AFTER=0")
		_, err := i.Invoke(t.Context(), []byte(`{}`))
		var failed *runtimetest.FunctionError
		require.ErrorAs(t, err, &failed)
		assert.Equal(t, "Runtime.ExitError", failed.Type)
		assert.Contains(t, i.Output(), "function archive: configuration:")
		assert.Contains(t, i.Output(), "EVERCART_ARCHIVE")
		assert.Contains(t, i.Output(), "EVERCART_PARK_AFTER")
		assert.NotContains(t, i.Output(), "goroutine")
	})
	t.Run("a store that does not answer is a try_again before the function's time ends", func(t *testing.T) {
		t.Parallel()
		hang := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // only then does the server see that the client is gone
			<-r.Context().Done()
		}))
		t.Cleanup(hang.Close)
		i, err := runtimetest.Start(t.Context(), filepath.Join(built, "get-cart", "bootstrap"), runtimetest.Options{
			Environment: []string{"AWS_ENDPOINT_URL=" + hang.URL}, Timeout: 1500 * time.Millisecond,
		})
		require.NoError(t, err)
		t.Cleanup(i.Stop)
		_, err = i.Invoke(t.Context(), []byte(`{"ShoppingCartID": "`+cart1+`"}`))
		var failed *runtimetest.FunctionError
		require.ErrorAs(t, err, &failed)
		assert.Equal(t, "try_again", failed.Type, failed.Message)
	})
}

// recorded returns a payload that adapters/lambdafn has as test data.
func recorded(t *testing.T, name string) []byte {
	t.Helper()
	payload, err := os.ReadFile(filepath.Join(root, "adapters", "lambdafn", "testdata", name))
	require.NoError(t, err)
	return payload
}
