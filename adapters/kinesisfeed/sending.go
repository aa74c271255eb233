package kinesisfeed

import (
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/evercart/evercart/ports"
)

// Limits of Kinesis. A record's size is that of its data and its key. Kinesis
// takes 10 MiB a call now, and took 5 before.
const (
	maxRecordBytes = 1 << 20
	maxCallRecords = 500
	maxCallBytes   = 5 << 20
	maxKeyChars    = 256
)

// sending is how far one Publish is.
type sending struct {
	records []ports.Outgoing
	waiting []int          // indexes of the records not known to be on the feed, ascending
	barred  map[string]int // for a key with a record that can never be sent: that record's index
	never   map[int]error  // why those records cannot
	causes  []error        // why records stay behind
}

func newSending(records []ports.Outgoing) *sending {
	s := &sending{records: records, waiting: make([]int, len(records)), barred: map[string]int{}, never: map[int]error{}}
	for i := range records {
		s.waiting[i] = i
		key := records[i].Key
		if _, already := s.barred[key]; already {
			continue
		}
		if err := check(&records[i]); err != nil {
			s.barred[key], s.never[i] = i, err
			if len(s.causes) == 0 {
				s.fail(err)
			}
		}
	}
	return s
}

// check returns an error that says why Kinesis can never take o, or nil.
func check(o *ports.Outgoing) error {
	if chars := utf8.RuneCountInString(o.Key); chars < 1 || chars > maxKeyChars {
		return fmt.Errorf("key %.300q: want 1 to %d characters", o.Key, maxKeyChars)
	}
	if size(o) > maxRecordBytes {
		return &ports.TooLargeError{What: "event of " + o.Key, Size: size(o), Max: maxRecordBytes}
	}
	return nil
}

func size(o *ports.Outgoing) int { return len(o.Data) + len(o.Key) }

// wave returns the indexes of the next call's records: the first that waits of
// each key, as far as the limits of a call allow. It returns none when nothing is
// left that can be sent.
func (s *sending) wave() []int {
	var wave []int
	bytes := 0
	taken := make(map[string]bool, min(len(s.waiting), maxCallRecords))
	for _, i := range s.waiting {
		o := &s.records[i]
		if at, ok := s.barred[o.Key]; taken[o.Key] || ok && i >= at {
			continue
		}
		bytes += size(o)
		if len(wave) == maxCallRecords || bytes > maxCallBytes {
			break
		}
		taken[o.Key] = true
		wave = append(wave, i)
	}
	return wave
}

// done notes that the records at the indexes of sent, ascending, are on the feed.
func (s *sending) done(sent []int) {
	if len(sent) == 0 {
		return
	}
	s.waiting = slices.DeleteFunc(s.waiting, func(i int) bool {
		_, found := slices.BinarySearch(sent, i)
		return found
	})
}

// fail notes a cause for which records stay behind.
func (s *sending) fail(cause error) { s.causes = append(s.causes, cause) }

// outcome returns nil if all records are on the feed, and otherwise names those
// that are not known to be.
func (s *sending) outcome(stream string) error {
	if len(s.waiting) == 0 {
		return nil
	}
	return &ports.UnpublishedError{
		Indexes: s.waiting, Never: s.never,
		Err: fmt.Errorf("kinesisfeed: publish to %s: %w", stream, errors.Join(s.causes...)),
	}
}
