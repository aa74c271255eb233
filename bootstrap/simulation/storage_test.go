package simulation_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// storage is S3: it answers the requests of an S3 client, and lets some answers
// break off.
type storage struct {
	w       *world
	buckets map[string]*bucket
}

const (
	archiveBucket  = prefix + "-archive"
	failuresBucket = prefix + "-failures"
)

func newStorage(w *world) *storage {
	s := &storage{w: w, buckets: map[string]*bucket{}}
	most := []int{1000, 20, 3}[w.pick(3)]
	for _, name := range []string{archiveBucket, failuresBucket} {
		b := newBucket(name, func(err error) { w.strange = append(w.strange, err) })
		b.conflict = func() bool { return w.plan.hits(w, 0.5, "s3: conflict on the same key") }
		b.page = func(n int) int {
			if n = min(n, most); w.chance(0.1) {
				return 1 + w.pick(n)
			}
			return n
		}
		s.buckets[name] = b
	}
	return s
}

// client returns a client that tries each call as often as the functions' do.
func (s *storage) client() *s3.Client {
	return s3.New(s3.Options{
		Region: "eu-central-1", BaseEndpoint: aws.String("http://s3.invalid"), UsePathStyle: true, Credentials: aws.AnonymousCredentials{}, HTTPClient: s,
		DisableLogOutputChecksumValidationSkipped: true,
		Retryer: retry.NewStandard(func(o *retry.StandardOptions) {
			o.RateLimiter = ratelimit.None
			o.Backoff = retry.BackoffDelayerFunc(func(attempt int, _ error) (time.Duration, error) {
				return s.w.spread(time.Second << min(attempt, 4)), nil
			})
		}),
	})
}

// Do implements the SDK's HTTP client.
func (s *storage) Do(r *http.Request) (*http.Response, error) {
	in, err := readObjectRequest(r)
	if err != nil {
		return nil, err
	}
	var answer objectAnswer
	var broken cut
	f, err := s.w.call(r.Context(), "s3", in.String(), func() {
		if b := s.buckets[in.bucket]; b != nil {
			answer = b.serve(in)
		} else {
			answer = refusedBy(http.StatusNotFound, "NoSuchBucket")
		}
		broken = s.cut(&answer)
	})
	switch {
	case err != nil:
		return nil, err
	case f == refused:
		busy := refusedBy(http.StatusServiceUnavailable, "SlowDown")
		if s.w.spread(2) == 0 {
			busy = refusedBy(http.StatusInternalServerError, "InternalError")
		}
		return busy.response(bytes.NewReader(busy.body)), nil
	case f.failed():
		return nil, io.ErrUnexpectedEOF
	}
	return answer.response(&body{ctx: r.Context(), rest: answer.body, cut: broken}), nil
}

// cut says how the body of an answer comes: the zero cut is a whole one.
type cut struct {
	some    bool
	after   int // bytes
	stalled bool
}

// cut throws whether the body of an answer breaks off.
func (s *storage) cut(a *objectAnswer) cut {
	w := s.w
	if len(a.body) == 0 || !w.plan.hits(w, w.plan.cut, "s3: body cut short") {
		return cut{}
	}
	return cut{some: true, after: w.pick(len(a.body)), stalled: w.plan.hits(w, 0.2, "s3: body stalls")}
}

// body is the body of an answer as a client reads it.
type body struct {
	ctx  context.Context //nolint:containedctx // it lives as long as the request
	rest []byte
	cut  cut
}

func (b *body) Read(p []byte) (int, error) {
	from := b.rest
	if b.cut.some {
		from = b.rest[:b.cut.after]
	}
	switch {
	case len(from) > 0:
		n := copy(p, from)
		b.rest, b.cut.after = b.rest[n:], b.cut.after-n
		return n, nil
	case b.cut.stalled: // the connection gives nothing more
		<-b.ctx.Done()
		return 0, b.ctx.Err()
	case b.cut.some:
		return 0, io.ErrUnexpectedEOF
	}
	return 0, io.EOF
}
