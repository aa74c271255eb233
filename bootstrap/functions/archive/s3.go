package archive

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"go.uber.org/fx"

	"github.com/evercart/evercart/adapters/s3archive"
	"github.com/evercart/evercart/bootstrap/functions"
	"github.com/evercart/evercart/ports"
)

// S3 provides the archive in S3, and the client that it works with.
func S3() fx.Option { return fx.Provide(newArchive) }

func newArchive(b *functions.Base) (*s3.Client, ports.Archive, error) {
	bucket, prefix, err := s3archive.ParseLocation(b.Config.Archive)
	if err != nil {
		return nil, nil, fmt.Errorf("EVERCART_ARCHIVE: %w", err)
	}
	// A server at an address of its own knows no names of buckets in it.
	client := s3.NewFromConfig(b.AWS, func(o *s3.Options) { o.UsePathStyle = o.BaseEndpoint != nil })
	return client, s3archive.New(client, bucket, prefix), nil
}
