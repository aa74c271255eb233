package ports_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/evercart/evercart/ports"
)

func TestErrorsSayWhatWhereAndWhy(t *testing.T) {
	t.Parallel()
	cause := errors.New("at byte 7: want an object")
	c := added()
	for want, err := range map[string]error{
		"commit of cart/1 at version 3: format 3, this program reads format 2": &ports.FormatError{
			What: "commit of cart/1 at version 3", Got: "format 3", Want: "format 2",
		},
		"commit of cart/1 at version 3 is corrupt: at byte 7: want an object": &ports.CorruptError{What: "commit of cart/1 at version 3", Err: cause},
		"commit of cart/1: 500000 bytes, at most 409600 fit":                  &ports.TooLargeError{What: "commit of cart/1", Size: 500_000, Max: 409_600},
		"change of carts: 100 rows, at most 99 fit":                           &ports.TooLargeError{What: "change of carts", Size: 100, Max: 99, Unit: "rows"},
		`stream cart/1: version 3 is taken by command "key-1"`:                &ports.ConflictError{Stream: cart, Wanted: 3, Commit: c, Head: ports.HeadOf(&c)},
		"stream cart/1: invalid commit: at byte 7: want an object":            &ports.InvalidCommitError{Stream: cart, Err: cause},
		"2 records were not published, the first at index 4: at byte 7: want an object": &ports.UnpublishedError{
			Indexes: []int{4, 9}, Err: cause,
		},
	} {
		assert.EqualError(t, err, want)
	}
}

func TestErrorsKeepTheirCause(t *testing.T) {
	t.Parallel()
	cause := fmt.Errorf("kinesis: %w", ports.ErrUnavailable)
	for _, err := range []error{
		&ports.CorruptError{Err: cause}, &ports.InvalidCommitError{Err: cause}, &ports.UnpublishedError{Indexes: []int{0}, Err: cause},
	} {
		assert.ErrorIs(t, err, ports.ErrUnavailable)
	}
}

func TestNamesOfQuarantinedItemsAndTargets(t *testing.T) {
	t.Parallel()
	q := ports.Quarantined{Consumer: "carts", Shard: "shardId-000000000001", Position: "0007", Reason: "broken", At: time.Unix(1, 0)}
	assert.Equal(t, "carts.shardId-000000000001.0007", q.ID())
	same := q
	same.Reason, same.At, same.Payload = "still broken", time.Unix(2, 0), []byte("x")
	assert.Equal(t, q.ID(), same.ID(), "a record delivered again has the same ID")
	assert.Equal(t, "carts.2", ports.Target{Consumer: "carts", Generation: 2}.String())
}
