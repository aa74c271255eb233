package s3archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/evercart/evercart/ports"
)

// stalled is how long a connection may give nothing to a waiting reader until it
// counts as broken.
const stalled = 30 * time.Second

// errStalled says that S3 gave no answer, or no whole one, for that long.
var errStalled = fmt.Errorf("%w: no answer within %s", ports.ErrUnavailable, stalled)

// answered returns err, of a call within a context that ends with ctx, or earlier where
// S3 stalls: then it is errStalled.
func answered(ctx, within context.Context, err error) error {
	if err != nil && within.Err() != nil && ctx.Err() == nil {
		return errStalled
	}
	return err
}

// downloadError is a fault that is not of the object's bytes, ready for the caller
// of Lines.
type downloadError struct{ err error }

func (e *downloadError) Error() string { return e.err.Error() }

func (e *downloadError) Unwrap() error { return e.err }

// download reads the bytes of one object from S3, over as many connections as that
// takes. Its errors but io.EOF are *downloadError. It is for one goroutine.
type download struct {
	archive *Archive
	ctx     context.Context //nolint:containedctx // it lives as long as one call of Lines
	key     string

	body   io.ReadCloser      // nil: not connected
	cancel context.CancelFunc // ends the connection
	etag   *string            // of the object that the first connection found
	size   int64
	read   int64
	broken int // connections that broke since the last byte came
}

// Read implements io.Reader.
func (d *download) Read(p []byte) (int, error) {
	for {
		if d.body == nil {
			if err := d.connect(); err != nil {
				return 0, &downloadError{err}
			}
		}
		watch := time.AfterFunc(stalled, d.cancel)
		n, err := d.body.Read(p)
		watch.Stop()
		d.read += int64(n)
		if n > 0 {
			d.broken = 0
		}
		if err == nil || errors.Is(err, io.EOF) && d.read == d.size {
			return n, err
		}
		d.drop()
		if n > 0 {
			return n, nil
		}
		if err := d.again(err); err != nil {
			return 0, &downloadError{err}
		}
	}
}

// again waits until it is time for the next connection after one that broke by
// cause. It returns an error when it is time to give up.
func (d *download) again(cause error) error {
	d.broken++
	if d.broken == maxTries {
		cause = fmt.Errorf("%w: after %d of %d bytes: %w", ports.ErrUnavailable, d.read, d.size, cause)
		return d.archive.fault(d.ctx, "read", d.key, cause)
	}
	if err := d.archive.pause(d.ctx, d.broken); err != nil {
		return d.archive.fault(d.ctx, "read", d.key, err)
	}
	return nil
}

// connect asks for the bytes from where the last connection ended.
func (d *download) connect() error {
	ctx, cancel := context.WithCancel(d.ctx)
	input := &s3.GetObjectInput{Bucket: &d.archive.bucket, Key: aws.String(d.archive.prefix + d.key), IfMatch: d.etag}
	if d.read > 0 {
		input.Range = aws.String(fmt.Sprintf("bytes=%d-", d.read))
	}
	watch := time.AfterFunc(stalled, cancel)
	answer, err := d.archive.client.GetObject(ctx, input, gzipChecks)
	watch.Stop()
	if err != nil {
		err = answered(d.ctx, ctx, err)
		cancel()
		switch code := status(err); {
		case code == http.StatusNotFound && !noBucket(err):
			return d.archive.corrupt(d.key, errors.New("it is not there"))
		case code == http.StatusPreconditionFailed:
			return d.archive.corrupt(d.key, errors.New("it was replaced while it was read"))
		}
		return d.archive.fault(d.ctx, "read", d.key, err)
	}
	d.body, d.cancel = answer.Body, cancel
	if d.etag == nil {
		d.etag, d.size = answer.ETag, aws.ToInt64(answer.ContentLength)
	}
	if got := aws.ToString(answer.ContentRange); d.read > 0 && !strings.HasPrefix(got, fmt.Sprintf("bytes %d-", d.read)) {
		return d.archive.fault(d.ctx, "read", d.key, fmt.Errorf("asked for the bytes from %d on, got range %q", d.read, got))
	}
	return nil
}

// drop ends the connection, if there is one.
func (d *download) drop() {
	if d.body == nil {
		return
	}
	d.cancel()
	_ = d.body.Close() // what came is there already
	d.body = nil
}

// gzipChecks leaves it to gzip to check what it reads, which has a checksum of its
// own: that of S3 is of whole objects and not of what comes after a break.
func gzipChecks(o *s3.Options) {
	o.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
}
