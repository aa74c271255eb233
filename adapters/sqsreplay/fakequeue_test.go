package sqsreplay_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/sqsreplay"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
	"github.com/evercart/evercart/ports/porttest"
)

// anyone are credentials that no test server looks at.
type anyone struct{}

func (anyone) Retrieve(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "anyone", SecretAccessKey: "anyone"}, nil
}

func unhurried(ctx context.Context, _ int) error { return ctx.Err() }

var carts = ports.Target{Consumer: "carts", Generation: 2}

// sent is one message as SendMessageBatch carries it.
type sent struct {
	ID                     string `json:"Id"`
	MessageBody            string
	MessageGroupID         string `json:"MessageGroupId"`
	MessageDeduplicationID string `json:"MessageDeduplicationId"`
	MessageAttributes      map[string]struct{ DataType, StringValue string }
}

// entryFault is what becomes of one message.
type entryFault struct {
	code   string
	sender bool // SQS says that it is the sender's fault
}

// trouble is what becomes of one call. The zero trouble is none.
type trouble struct {
	entries map[int]entryFault // messages that fail, by their place in the call
	code    string             // the whole call fails with this error code
	status  int                // and this HTTP status
	lost    bool               // the answer is lost; without a code the messages are in the queue
	mute    bool               // the messages are not in the queue, and the answer names none
	before  func()             // runs when the call arrives
}

// fakeQueue plays the server below the SDK, so that it fails as no local server
// does.
type fakeQueue struct {
	troubles func(call int) trouble // of SendMessageBatch 0, 1, 2 …; nil: none
	pending  []string               // the counts that are answered, one after the other; the last goes on

	mu    sync.Mutex
	calls [][]sent
	log   []sent // what is in the queue, in order
	asked map[string]int
}

// sink returns a sink to f which never pauses.
func (f *fakeQueue) sink(maxPending int64) *sqsreplay.Sink {
	s := sqsreplay.New(sqs.New(sqs.Options{
		Region: "us-east-1", BaseEndpoint: aws.String("http://sqs.invalid"), HTTPClient: f, Credentials: anyone{},
		DisableMessageChecksumValidation: true,
	}), "shop", maxPending)
	s.Unhurried(unhurried)
	return s
}

// Do answers one request.
func (f *fakeQueue) Do(request *http.Request) (*http.Response, error) {
	_, operation, _ := strings.Cut(request.Header.Get("X-Amz-Target"), ".")
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.asked == nil {
		f.asked = map[string]int{}
	}
	f.asked[operation]++
	switch operation {
	case "GetQueueUrl":
		return respond(http.StatusOK, map[string]string{"QueueUrl": "http://sqs.invalid/1/shop-replay-carts.fifo"}), nil
	case "GetQueueAttributes":
		count := "0"
		if len(f.pending) > 0 {
			count = f.pending[0]
			f.pending = f.pending[min(1, len(f.pending)-1):]
		}
		return respond(http.StatusOK, map[string]any{"Attributes": map[string]string{
			"ApproximateNumberOfMessages": count, "ApproximateNumberOfMessagesNotVisible": "0", "ApproximateNumberOfMessagesDelayed": "0",
		}}), nil
	case "SendMessageBatch":
		return f.send(request)
	}
	return nil, fmt.Errorf("unexpected call of %s", operation)
}

func (f *fakeQueue) send(request *http.Request) (*http.Response, error) {
	var input struct{ Entries []sent }
	if err := json.NewDecoder(request.Body).Decode(&input); err != nil {
		return nil, err
	}
	var now trouble
	if f.troubles != nil {
		now = f.troubles(len(f.calls))
	}
	f.calls = append(f.calls, input.Entries)
	if now.before != nil {
		now.before()
	}
	if err := request.Context().Err(); err != nil {
		return nil, err
	}
	if now.code != "" {
		if now.lost {
			return nil, io.ErrUnexpectedEOF
		}
		return respond(now.status, map[string]string{"__type": now.code, "message": "of the test"}), nil
	}
	if now.mute {
		return respond(http.StatusOK, map[string]any{"Successful": []any{}, "Failed": []any{}}), nil
	}
	successful, failed := []map[string]any{}, []map[string]any{}
	for i, e := range input.Entries {
		if fault, ok := now.entries[i]; ok {
			failed = append(failed, map[string]any{"Id": e.ID, "Code": fault.code, "Message": "of the test", "SenderFault": fault.sender})
			continue
		}
		f.log = append(f.log, e)
		successful = append(successful, map[string]any{"Id": e.ID, "MessageId": e.ID, "MD5OfMessageBody": ""})
	}
	if now.lost {
		return nil, io.ErrUnexpectedEOF
	}
	return respond(http.StatusOK, map[string]any{"Successful": successful, "Failed": failed}), nil
}

func respond(status int, body any) *http.Response {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status), ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}}, Body: io.NopCloser(bytes.NewReader(text)),
	}
}

// troublesOf gives the calls these troubles, one after the other, and none to later ones.
func troublesOf(troubles ...trouble) func(int) trouble {
	return func(call int) trouble {
		if call < len(troubles) {
			return troubles[call]
		}
		return trouble{}
	}
}

// recordOf returns the record of a replay with an event of that stream, version and
// data.
func recordOf(t testing.TB, replay string, stream ports.StreamID, version ports.Version, data string) ports.Record {
	t.Helper()
	commit := porttest.Commit(ports.NewHead(stream, version-1, ports.Hash{}, hour), fmt.Sprintf("c-%d", version), 1)
	event := commit.Published("/evercart")[0]
	if data != "" {
		event.Data = data
	}
	wire, err := envelope.AppendWire(nil, &event)
	require.NoError(t, err)
	return ports.Record{Shard: "replay", Position: ports.Position(fmt.Sprint(version)), Arrival: hour, Data: wire, Replay: replay}
}

// recordsOf returns the records of n versions of some streams, version by version.
func recordsOf(t testing.TB, streams, n int) []ports.Record {
	t.Helper()
	var records []ports.Record
	for v := range n {
		for s := range streams {
			records = append(records, recordOf(t, "r1", porttest.Stream(s), ports.Version(v+1), ""))
		}
	}
	return records
}
