package s3archive_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/s3archive"
	"github.com/evercart/evercart/ports"
)

// answered returns an answer of S3 with an error code, empty for none.
func answered(status int, code string) *http.Response {
	body := ""
	if code != "" {
		body = "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>of the test</Message></Error>"
	}
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status), ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{},
		Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
	}
}

// first makes trouble for the first so many requests of a method.
func first(n int, method string, with reply) trouble {
	return func(request *http.Request) (*http.Response, error) {
		if request.Method != method || n == 0 {
			return nil, nil
		}
		n--
		return with()
	}
}

// archiveOn returns an archive on a server in this process, through w.
func archiveOn(t testing.TB, w *wire, prefix string) (*s3archive.Archive, *s3.Client, string) {
	t.Helper()
	url := inProcess(t)
	plain := clientOf(url, nil)
	bucket := newBucket(t, plain)
	a := s3archive.New(clientOf(url, w), bucket, prefix)
	a.Unhurried(unhurried)
	return a, plain, bucket
}

func TestWriteObject(t *testing.T) {
	t.Parallel()

	for name, server := range servers {
		t.Run("an object is plain gzipped NDJSON under its key and prefix, on "+name, func(t *testing.T) {
			t.Parallel()
			client := clientOf(server(t), nil)
			bucket := newBucket(t, client)
			object, err := s3archive.New(client, bucket, "/shop/").WriteObject(t.Context(), batch(hour), lines("{}", "{ }"))
			require.NoError(t, err)
			assert.Equal(t, batch(hour).Key(), object.Key)
			stored, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: &bucket, Key: aws.String("shop/" + object.Key)})
			require.NoError(t, err)
			assert.Equal(t, "application/x-ndjson", aws.ToString(stored.ContentType))
			assert.Equal(t, "gzip", aws.ToString(stored.ContentEncoding))
			assert.Equal(t, object.Size, aws.ToInt64(stored.ContentLength))
			plain, err := gzip.NewReader(stored.Body)
			require.NoError(t, err)
			text, err := io.ReadAll(plain)
			require.NoError(t, err)
			assert.Equal(t, "{}\n{ }\n", string(text))
		})
	}
	t.Run("every write is conditional, and carries the checksum of what it sends", func(t *testing.T) {
		t.Parallel()
		var header http.Header
		w := &wire{trouble: func(request *http.Request) (*http.Response, error) {
			header = request.Header
			return nil, nil
		}}
		a, _, _ := archiveOn(t, w, "")
		_, err := a.WriteObject(t.Context(), batch(hour), lines("{}"))
		require.NoError(t, err)
		assert.Equal(t, "*", header.Get("If-None-Match"))
		assert.NotEmpty(t, header.Get("X-Amz-Checksum-Crc32c"))
		assert.Len(t, w.asked, 1)
	})
	t.Run("a body that was changed on the way is refused by its checksum", func(t *testing.T) {
		t.Parallel()
		client := clientOf(onMiniStack(t), nil)
		bucket := newBucket(t, client)
		w := &wire{trouble: func(request *http.Request) (*http.Response, error) {
			body, err := io.ReadAll(request.Body)
			if err != nil {
				return nil, err
			}
			body[len(body)-1] ^= 1
			request.Body = io.NopCloser(bytes.NewReader(body))
			return nil, nil
		}}
		_, err := s3archive.New(clientOf(onMiniStack(t), w), bucket, "").WriteObject(t.Context(), batch(hour), lines("{}"))
		assert.ErrorContains(t, err, "BadDigest")
		_, err = read(t, s3archive.New(client, bucket, ""), batch(hour).Key())
		assert.Equal(t, "it is not there", corrupted(t, err))
	})
	t.Run("a write whose answer was lost is a success when it is tried again", func(t *testing.T) {
		t.Parallel()
		a, _, _ := archiveOn(t, &wire{}, "")
		before, err := a.WriteObject(t.Context(), batch(hour), lines("{}"))
		require.NoError(t, err)
		again, err := a.WriteObject(t.Context(), batch(hour), lines("{}", "more"))
		require.NoError(t, err)
		assert.Equal(t, before, again)
	})
	t.Run("a write that races with another is tried again", func(t *testing.T) {
		t.Parallel()
		conflict := func() (*http.Response, error) {
			return answered(http.StatusConflict, "ConditionalRequestConflict"), nil
		}
		w := &wire{trouble: first(s3archive.MaxTries-1, http.MethodPut, conflict)}
		a, _, _ := archiveOn(t, w, "")
		_, err := a.WriteObject(t.Context(), batch(hour), lines("{}"))
		require.NoError(t, err)
		assert.Len(t, w.asked, s3archive.MaxTries)
	})
	t.Run("a race that does not end is ErrUnavailable", func(t *testing.T) {
		t.Parallel()
		w := &wire{trouble: first(-1, http.MethodPut, func() (*http.Response, error) {
			return answered(http.StatusConflict, "ConditionalRequestConflict"), nil
		})}
		a, _, _ := archiveOn(t, w, "")
		_, err := a.WriteObject(t.Context(), batch(hour), lines("{}"))
		assert.ErrorIs(t, err, ports.ErrUnavailable)
		assert.Len(t, w.asked, s3archive.MaxTries)
	})
	t.Run("a line over 16 MiB is a TooLargeError", func(t *testing.T) {
		t.Parallel()
		a, _, _ := archiveOn(t, &wire{}, "")
		_, err := a.WriteObject(t.Context(), batch(hour), [][]byte{bytes.Repeat([]byte("x"), 16<<20+1)})
		var tooLarge *ports.TooLargeError
		require.ErrorAs(t, err, &tooLarge)
		assert.Equal(t, 16<<20, tooLarge.Max)
	})
}
