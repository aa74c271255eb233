package simulation_test

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"time"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/ports"
)

// archive is the archive's bucket: in memory, behind a network.
type archive struct {
	w *world
	*memory.Archive
}

// WriteObject implements ports.Archive.
func (a *archive) WriteObject(ctx context.Context, batch ports.ArchiveBatch, lines [][]byte) (out ports.ArchiveObject, err error) {
	err = ask(ctx, a.w, "archive", "write "+batch.Key(), func() error {
		var err error
		out, err = a.Archive.WriteObject(context.WithoutCancel(ctx), batch, lines)
		return err
	})
	return out, err
}

// Objects implements ports.Archive: one call.
func (a *archive) Objects(ctx context.Context, from, to time.Time) iter.Seq2[ports.ArchiveObject, error] {
	return func(yield func(ports.ArchiveObject, error) bool) {
		var objects []ports.ArchiveObject
		err := ask(ctx, a.w, "archive", "list", func() error {
			for o, err := range a.Archive.Objects(context.WithoutCancel(ctx), from, to) {
				if err != nil {
					return err
				}
				objects = append(objects, o)
			}
			return nil
		})
		for _, o := range objects {
			if err != nil || !yield(o, nil) {
				break
			}
		}
		if err != nil {
			yield(ports.ArchiveObject{}, err)
		}
	}
}

// Lines implements ports.Archive: one call an object.
func (a *archive) Lines(ctx context.Context, key string) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		var lines [][]byte
		err := ask(ctx, a.w, "archive", "read "+key, func() error {
			for line, err := range a.Archive.Lines(context.WithoutCancel(ctx), key) {
				if err != nil {
					return err
				}
				lines = append(lines, line)
			}
			return nil
		})
		if err != nil {
			yield(nil, err)
			return
		}
		for _, line := range lines {
			if !yield(line, nil) {
				return
			}
		}
	}
}

// failures is the bucket of batches that mappings gave up. Each object is told to
// the function replay, which hands its records to their function again; Lambda
// tries an event three times, and then an operator must.
type failures struct {
	w       *world
	objects map[string][]byte
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
	key := fmt.Sprintf("failure-%d", len(b.objects)+1)
	b.objects[key] = content
	b.tell(key, 3)
}

// tell hands the event of an object to the function.
func (b *failures) tell(key string, tries int) {
	b.waiting++
	b.w.at(b.w.between(100*time.Millisecond, 2*time.Minute), func() {
		event := fmt.Sprintf(`{"Records":[{"eventSource":"aws:s3","s3":{"bucket":{"name":"failures"},"object":{"key":%q}}}]}`, key)
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
		b.tell(key, 3)
	}
}

func (b *failures) fetch(ctx context.Context, _, key string) (content []byte, err error) {
	err = ask(ctx, b.w, "failures", "read "+key, func() error { content = b.objects[key]; return nil })
	return content, err
}
