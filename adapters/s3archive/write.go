package s3archive

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/ndjson"
)

// maxTries is how often a call or a connection is tried that S3 broke off, beside
// what the SDK does by itself.
const maxTries = 5

// WriteObject implements ports.Archive. The object is made in memory, and its
// CRC-32C goes with it for S3 to check. A line over 16 MiB is a
// *ports.TooLargeError. Equal lines make equal objects.
func (a *Archive) WriteObject(ctx context.Context, batch ports.ArchiveBatch, lines [][]byte) (ports.ArchiveObject, error) {
	if err := ctx.Err(); err != nil {
		return ports.ArchiveObject{}, err
	}
	if err := ndjson.Check(batch, lines); err != nil {
		return ports.ArchiveObject{}, err
	}
	key := batch.Key()
	var body bytes.Buffer
	if err := a.writer.Write(ctx, &body, lines); err != nil {
		return ports.ArchiveObject{}, err
	}
	size, err := a.place(ctx, key, body.Bytes())
	if err != nil {
		return ports.ArchiveObject{}, a.fault(ctx, "write", key, err)
	}
	return ports.ArchiveObject{Key: key, Size: size}, nil
}

// place stores body at key unless an object is there, and returns the size of the
// one that is there then.
func (a *Archive) place(ctx context.Context, key string, body []byte) (size int64, err error) {
	for try := 1; ; try++ {
		err := a.put(ctx, key, body)
		switch code := status(err); {
		case err == nil:
			return int64(len(body)), nil
		case code == http.StatusPreconditionFailed:
			return a.sizeOf(ctx, key)
		case code == http.StatusConflict && try < maxTries: // another writer of the key is at work
			if err := a.pause(ctx, try); err != nil {
				return 0, err
			}
		default:
			return 0, err
		}
	}
}

// put asks S3 to store body at key unless an object is there. However long it takes, S3
// must take some of it, and answer, within the time for which a read may stall.
func (a *Archive) put(ctx context.Context, key string, body []byte) error {
	within, cancel := context.WithCancel(ctx)
	defer cancel()
	watch := time.AfterFunc(stalled, cancel)
	defer watch.Stop()
	_, err := a.client.PutObject(within, &s3.PutObjectInput{
		Bucket: &a.bucket, Key: aws.String(a.prefix + key), Body: &upload{bytes.NewReader(body), watch}, IfNoneMatch: aws.String("*"),
		ContentType: aws.String("application/x-ndjson"), ContentEncoding: aws.String("gzip"),
		ChecksumAlgorithm: types.ChecksumAlgorithmCrc32c, ChecksumCRC32C: aws.String(checksum(body)),
	})
	return answered(ctx, within, err)
}

// upload is a body that puts off the end of its watch with each read.
type upload struct {
	body  *bytes.Reader
	watch *time.Timer
}

// Read implements io.Reader.
func (u *upload) Read(p []byte) (int, error) {
	u.watch.Reset(stalled)
	return u.body.Read(p)
}

// Seek implements io.Seeker: a try again, and who signs it, begin from the start.
func (u *upload) Seek(offset int64, whence int) (int64, error) { return u.body.Seek(offset, whence) }

func (a *Archive) sizeOf(ctx context.Context, key string) (int64, error) {
	within, cancel := context.WithTimeout(ctx, stalled)
	defer cancel()
	head, err := a.client.HeadObject(within, &s3.HeadObjectInput{Bucket: &a.bucket, Key: aws.String(a.prefix + key)})
	if err := answered(ctx, within, err); err != nil {
		return 0, fmt.Errorf("it is there already: %w", err)
	}
	return aws.ToInt64(head.ContentLength), nil
}

// checksum is the CRC-32C of body as S3 takes it.
func checksum(body []byte) string {
	sum := crc32.Checksum(body, crc32.MakeTable(crc32.Castagnoli))
	return base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, sum))
}
