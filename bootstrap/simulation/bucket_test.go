package simulation_test

import (
	"bytes"
	"crypto/md5" //nolint:gosec // S3's entity tags
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// bucket is a bucket of S3: what PutObject, HeadObject, GetObject and ListObjectsV2
// make of it, as far as our clients use them. What they do not use is an error of
// its own, which unknown takes. It belongs to one goroutine.
type bucket struct {
	name     string
	objects  map[string]*object
	page     func(n int) int // how many of n keys a page has: 1 or more
	conflict func() bool     // a write that lost a race is told of the race
	unknown  func(error)

	replaced []string // keys of objects that were written over
}

type object struct {
	body    []byte
	etag    string
	header  http.Header // what it was stored with
	written time.Time
}

func newBucket(name string, unknown func(error)) *bucket {
	return &bucket{
		name: name, objects: map[string]*object{}, unknown: unknown,
		page: func(n int) int { return min(n, 1000) }, conflict: func() bool { return false },
	}
}

// put stores an object as something else in the account does.
func (b *bucket) put(key string, body []byte) {
	sum := md5.Sum(body) //nolint:gosec // see above
	b.objects[key] = &object{body: body, etag: `"` + hex.EncodeToString(sum[:]) + `"`, header: http.Header{}, written: time.Now()}
}

// serve answers a request.
func (b *bucket) serve(r *objectRequest) objectAnswer {
	o := b.objects[r.key]
	switch operation, err := r.operation(); {
	case err != nil:
		return b.strange(err)
	case operation == "ListObjectsV2":
		return b.list(r)
	case operation == "PutObject":
		return b.write(r, o)
	case o == nil && operation == "HeadObject": // without a body
		return objectAnswer{status: http.StatusNotFound, header: http.Header{}}
	case o == nil:
		return refusedBy(http.StatusNotFound, "NoSuchKey")
	case operation == "HeadObject":
		return objectAnswer{status: http.StatusOK, header: o.headers(int64(len(o.body)))}
	default:
		return b.read(r, o)
	}
}

// strange answers what no client of ours sends.
func (b *bucket) strange(err error) objectAnswer {
	b.unknown(fmt.Errorf("s3 %s: %w", b.name, err))
	return refusedBy(http.StatusNotImplemented, "NotImplemented")
}

// write is PutObject: with If-None-Match, where nothing is at the key.
func (b *bucket) write(r *objectRequest, there *object) objectAnswer {
	condition := r.header.Get("If-None-Match")
	switch {
	case condition != "" && condition != "*":
		return b.strange(fmt.Errorf("%s: If-None-Match: %s", r, condition))
	case r.header.Get("X-Amz-Checksum-Crc32c") != crc32c(r.body):
		return refusedBy(http.StatusBadRequest, "BadDigest")
	case there != nil && condition != "" && there.written.After(r.sent) && b.conflict():
		return refusedBy(http.StatusConflict, "ConditionalRequestConflict")
	case there != nil && condition != "":
		return refusedBy(http.StatusPreconditionFailed, "PreconditionFailed")
	case there != nil:
		b.replaced = append(b.replaced, r.key)
	}
	b.put(r.key, bytes.Clone(r.body))
	stored := b.objects[r.key]
	for _, name := range []string{"Content-Type", "Content-Encoding"} {
		if value := r.header.Get(name); value != "" {
			stored.header.Set(name, value)
		}
	}
	return objectAnswer{status: http.StatusOK, header: http.Header{"Etag": {stored.etag}}}
}

// crc32c is a body's checksum as S3 has it.
func crc32c(body []byte) string {
	return base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, crc32.Checksum(body, crc32.MakeTable(crc32.Castagnoli))))
}

// read is GetObject: the whole object, or what is from an offset on.
func (b *bucket) read(r *objectRequest, o *object) objectAnswer {
	if want := r.header.Get("If-Match"); want != "" && want != o.etag {
		return refusedBy(http.StatusPreconditionFailed, "PreconditionFailed")
	}
	header := o.headers(int64(len(o.body)))
	asked := r.header.Get("Range")
	if asked == "" {
		return objectAnswer{status: http.StatusOK, header: header, body: o.body}
	}
	offset, err := offsetOf(asked)
	switch {
	case err != nil:
		return b.strange(fmt.Errorf("%s: Range: %s: %w", r, asked, err))
	case offset >= int64(len(o.body)):
		return refusedBy(http.StatusRequestedRangeNotSatisfiable, "InvalidRange")
	}
	rest := o.body[offset:]
	header.Set("Content-Length", strconv.Itoa(len(rest)))
	header.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", offset, len(o.body)-1, len(o.body)))
	return objectAnswer{status: http.StatusPartialContent, header: header, body: rest}
}

var errRange = errors.New("want bytes=OFFSET-")

// offsetOf reads "bytes=OFFSET-".
func offsetOf(asked string) (int64, error) {
	digits, from := strings.CutPrefix(asked, "bytes=")
	digits, open := strings.CutSuffix(digits, "-")
	offset, err := strconv.ParseInt(digits, 10, 64)
	if !from || !open || err != nil || offset < 0 {
		return 0, errRange
	}
	return offset, nil
}

func (o *object) headers(length int64) http.Header {
	header := o.header.Clone() // deeply: clients trim values in place
	header.Set("Etag", o.etag)
	header.Set("Content-Length", strconv.FormatInt(length, 10))
	return header
}

// list is ListObjectsV2: keys in their order, a page at a time, each of which may
// have fewer than there are.
func (b *bucket) list(r *objectRequest) objectAnswer {
	q := r.query
	after := q.Get("start-after")
	if token := q.Get("continuation-token"); token != "" {
		last, err := base64.URLEncoding.DecodeString(token)
		if err != nil {
			return refusedBy(http.StatusBadRequest, "InvalidArgument")
		}
		after = string(last)
	}
	var keys []string
	for _, key := range slices.Sorted(maps.Keys(b.objects)) {
		if strings.HasPrefix(key, q.Get("prefix")) && key > after {
			keys = append(keys, key)
		}
	}
	page := listing{Name: b.name, Prefix: q.Get("prefix")}
	if n := len(keys); n > 0 {
		keys = keys[:b.page(n)]
		page.IsTruncated = len(keys) < n
	}
	for _, key := range keys {
		o := b.objects[key]
		page.Contents = append(page.Contents, listed{Key: key, Size: len(o.body), ETag: o.etag})
	}
	if page.KeyCount = len(keys); page.IsTruncated {
		page.NextContinuationToken = base64.URLEncoding.EncodeToString([]byte(keys[len(keys)-1]))
	}
	return xmlAnswer(http.StatusOK, page)
}
