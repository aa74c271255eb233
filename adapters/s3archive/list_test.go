package s3archive_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/s3archive"
	"github.com/evercart/evercart/ports"
)

// queries returns what the listings asked for.
func (w *wire) queries(t *testing.T) []url.Values {
	t.Helper()
	var all []url.Values
	for _, asked := range w.asked {
		_, query, ok := strings.Cut(asked, "?")
		require.True(t, ok, asked)
		values, err := url.ParseQuery(query)
		require.NoError(t, err)
		all = append(all, values)
	}
	return all
}

// listing lists the objects of a range on a server that has none, and returns what
// was asked.
func listing(t *testing.T, from, to time.Time) []url.Values {
	t.Helper()
	w := &wire{}
	a, _, _ := archiveOn(t, w, "shop")
	for _, err := range a.Objects(t.Context(), from, to) {
		require.NoError(t, err)
	}
	return w.queries(t)
}

func TestObjectsAsk(t *testing.T) {
	t.Parallel()
	for _, want := range []struct {
		name       string
		from, to   time.Time
		prefix     string
		startAfter string
	}{
		{"one hour for its folder", hour, hour.Add(time.Hour), "shop/events/date=2026-05-04/hour=13/", "shop/events/date=2026-05-04/hour=13/"},
		{"hours of a day for that day, from the first on", hour.Add(30 * time.Minute), hour.Add(11 * time.Hour), "shop/events/date=2026-05-04/", "shop/events/date=2026-05-04/hour=13/"},
		{"days for all from the first hour on", hour, hour.AddDate(0, 0, 3), "shop/events/date=", "shop/events/date=2026-05-04/hour=13/"},
		{"an open end for all from the first hour on", hour, time.Time{}, "shop/events/date=", "shop/events/date=2026-05-04/hour=13/"},
		{"an open begin for all", time.Time{}, hour, "shop/events/date=", ""},
	} {
		t.Run(want.name, func(t *testing.T) {
			t.Parallel()
			asked := listing(t, want.from, want.to)
			require.Len(t, asked, 1)
			assert.Equal(t, want.prefix, asked[0].Get("prefix"))
			assert.Equal(t, want.startAfter, asked[0].Get("start-after"))
		})
	}
	t.Run("an empty range for nothing", func(t *testing.T) {
		t.Parallel()
		assert.Empty(t, listing(t, hour, hour.Add(59*time.Minute)))
		assert.Empty(t, listing(t, hour, hour.Add(-time.Hour)))
	})
}

func TestObjectsCost(t *testing.T) {
	t.Parallel()

	for name, server := range servers {
		t.Run("a range costs a call a thousand objects, whatever lies around it, on "+name, func(t *testing.T) {
			t.Parallel()
			target := server(t)
			plain := clientOf(target, nil)
			bucket := newBucket(t, plain)
			put := func(key string) {
				_, err := plain.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader("x")})
				require.NoError(t, err)
			}
			var want []string
			for n := range 1100 {
				b := ports.ArchiveBatch{Shard: "0", First: ports.Position(fmt.Sprintf("%05d", n)), Last: "9", Arrival: hour}
				put("shop/" + b.Key())
				want = append(want, b.Key())
			}
			for _, around := range []time.Duration{-30 * 24 * time.Hour, -time.Hour, time.Hour, 30 * 24 * time.Hour} {
				put("shop/" + batch(hour.Add(around)).Key())
			}
			put("shop/" + batch(hour).Key() + ".tmp") // of somebody else
			put("shop/events/date=2026-05-04/hour=13/")
			put("other/" + batch(hour).Key())

			w := &wire{}
			a := s3archive.New(clientOf(target, w), bucket, "shop")
			var got []string
			for o, err := range a.Objects(t.Context(), hour, hour.Add(time.Hour)) {
				require.NoError(t, err)
				got = append(got, o.Key)
			}
			assert.Equal(t, want, got)
			assert.Len(t, w.asked, 2)
		})
	}
	t.Run("a caller who stops costs one call", func(t *testing.T) {
		t.Parallel()
		pages := 0
		w := &wire{trouble: func(*http.Request) (*http.Response, error) {
			pages++
			b := batch(hour)
			return xmlAnswer(fmt.Sprintf("<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>n</NextContinuationToken>"+
				"<Contents><Key>%s</Key><Size>7</Size></Contents></ListBucketResult>", b.Key())), nil
		}}
		a := s3archive.New(clientOf("http://s3.invalid", w), "shop", "")
		for o, err := range a.Objects(t.Context(), time.Time{}, time.Time{}) {
			require.NoError(t, err)
			assert.Equal(t, ports.ArchiveObject{Key: batch(hour).Key(), Size: 7}, o)
			break
		}
		assert.Equal(t, 1, pages)
	})
	t.Run("the pages end at the last hour, also where S3 has more", func(t *testing.T) {
		t.Parallel()
		w := &wire{trouble: func(*http.Request) (*http.Response, error) {
			return xmlAnswer(fmt.Sprintf("<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>n</NextContinuationToken>"+
				"<Contents><Key>%s</Key><Size>7</Size></Contents><Contents><Key>%s</Key><Size>7</Size></Contents></ListBucketResult>",
				batch(hour).Key(), batch(hour.Add(48*time.Hour)).Key())), nil
		}}
		a := s3archive.New(clientOf("http://s3.invalid", w), "shop", "")
		seen := 0
		for _, err := range a.Objects(t.Context(), time.Time{}, hour.Add(24*time.Hour)) {
			require.NoError(t, err)
			seen++
		}
		assert.Equal(t, []int{1, 1}, []int{seen, len(w.asked)})
	})
}

func xmlAnswer(body string) *http.Response {
	response := answered(http.StatusOK, "")
	response.Header.Set("Content-Type", "application/xml")
	response.Body, response.ContentLength = nopCloser(body), int64(len(body))
	return response
}

// keyUnder returns the key of the sample object under a prefix.
func keyUnder(prefix string) *string { return aws.String(prefix + batch(hour).Key()) }
