package simulation_test

import (
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/s3archive"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

// alone is a bucket without a world around it.
type alone struct {
	mu     sync.Mutex
	bucket *bucket
	cut    func(length int) cut
}

func (a *alone) Do(r *http.Request) (*http.Response, error) {
	in, err := readObjectRequest(r)
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	answer := a.bucket.serve(in)
	var broken cut
	if in.method == http.MethodGet && in.key != "" && len(answer.body) > 0 {
		broken = a.cut(len(answer.body))
	}
	return answer.response(&body{ctx: r.Context(), rest: answer.body, cut: broken}), nil
}

func newAlone(t *testing.T) *alone {
	t.Helper()
	return &alone{bucket: newBucket(archiveBucket, func(err error) { t.Error(err) }), cut: func(int) cut { return cut{} }}
}

func (a *alone) client() *s3.Client {
	return s3.New(s3.Options{
		Region: "eu-central-1", BaseEndpoint: aws.String("http://s3.invalid"), UsePathStyle: true, Credentials: aws.AnonymousCredentials{}, HTTPClient: a,
		Retryer: aws.NopRetryer{}, DisableLogOutputChecksumValidationSkipped: true,
	})
}

func (a *alone) archive() *s3archive.Archive {
	return s3archive.New(a.client(), archiveBucket, "cold").WithSpread(func(time.Duration) time.Duration { return 0 })
}

func TestTheArchiveConformsOnTheSimulatedBucket(t *testing.T) {
	t.Parallel()
	t.Run("as it is", func(t *testing.T) {
		t.Parallel()
		porttest.Run(t, func(t *testing.T) ports.Archive { return newAlone(t).archive() }, porttest.Archive())
	})
	t.Run("with short pages, conflicts, and bodies that break off", func(t *testing.T) {
		t.Parallel()
		porttest.Run(t, func(t *testing.T) ports.Archive {
			a, dice := newAlone(t), rand.New(rand.NewPCG(1, 2))
			a.bucket.page = func(n int) int { return 1 + dice.IntN(min(n, 7)) }
			a.bucket.conflict = func() bool { return dice.IntN(3) == 0 }
			a.cut = func(length int) cut { return cut{some: dice.IntN(2) == 0, after: dice.IntN(length)} }
			return a.archive()
		}, porttest.Archive())
	})
}

// asked sends one request to a bucket that has the object "a/b" with ten bytes, and
// returns status, body and what was strange about it.
func asked(t *testing.T, method, path string, header http.Header, text string) (status int, answer string, strange []error) {
	t.Helper()
	b := newBucket("shop", func(err error) { strange = append(strange, err) })
	b.put("a/b", []byte("0123456789"))
	request, err := http.NewRequestWithContext(context.Background(), method, "http://s3.invalid/shop"+path, nil)
	require.NoError(t, err)
	r, err := readObjectRequest(request)
	require.NoError(t, err)
	r.header, r.body = header, []byte(text)
	got := b.serve(r)
	return got.status, string(got.body), strange
}

func TestTheSimulatedBucket(t *testing.T) {
	t.Parallel()
	t.Run("tells loudly what no client of ours sends", func(t *testing.T) {
		t.Parallel()
		for _, c := range []struct {
			method, path string
			header       http.Header
		}{
			{http.MethodDelete, "/a/b", nil},
			{http.MethodPost, "/a/b?uploads=", nil},
			{http.MethodGet, "/a/b?versionId=7", nil},
			{http.MethodGet, "?list-type=2&delimiter=%2F", nil},
			{http.MethodGet, "/a/b", http.Header{"If-None-Match": {"*"}}},
			{http.MethodGet, "/a/b", http.Header{"Range": {"bytes=-5"}}},
			{http.MethodPut, "/a/b", http.Header{"X-Amz-Acl": {"public-read"}}},
			{http.MethodPut, "/a/b", http.Header{"If-None-Match": {`"etag"`}}},
		} {
			status, _, strange := asked(t, c.method, c.path, c.header, "")
			assert.Equal(t, http.StatusNotImplemented, status, "%s %s", c.method, c.path)
			assert.Len(t, strange, 1, "%s %s", c.method, c.path)
		}
	})
	t.Run("answers reads of a part, and of what is not there, as S3 does", func(t *testing.T) {
		t.Parallel()
		for path, want := range map[string]struct {
			header http.Header
			status int
			body   string
		}{
			"/a/b":                {http.Header{"Range": {"bytes=7-"}}, http.StatusPartialContent, "789"},
			"/a/b?":               {http.Header{"Range": {"bytes=10-"}}, http.StatusRequestedRangeNotSatisfiable, "InvalidRange"},
			"/a/c":                {nil, http.StatusNotFound, "NoSuchKey"},
			"/a/b?x-id=GetObject": {http.Header{"If-Match": {`"other"`}}, http.StatusPreconditionFailed, "PreconditionFailed"},
		} {
			status, body, strange := asked(t, http.MethodGet, path, want.header, "")
			assert.Equal(t, want.status, status, path)
			assert.Contains(t, body, want.body, path)
			assert.Empty(t, strange)
		}
	})
	t.Run("writes on condition, and notes what is written over", func(t *testing.T) {
		t.Parallel()
		a := newAlone(t)
		put := func(text, condition string) int {
			header := http.Header{"X-Amz-Checksum-Crc32c": {crc32c([]byte(text))}}
			if condition != "" {
				header.Set("If-None-Match", condition)
			}
			return a.bucket.serve(&objectRequest{method: http.MethodPut, bucket: archiveBucket, key: "a", header: header, body: []byte(text)}).status
		}
		assert.Equal(t, http.StatusOK, put("one", "*"))
		assert.Equal(t, http.StatusPreconditionFailed, put("two", "*"))
		assert.Equal(t, "one", string(a.bucket.objects["a"].body))
		assert.Empty(t, a.bucket.replaced)
		assert.Equal(t, http.StatusOK, put("two", ""))
		assert.Equal(t, []string{"a"}, a.bucket.replaced)
		a.bucket.conflict = func() bool { return true }
		assert.Equal(t, http.StatusConflict, put("three", "*"), "who sent it before the other was there")
	})
	t.Run("refuses a body that is not its checksum's", func(t *testing.T) {
		t.Parallel()
		status, text, _ := asked(t, http.MethodPut, "/a/c", http.Header{"X-Amz-Checksum-Crc32c": {crc32c([]byte("other"))}}, "text")
		assert.Equal(t, http.StatusBadRequest, status)
		assert.Contains(t, text, "BadDigest")
	})
	t.Run("breaks bodies off where it is told", func(t *testing.T) {
		t.Parallel()
		text, err := io.ReadAll(&body{rest: []byte("0123456789"), cut: cut{some: true, after: 4}})
		assert.Equal(t, "0123", string(text))
		assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		text, err = io.ReadAll(&body{ctx: ctx, rest: []byte("0123456789"), cut: cut{some: true, after: 4, stalled: true}})
		assert.Equal(t, "0123", string(text))
		assert.ErrorIs(t, err, context.Canceled)
	})
}
