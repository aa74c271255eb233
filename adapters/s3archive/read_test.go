package s3archive_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/s3archive"
	"github.com/evercart/evercart/ports"
)

func nopCloser(text string) io.ReadCloser { return io.NopCloser(strings.NewReader(text)) }

// breaking is the body of a connection that breaks after some bytes.
type breaking struct {
	io.ReadCloser
	left int
	by   error
}

func (b *breaking) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, b.by
	}
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// breakAfter makes the connections of GETs break after so many bytes each; when
// there are no more numbers they hold.
func breakAfter(by error, bytes ...int) trouble {
	return func(request *http.Request) (*http.Response, error) {
		if request.Method != http.MethodGet || len(bytes) == 0 {
			return nil, nil
		}
		left := bytes[0]
		bytes = bytes[1:]
		response, err := http.DefaultClient.Do(request)
		if err == nil {
			response.Body = &breaking{ReadCloser: response.Body, left: left, by: by}
		}
		return response, err
	}
}

// scattered returns lines that do not compress to nothing.
func scattered(n int) [][]byte {
	r := rand.New(rand.NewPCG(1, 2))
	out := make([][]byte, n)
	for i := range out {
		out[i] = fmt.Appendf(nil, `{"n":%d,"x":%d}`, i, r.Int64())
	}
	return out
}

func corrupted(t *testing.T, err error) string {
	t.Helper()
	var corrupt *ports.CorruptError
	require.ErrorAs(t, err, &corrupt)
	assert.NotErrorIs(t, err, ports.ErrUnavailable)
	assert.Equal(t, "archive object s3://", corrupt.What[:20])
	assert.Contains(t, corrupt.What, batch(hour).Key())
	return corrupt.Err.Error()
}

func TestLinesOverBrokenConnections(t *testing.T) {
	t.Parallel()

	for _, by := range []error{io.ErrUnexpectedEOF, io.EOF, errors.New("connection reset by peer")} {
		t.Run("lines go on where the connection broke by "+by.Error(), func(t *testing.T) {
			t.Parallel()
			var ranges, conditions []string
			w := &wire{}
			a, _, _ := archiveOn(t, w, "")
			want := scattered(20_000)
			object, err := a.WriteObject(t.Context(), batch(hour), want)
			require.NoError(t, err)
			breaks := breakAfter(by, 0, 1, 100_000, 0, 0, 7)
			w.trouble = func(request *http.Request) (*http.Response, error) {
				ranges, conditions = append(ranges, request.Header.Get("Range")), append(conditions, request.Header.Get("If-Match"))
				return breaks(request)
			}
			got, err := read(t, a, object.Key)
			require.NoError(t, err)
			require.Len(t, got, len(want))
			for i := range want {
				require.Equal(t, string(want[i]), got[i])
			}
			assert.Equal(t, []string{"", "", "bytes=1-", "bytes=100001-", "bytes=100001-", "bytes=100001-", "bytes=100008-"}, ranges)
			assert.Empty(t, conditions[0])
			for _, condition := range conditions[1:] {
				assert.NotEmpty(t, condition, "of the same object only")
			}
		})
	}
	t.Run("connections that break without a byte are given up, which says nothing of the object", func(t *testing.T) {
		t.Parallel()
		w := &wire{}
		a, _, _ := archiveOn(t, w, "")
		object, err := a.WriteObject(t.Context(), batch(hour), scattered(20_000))
		require.NoError(t, err)
		w.asked = nil
		w.trouble = breakAfter(io.ErrUnexpectedEOF, 5000, 0, 0, 0, 0, 0, 0, 0)
		got, err := read(t, a, object.Key)
		require.ErrorIs(t, err, ports.ErrUnavailable)
		assert.NotEmpty(t, got)
		assert.ErrorContains(t, err, "after 5000 of ")
		var corrupt *ports.CorruptError
		assert.NotErrorAs(t, err, &corrupt)
		assert.Len(t, w.asked, s3archive.MaxTries)
	})
	t.Run("a context that ends while the connection is broken is the error", func(t *testing.T) {
		t.Parallel()
		w := &wire{}
		a, _, _ := archiveOn(t, w, "")
		object, err := a.WriteObject(t.Context(), batch(hour), scattered(20_000))
		require.NoError(t, err)
		w.trouble = breakAfter(io.ErrUnexpectedEOF, 5000, 0)
		ctx, cancel := context.WithCancel(t.Context())
		a.Unhurried(func(ctx context.Context, _ int) error {
			cancel()
			return ctx.Err()
		})
		var end error
		for _, err := range a.Lines(ctx, object.Key) {
			end = err
		}
		assert.ErrorIs(t, end, context.Canceled)
	})
	t.Run("an object that was replaced meanwhile is named, and no line of two objects is made", func(t *testing.T) {
		t.Parallel()
		plain := clientOf(onMiniStack(t), nil)
		bucket, w := newBucket(t, plain), &wire{}
		a := s3archive.New(clientOf(onMiniStack(t), w), bucket, "")
		object, err := a.WriteObject(t.Context(), batch(hour), scattered(20_000))
		require.NoError(t, err)
		w.trouble = breakAfter(io.ErrUnexpectedEOF, 100_000)
		a.Unhurried(func(ctx context.Context, _ int) error {
			other := bytes.NewReader(gzipped(strings.Repeat("{}\n", 9)))
			_, err := plain.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: keyUnder(""), Body: other})
			return err
		})
		_, err = read(t, a, object.Key)
		assert.Equal(t, "it was replaced while it was read", corrupted(t, err))
	})
	t.Run("a server that knows no ranges is told from an object", func(t *testing.T) {
		t.Parallel()
		w := &wire{}
		a, _, _ := archiveOn(t, w, "")
		object, err := a.WriteObject(t.Context(), batch(hour), scattered(20_000))
		require.NoError(t, err)
		breaks := breakAfter(io.ErrUnexpectedEOF, 5000)
		w.trouble = func(request *http.Request) (*http.Response, error) {
			request.Header.Del("Range")
			return breaks(request)
		}
		_, err = read(t, a, object.Key)
		assert.ErrorContains(t, err, `asked for the bytes from 5000 on, got range ""`)
	})
}

