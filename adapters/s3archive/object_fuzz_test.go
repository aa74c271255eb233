package s3archive_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/filearchive"
	"github.com/evercart/evercart/adapters/s3archive"
	"github.com/evercart/evercart/ports"
)

// FuzzArchiveObject reads arbitrary bytes as an object of the archive, in S3 and in a
// folder. Both give the same lines, and say alike whether the object is broken; one
// that is whole holds what gzip says.
func FuzzArchiveObject(f *testing.F) {
	zip := func(text string) []byte {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, err := io.WriteString(w, text)
		require.NoError(f, errors.Join(err, w.Close()))
		return b.Bytes()
	}
	whole := zip("{\"a\":1}\n{\"b\":2}\n")
	for _, object := range [][]byte{
		nil, whole, whole[:len(whole)-1], whole[:12], append(bytes.Clone(whole), whole...), append(bytes.Clone(whole), 0), zip(""), zip("no end"), zip("\n"), []byte("no gzip"),
	} {
		f.Add(object)
	}
	key := ports.ArchiveBatch{Shard: "0", First: "1", Last: "2", Arrival: time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)}.Key()
	f.Fuzz(func(t *testing.T, object []byte) {
		folder := t.TempDir()
		file := filepath.Join(folder, filepath.FromSlash(key))
		require.NoError(t, errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, object, 0o600)))
		inFolder, err := filearchive.Open(folder)
		require.NoError(t, err)
		inS3 := s3archive.New(clientOf("http://s3.invalid", serving(object)), "bucket", "")

		lines, broken := linesOf(t, inFolder, key)
		same, alike := linesOf(t, inS3, key)
		assert.Equal(t, lines, same)
		require.Equal(t, broken == nil, alike == nil, "in a folder: %v; in S3: %v", broken, alike)
		if broken != nil {
			var corrupt *ports.CorruptError
			require.ErrorAs(t, broken, &corrupt)
			require.ErrorAs(t, alike, &corrupt)
			return
		}
		plain, err := gzip.NewReader(bytes.NewReader(object))
		require.NoError(t, err)
		text, err := io.ReadAll(plain)
		require.NoError(t, err)
		assert.Equal(t, string(text), lines)
	})
}

// linesOf returns the lines of an object, each with its end, and what broke it off.
func linesOf(t *testing.T, archive ports.Archive, key string) (text string, broken error) {
	t.Helper()
	for line, err := range archive.Lines(t.Context(), key) {
		if err != nil {
			return text, err
		}
		text += string(line) + "\n"
	}
	return text, nil
}

// serving answers each request by the object.
type serving []byte

func (s serving) Do(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK, ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header:        http.Header{"Etag": {`"1"`}, "Content-Length": {strconv.Itoa(len(s))}},
		ContentLength: int64(len(s)), Body: io.NopCloser(bytes.NewReader(s)),
	}, nil
}
