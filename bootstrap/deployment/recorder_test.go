package deployment_test

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/bootstrap/deployment"
)

const failures = "evercart-failures" // the bucket that s3-failure.json speaks of

// recorder plays AWS: an installation without data, where everything can be put. It
// keeps what it was asked for, as grants.
type recorder struct {
	*httptest.Server
	failure []byte // the content of failure objects
	mu      sync.Mutex
	asked   map[deployment.Grant]bool
}

func newRecorder(t *testing.T) *recorder {
	t.Helper()
	r := &recorder{failure: recorded(t, "failure-kinesis.json"), asked: map[deployment.Grant]bool{}}
	r.Server = httptest.NewServer(http.HandlerFunc(r.answer))
	t.Cleanup(r.Close)
	return r
}

// recorded returns a payload that adapters/lambdafn has as test data.
func recorded(t *testing.T, name string) []byte {
	t.Helper()
	payload, err := os.ReadFile(filepath.Join(root, "adapters", "lambdafn", "testdata", name))
	require.NoError(t, err)
	return payload
}

func (r *recorder) grants() []deployment.Grant {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Collect(maps.Keys(r.asked))
}

func (r *recorder) ask(action string, on deployment.Resource) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked[deployment.Grant{Action: action, On: on}] = true
}

func (r *recorder) answer(w http.ResponseWriter, q *http.Request) {
	body, _ := io.ReadAll(q.Body) // half a body is recorded as far as it goes
	service, operation, _ := strings.Cut(q.Header.Get("X-Amz-Target"), ".")
	switch {
	case strings.HasPrefix(service, "DynamoDB"):
		r.table(operation, body)
		_, _ = io.WriteString(w, `{"Items": [], "Count": 0, "ScannedCount": 0}`)
	case strings.HasPrefix(service, "Kinesis"):
		r.ask("kinesis:"+operation, deployment.Feed)
		var in struct{ Records []json.RawMessage }
		_ = json.Unmarshal(body, &in)
		entry := `{"SequenceNumber": "1", "ShardId": "shardId-000000000000"}`
		_, _ = io.WriteString(w, `{"FailedRecordCount": 0, "Records": [`+strings.TrimSuffix(strings.Repeat(entry+",", len(in.Records)), ",")+`]}`)
	case strings.Contains(q.URL.Path, "/functions/"):
		on := deployment.Consumers
		if strings.Contains(q.URL.Path, "-replay") {
			on = deployment.Itself
		}
		r.ask("lambda:InvokeFunction", on)
		_, _ = io.WriteString(w, `{"batchItemFailures": []}`)
	case strings.Contains(string(body), "Action=Publish"):
		r.ask("sns:Publish", deployment.NotifyTopic)
		_, _ = io.WriteString(w, `<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>`)
	default:
		r.object(w, q)
	}
}

// table records an operation of DynamoDB. What is written in a transaction is so for
// each of its items.
func (r *recorder) table(operation string, body []byte) {
	var in struct {
		TableName, IndexName string
		RequestItems         map[string]any
		TransactItems        []map[string]struct{ TableName string }
	}
	_ = json.Unmarshal(body, &in)
	on := func(table string) deployment.Resource {
		switch {
		case strings.HasSuffix(table, "-cart-events"):
			return deployment.EventsTable
		case in.IndexName != "":
			return deployment.ParkedIndex
		}
		return deployment.ViewsTable
	}
	for table := range in.RequestItems {
		r.ask("dynamodb:"+operation, on(table))
	}
	for _, item := range in.TransactItems {
		for write, of := range item {
			r.ask("dynamodb:"+write+"Item", on(of.TableName))
		}
	}
	if in.TableName != "" {
		r.ask("dynamodb:"+operation, on(in.TableName))
	}
}

// object records an operation of S3.
func (r *recorder) object(w http.ResponseWriter, q *http.Request) {
	bucket, objects := deployment.Archive, deployment.ArchiveObjects
	if strings.HasPrefix(q.URL.Path, "/"+failures) {
		bucket, objects = deployment.Failures, deployment.FailureObjects
	}
	switch {
	case q.URL.Query().Has("list-type"):
		r.ask("s3:ListBucket", bucket)
		_, _ = io.WriteString(w, `<ListBucketResult></ListBucketResult>`)
	case q.Method == http.MethodPut:
		r.ask("s3:PutObject", objects)
	default:
		r.ask("s3:GetObject", objects)
		_, _ = w.Write(r.failure)
	}
}
