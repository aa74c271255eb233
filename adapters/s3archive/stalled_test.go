package s3archive_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/s3archive"
	"github.com/evercart/evercart/ports"
)

// stalling is a body that ends in a connection which gives nothing more.
type stalling struct {
	io.Reader
	request context.Context //nolint:containedctx // it lives as long as the request
}

func (s stalling) Read(p []byte) (int, error) {
	if n, _ := s.Reader.Read(p); n > 0 {
		return n, nil
	}
	<-s.request.Done()
	return 0, s.request.Err()
}

func (stalling) Close() error { return nil }

// part answers with what is from an offset on in an object, of which length bytes come
// before the connection stalls.
func part(request *http.Request, object []byte, offset, length int) *http.Response {
	response := answered(http.StatusOK, "")
	response.Header.Set("Etag", `"of the object"`)
	if offset > 0 {
		response.StatusCode = http.StatusPartialContent
		response.Header.Set("Content-Range", "bytes "+strconv.Itoa(offset)+"-/"+strconv.Itoa(len(object)))
	}
	response.ContentLength = int64(len(object) - offset)
	response.Header.Set("Content-Length", strconv.Itoa(len(object)-offset))
	some := bytes.NewReader(object[offset : offset+length])
	if response.Body = io.NopCloser(some); offset+length < len(object) {
		response.Body = stalling{some, request.Context()}
	}
	return response
}

func TestAnswersThatStall(t *testing.T) {
	t.Parallel()
	never := func(request *http.Request) (*http.Response, error) {
		<-request.Context().Done()
		return nil, request.Context().Err()
	}
	half := func(request *http.Request) (*http.Response, error) {
		return part(request, []byte("<ListBucketResult><IsTruncated>false</IsTruncated>"), 0, 20), nil
	}
	within := func(t *testing.T, trouble trouble, doing string) {
		t.Helper()
		synctest.Test(t, func(t *testing.T) {
			a := s3archive.New(clientOf("http://s3.invalid", &wire{trouble: trouble}), "shop", "")
			began := time.Now()
			err := calls(a)[doing](t.Context())
			require.ErrorIs(t, err, ports.ErrUnavailable)
			assert.NotErrorIs(t, err, context.DeadlineExceeded, "nobody's deadline has passed")
			assert.NotErrorIs(t, err, context.Canceled)
			assert.ErrorContains(t, err, "s3archive: "+doing)
			assert.Equal(t, 30*time.Second, time.Since(began))
		})
	}
	t.Run("a listing that is never answered is ErrUnavailable after 30 s", func(t *testing.T) {
		t.Parallel()
		within(t, never, "list")
	})
	t.Run("and so is one whose answer stops half way", func(t *testing.T) {
		t.Parallel()
		within(t, half, "list")
	})
	t.Run("and a read", func(t *testing.T) {
		t.Parallel()
		within(t, never, "read")
	})
	t.Run("and a write", func(t *testing.T) {
		t.Parallel()
		within(t, never, "write")
	})
	t.Run("a write that S3 takes slowly is waited for", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			a := s3archive.New(clientOf("http://s3.invalid", &wire{trouble: func(request *http.Request) (*http.Response, error) {
				for piece := make([]byte, 10); ; {
					select {
					case <-request.Context().Done():
						return nil, request.Context().Err()
					case <-time.After(20 * time.Second):
					}
					if _, err := request.Body.Read(piece); err != nil {
						return answered(http.StatusOK, ""), nil
					}
				}
			}}), "shop", "")
			began := time.Now()
			require.NoError(t, calls(a)["write"](t.Context()))
			assert.Greater(t, time.Since(began), time.Minute)
		})
	})
	t.Run("and the size of an object that is there already", func(t *testing.T) {
		t.Parallel()
		within(t, func(request *http.Request) (*http.Response, error) {
			if request.Method == http.MethodPut {
				return answered(http.StatusPreconditionFailed, "PreconditionFailed"), nil
			}
			return never(request)
		}, "write")
	})
	t.Run("a read whose answer stops half way goes on over another connection", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			object := gzipped("{\"n\":1}\n{\"n\":2}\n")
			var ranges []string
			a := s3archive.New(clientOf("http://s3.invalid", &wire{trouble: func(request *http.Request) (*http.Response, error) {
				ranges = append(ranges, request.Header.Get("Range"))
				if len(ranges) == 1 {
					return part(request, object, 0, 7), nil
				}
				return part(request, object, 7, len(object)-7), nil
			}}), "shop", "")
			began := time.Now()
			got, err := read(t, a, batch(hour).Key())
			require.NoError(t, err)
			assert.Equal(t, []string{`{"n":1}`, `{"n":2}`}, got)
			assert.Equal(t, []string{"", "bytes=7-"}, ranges)
			assert.InDelta(t, 30, time.Since(began).Seconds(), 1)
		})
	})
}
