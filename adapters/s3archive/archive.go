package s3archive

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/evercart/evercart/ports/ndjson"
)

// Archive is a ports.Archive in an S3 bucket. It is safe for concurrent use.
type Archive struct {
	client *s3.Client
	bucket string
	prefix string // before the keys; empty or ends in '/'
	pause  func(ctx context.Context, tries int) error
	writer ndjson.Writer
}

// New returns the archive in bucket whose keys all begin with prefix, a folder,
// such as "evercart"; with an empty one they begin with "events/". It makes no
// call.
func New(client *s3.Client, bucket, prefix string) *Archive {
	if prefix = strings.Trim(prefix, "/"); prefix != "" {
		prefix += "/"
	}
	return &Archive{client: client, bucket: bucket, prefix: prefix, pause: pause}
}

// ParseLocation reads "s3://bucket/prefix", where the prefix may be missing.
func ParseLocation(location string) (bucket, prefix string, err error) {
	rest, ok := strings.CutPrefix(location, "s3://")
	bucket, prefix, _ = strings.Cut(rest, "/")
	prefix = strings.Trim(prefix, "/")
	if !ok || bucket == "" || strings.Contains(prefix, "//") {
		return "", "", fmt.Errorf("archive location %q: want s3://BUCKET or s3://BUCKET/PREFIX", location)
	}
	return bucket, prefix, nil
}

// name names the object at key for people.
func (a *Archive) name(key string) string { return "s3://" + a.bucket + "/" + a.prefix + key }
