package s3archive

import (
	"context"
	"iter"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/evercart/evercart/ports"
)

const (
	dates    = "events/date="
	dayForm  = dates + "2006-01-02/"
	hourForm = dayForm + "hour=15/"
)

// Objects implements ports.Archive. Keys sort by time, so that the listing begins
// right at the first hour and ends at the last: it costs a call for each thousand
// objects of the range, whatever else the bucket holds.
func (a *Archive) Objects(ctx context.Context, from, to time.Time) iter.Seq2[ports.ArchiveObject, error] {
	from, to = from.UTC().Truncate(time.Hour), to.UTC().Truncate(time.Hour)
	return func(yield func(ports.ArchiveObject, error) bool) {
		if err := ctx.Err(); err != nil {
			yield(ports.ArchiveObject{}, err)
			return
		}
		if !to.IsZero() && !from.Before(to) {
			return
		}
		within := rangePrefix(from, to)
		input := &s3.ListObjectsV2Input{Bucket: &a.bucket, Prefix: aws.String(a.prefix + within)}
		if !from.IsZero() {
			input.StartAfter = aws.String(a.prefix + from.Format(hourForm))
		}
		pages := s3.NewListObjectsV2Paginator(a.client, input)
		for pages.HasMorePages() {
			page, err := nextPage(ctx, pages)
			if err != nil {
				yield(ports.ArchiveObject{}, a.fault(ctx, "list", within, err))
				return
			}
			if !a.yieldPage(ctx, page, to, yield) {
				return
			}
		}
	}
}

// nextPage asks for a page, and waits for as long as a read may stall: whoever has no
// deadline would otherwise wait for good.
func nextPage(ctx context.Context, pages *s3.ListObjectsV2Paginator) (*s3.ListObjectsV2Output, error) {
	within, cancel := context.WithTimeout(ctx, stalled)
	defer cancel()
	page, err := pages.NextPage(within)
	return page, answered(ctx, within, err)
}

// rangePrefix is the longest folder that holds all hours in [from, to).
func rangePrefix(from, to time.Time) string {
	last := to.Add(-time.Hour)
	switch {
	case from.IsZero() || to.IsZero():
		return dates
	case last.Equal(from):
		return from.Format(hourForm)
	case last.Format(dayForm) == from.Format(dayForm):
		return from.Format(dayForm)
	default:
		return dates
	}
}

// yieldPage yields the objects of one page that lie before to, and reports whether
// to go on.
func (a *Archive) yieldPage(ctx context.Context, page *s3.ListObjectsV2Output, to time.Time, yield func(ports.ArchiveObject, error) bool) bool {
	for i := range page.Contents {
		key := strings.TrimPrefix(aws.ToString(page.Contents[i].Key), a.prefix)
		if !to.IsZero() && key >= to.Format(hourForm) {
			return false
		}
		if _, ok := ports.ArchiveHour(key); !ok {
			continue
		}
		if err := ctx.Err(); err != nil {
			yield(ports.ArchiveObject{}, err)
			return false
		}
		if !yield(ports.ArchiveObject{Key: key, Size: aws.ToInt64(page.Contents[i].Size)}, nil) {
			return false
		}
	}
	return true
}
