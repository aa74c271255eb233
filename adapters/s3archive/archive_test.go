package s3archive_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/s3archive"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/porttest"
)

// hour is the arrival of the sample objects.
var hour = time.Date(2026, 5, 4, 13, 0, 0, 0, time.UTC)

func batch(at time.Time) ports.ArchiveBatch {
	return ports.ArchiveBatch{Shard: "0", First: "1", Last: "9", Arrival: at}
}

func unhurried(ctx context.Context, _ int) error { return ctx.Err() }

func lines(texts ...string) [][]byte {
	var out [][]byte
	for _, text := range texts {
		out = append(out, []byte(text))
	}
	return out
}

// read returns the object's lines and how they ended.
func read(t testing.TB, a ports.Archive, key string) (got []string, err error) {
	t.Helper()
	for line, err := range a.Lines(t.Context(), key) {
		if err != nil {
			return got, err
		}
		got = append(got, string(line))
	}
	return got, nil
}

func TestArchiveConforms(t *testing.T) {
	t.Parallel()
	for name, server := range servers {
		for folder, prefix := range map[string]string{"the bucket": "", "a folder of it": "shop/evercart"} {
			t.Run(name+", in "+folder, func(t *testing.T) {
				t.Parallel()
				porttest.Run(t, func(t *testing.T) ports.Archive {
					client := clientOf(server(t), nil)
					return s3archive.New(client, newBucket(t, client), prefix)
				}, porttest.Archive())
			})
		}
	}
}

func TestParseLocation(t *testing.T) {
	t.Parallel()

	t.Run("a bucket with and without a prefix is read", func(t *testing.T) {
		t.Parallel()
		for location, want := range map[string][2]string{
			"s3://shop":            {"shop", ""},
			"s3://shop/":           {"shop", ""},
			"s3://shop/evercart":   {"shop", "evercart"},
			"s3://shop/evercart/":  {"shop", "evercart"},
			"s3://shop/a/b":        {"shop", "a/b"},
			"s3://my.shop-1/a=1/b": {"my.shop-1", "a=1/b"},
		} {
			bucket, prefix, err := s3archive.ParseLocation(location)
			require.NoError(t, err, location)
			assert.Equal(t, want, [2]string{bucket, prefix}, location)
		}
	})
	t.Run("what names no bucket is refused", func(t *testing.T) {
		t.Parallel()
		for _, location := range []string{"", "shop", "s3:/shop", "s3://", "s3:///prefix", "https://shop/x", "s3://shop/a//b"} {
			_, _, err := s3archive.ParseLocation(location)
			assert.ErrorContains(t, err, "want s3://BUCKET or s3://BUCKET/PREFIX", location)
		}
	})
}