func gzipped(text string) []byte {
	var body bytes.Buffer
	w := gzip.NewWriter(&body)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return body.Bytes()
}

func TestLinesOfBrokenObjects(t *testing.T) {
	t.Parallel()
	var whole bytes.Buffer
	for _, line := range scattered(1000) {
		whole.Write(line)
		whole.WriteByte('\n')
	}
	good := gzipped(whole.String())
	spoiled := func(at int) []byte {
		out := bytes.Clone(good)
		out[at] ^= 0xff
		return out
	}
	for name, body := range map[string][]byte{
		"an empty object":                 {},
		"an object cut in its header":     good[:5],
		"an object cut in the middle":     good[:len(good)/2],
		"an object cut in its checksum":   good[:len(good)-1],
		"an object with a wrong checksum": spoiled(len(good) - 8),
		"an object with a wrong byte":     spoiled(len(good) / 2),
		"an object that is not gzipped":   whole.Bytes(),
		"an object with something behind": append(bytes.Clone(good), "something"...),
		"an object without lines":         gzipped(""),
		"an object with an open line":     gzipped("{}\n{"),
		"an object with an endless line":  gzipped(strings.Repeat("x", 16<<20+2) + "\n"),
	} {
		t.Run(name+" is a corrupt one that is named", func(t *testing.T) {
			t.Parallel()
			a, plain, bucket := archiveOn(t, &wire{}, "cold")
			_, err := plain.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: keyUnder("cold/"), Body: bytes.NewReader(body)})
			require.NoError(t, err)
			_, err = read(t, a, batch(hour).Key())
			corrupted(t, err)
		})
	}
	for name, server := range servers {
		t.Run("a missing object is a corrupt one, a missing bucket is not, on "+name, func(t *testing.T) {
			t.Parallel()
			client := clientOf(server(t), nil)
			_, err := read(t, s3archive.New(client, newBucket(t, client), ""), batch(hour).Key())
			assert.Equal(t, "it is not there", corrupted(t, err))
			_, err = read(t, s3archive.New(client, "no-such-bucket", ""), batch(hour).Key())
			require.Error(t, err)
			var corrupt *ports.CorruptError
			assert.NotErrorAs(t, err, &corrupt)
		})
	}
}
