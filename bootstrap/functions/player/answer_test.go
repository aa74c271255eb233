package player

import (
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
)

func batchOf(n int) []record {
	batch := make([]record, n)
	for i := range batch {
		batch[i] = record{sequence: strconv.Itoa(100 + i), body: []byte(strconv.Itoa(i))}
	}
	return batch
}

func TestTheAnswerToAStreamsBatch(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer string
		want   int // of four records, the first that comes again
	}{
		"an empty list is success":                    {`{"batchItemFailures": []}`, 4},
		"no list is success":                          {`{"batchItemFailures": null}`, 4},
		"an empty object is success":                  {`{}`, 4},
		"null is success":                             {`null`, 4},
		"nothing is success":                          {``, 4},
		"the named record and all later ones fail":    {`{"batchItemFailures": [{"itemIdentifier": "102"}]}`, 2},
		"of several the lowest counts":                {`{"batchItemFailures": [{"itemIdentifier": "103"}, {"itemIdentifier": "101"}]}`, 1},
		"an empty identifier fails all":               {`{"batchItemFailures": [{"itemIdentifier": ""}]}`, 0},
		"a null identifier fails all":                 {`{"batchItemFailures": [{"itemIdentifier": null}]}`, 0},
		"an identifier under another name fails all":  {`{"batchItemFailures": [{"ItemIdentifier": "102"}]}`, 0},
		"an identifier that is none of it fails all":  {`{"batchItemFailures": [{"itemIdentifier": "102"}, {"itemIdentifier": "99"}]}`, 0},
		"what is no such object fails all":            {`"ok"`, 0},
		"what is not JSON fails all":                  {`{`, 0},
		"an identifier that is no string fails all":   {`{"batchItemFailures": [{"itemIdentifier": 102}]}`, 0},
		"a list whose items are no objects fails all": {`{"batchItemFailures": ["102"]}`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, c.want, firstFailed([]byte(c.answer), batchOf(4)))
		})
	}
}

// FuzzAnswer holds for any answer: what comes again begins within the batch, at the
// lowest record that it names, and at the first where Lambda could not tell.
func FuzzAnswer(f *testing.F) {
	for _, answer := range []string{``, `null`, `{"batchItemFailures": [{"itemIdentifier": "102"}]}`, `{"batchItemFailures": [{"itemIdentifier": null}, {}]}`} {
		f.Add([]byte(answer))
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		batch := batchOf(4)
		first := firstFailed(answer, batch)
		identifiers, ok := failuresIn(answer)
		known := 0
		for i := range batch {
			named := slices.Contains(identifiers, batch[i].sequence)
			assert.False(t, named && i < first, "record %d is named and does not come again", i)
			if named {
				known++
			}
		}
		switch {
		case !ok:
			assert.Zero(t, first)
		case len(identifiers) == 0:
			assert.Equal(t, len(batch), first)
		case known == 0:
			assert.Zero(t, first)
		case first > 0:
			assert.Contains(t, identifiers, batch[first].sequence)
		}
	})
}
