package kinesisfeed_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"

	"github.com/evercart/evercart/adapters/kinesisfeed"
	"github.com/evercart/evercart/ports"
)

// entry is one record as PutRecords sends it.
type entry struct {
	Data         []byte
	PartitionKey string
}

// trouble is what becomes of one call. The zero trouble is none.
type trouble struct {
	records map[int]string // records that fail, by their place in the call, with their error code
	code    string         // the whole call fails with this error code
	status  int            // and this HTTP status
	lost    bool           // the answer is lost; without a code the records are on the stream
	garbled bool           // the records are on the stream, and the answer is cut
	short   bool           // the records are on the stream, and the answer lacks the last one
	before  func()         // runs when the call arrives
}

// fakeStream plays the server of PutRecords below the SDK, so that it fails as no
// local server does.
type fakeStream struct {
	troubles func(call int) trouble // of call 0, 1, 2 …; nil: none

	mu    sync.Mutex
	calls [][]entry
	log   []entry // what is on the stream, in order
}

// publisher returns a publisher on f which never pauses.
func (f *fakeStream) publisher(t testing.TB) *kinesisfeed.Publisher {
	p := kinesisfeed.NewPublisher(f.client(t), "events", 0)
	p.Unhurried(unhurried)
	return p
}

func (f *fakeStream) client(testing.TB) *kinesis.Client {
	return kinesis.New(kinesis.Options{
		Region: "eu-central-1", BaseEndpoint: aws.String("http://kinesis.invalid"), HTTPClient: f, Credentials: anyone{},
	})
}

// Do answers one request.
func (f *fakeStream) Do(request *http.Request) (*http.Response, error) {
	if target := request.Header.Get("X-Amz-Target"); !strings.HasSuffix(target, ".PutRecords") {
		return nil, fmt.Errorf("unexpected call of %s", target)
	}
	var input struct{ Records []entry }
	if err := json.NewDecoder(request.Body).Decode(&input); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	var now trouble
	if f.troubles != nil {
		now = f.troubles(len(f.calls))
	}
	f.calls = append(f.calls, input.Records)
	if now.before != nil {
		now.before()
	}
	if err := request.Context().Err(); err != nil {
		return nil, err
	}
	if now.code != "" {
		if now.lost {
			return nil, errors.New("connection reset by peer")
		}
		return respond(now.status, map[string]string{"__type": now.code, "message": "of the test"}), nil
	}
	results := f.take(input.Records, now.records)
	switch {
	case now.lost:
		return nil, io.ErrUnexpectedEOF
	case now.garbled:
		response := respond(http.StatusOK, nil)
		response.Body = io.NopCloser(strings.NewReader(`{"Records":[{"Sequ`))
		return response, nil
	case now.short:
		results = results[:len(results)-1]
	}
	return respond(http.StatusOK, map[string]any{"FailedRecordCount": len(now.records), "Records": results}), nil
}

// take puts records on the stream but for those that fail.
func (f *fakeStream) take(records []entry, fail map[int]string) []map[string]string {
	results := make([]map[string]string, len(records))
	for i, r := range records {
		if code, ok := fail[i]; ok {
			results[i] = map[string]string{"ErrorCode": code, "ErrorMessage": "of the test"}
			continue
		}
		f.log = append(f.log, r)
		results[i] = map[string]string{"SequenceNumber": fmt.Sprint(len(f.log)), "ShardId": "shardId-000000000000"}
	}
	return results
}

func respond(status int, body any) *http.Response {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status), ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/x-amz-json-1.1"}}, Body: io.NopCloser(bytes.NewReader(text)),
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

// event returns record n (from 0) of a key.
func event(key string, n int) ports.Outgoing {
	return ports.Outgoing{Key: key, Data: fmt.Appendf(nil, "%s:%d", key, n)}
}

// texts returns the data of entries.
func texts(entries []entry) []string {
	out := make([]string, len(entries))
	for i, e := range entries {
		out[i] = string(e.Data)
	}
	return out
}

// within is how long a test waits for what must happen.
const within = 30 * time.Second
