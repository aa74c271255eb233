package simulation_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// failures is the bucket of batches that mappings gave up. Each object is told to
// the function replay, which hands its records to their function again; Lambda
// tries an event three times, and then an operator must.
type failures struct {
	w       *world
	bucket  *bucket
	given   []string // keys for the operator
	waiting int      // events under way
}

func (b *failures) put(f *function, payload []byte) {
	content, err := json.Marshal(map[string]any{
		"requestContext": map[string]string{"functionArn": f.arn()}, "payload": string(payload),
	})
	if err != nil {
		panic(err) // these are strings
	}
	key := fmt.Sprintf("failure-%d", len(b.bucket.objects)+1)
	b.bucket.put(key, content)
	b.tell(key, 3)
}

// tell hands the event of an object to the function.
func (b *failures) tell(key string, tries int) {
	b.waiting++
	b.w.at(b.w.between(100*time.Millisecond, 2*time.Minute), func() {
		event := fmt.Sprintf(`{"Records":[{"eventSource":"aws:s3","s3":{"bucket":{"name":%q},"object":{"key":%q}}}]}`, b.bucket.name, key)
		b.w.replay.invoke([]byte(event), func(_ []byte, err error) {
			b.waiting--
			switch {
			case err == nil:
			case tries > 1:
				b.tell(key, tries-1)
			default:
				b.given = append(b.given, key)
			}
		})
	})
}

// operate has the operator look after what Lambda gave up for good.
func (b *failures) operate() {
	given := b.given
	b.given = nil
	for _, key := range given {
		b.w.plan.count("operator: failed batch redriven")
		b.tell(key, 3)
	}
}

// fetch reads an object as the function replay does.
func (a *account) fetch(ctx context.Context, bucket, key string) ([]byte, error) {
	answer, err := a.objects.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	return io.ReadAll(answer.Body)
}
