package envelope_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

func TestParseStoredPassesOverWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	c := older()
	stored := ` [ {"subject":{"a":[1]}, "data":{"a":1}, "new":[{"id":"2"}], "time":null, "schema":1, "type":"ItemAdded", "id":"\u0031"} ] `
	item := bare(c)
	events, err := envelope.ParseStored(nil, stored, &item)
	require.NoError(t, err)
	assert.Equal(t, []ports.Event{{ID: "1", Stream: c.Stream, Version: 2, Type: "ItemAdded", Schema: 1, Data: `{"a":1}`}}, events)
}

func TestParseStoredRefusesWhatIsCorrupt(t *testing.T) {
	t.Parallel()
	const good = `{"id":"1","type":"T","schema":1,"data":{}}`
	for name, c := range map[string]struct{ stored, want string }{
		"nothing":                 {``, "at byte 0: want an array, found the end"},
		"another value":           {good, "at byte 0: want an array, found an object"},
		"a cut text":              {`[` + good, "at byte 43: want ',' or ']', found the end"},
		"a text that goes on":     {`[` + good + `,` + good + `],`, "at byte 87: want the end, found ','"},
		"elements of other kinds": {`["a","b"]`, "at byte 1: want an object, found a string"},
		"no events":               {`[]`, "0 events for versions 7 to 8"},
		"an event too few":        {`[` + good + `]`, "1 events for versions 7 to 8"},
		"an event too many":       {`[` + good + `,` + good + `,` + good + `]`, "more than 2 events for versions 7 to 8"},
		"no ID":                   {`[{"type":"T","schema":1,"data":{}}]`, "no member id"},
		"an empty ID":             {`[{"id":"","type":"T","schema":1,"data":{}}]`, "an empty id"},
		"no type":                 {`[{"id":"1","schema":1,"data":{}}]`, "no member type"},
		"an empty type":           {`[{"id":"1","type":"","schema":1,"data":{}}]`, "an empty type"},
		"no schema":               {`[{"id":"1","type":"T","data":{}}]`, "no member schema"},
		"schema 0":                {`[{"id":"1","type":"T","schema":0,"data":{}}]`, "want a schema from 1 to 2147483647, found 0"},
		"a schema beyond 32 bits": {`[{"id":"1","type":"T","schema":2147483648,"data":{}}]`, "want a schema from 1 to 2147483647, found 2147483648"},
		"a schema as text":        {`[{"id":"1","type":"T","schema":"1","data":{}}]`, "want an integer, found a string"},
		"no data":                 {`[{"id":"1","type":"T","schema":1}]`, "no member data"},
		"data that is null":       {`[{"id":"1","type":"T","schema":1,"data":null}]`, "no member data"},
		"data as text":            {`[{"id":"1","type":"T","schema":1,"data":"{}"}]`, "want an object, found a string"},
		"data with white space":   {`[{"id":"1","type":"T","schema":1,"data":{ }}]`, "want compact JSON, found white space"},
		"data too deep":           {`[{"id":"1","type":"T","schema":1,"data":` + deepData(33) + `}]`, "nested too deep"},
		"a member twice":          {`[{"id":"1","id":"1","type":"T","schema":1,"data":{}}]`, "a second member id"},
		"a day that is none":      {`[{"id":"1","time":"2026-02-29T00:00:00.000000Z"}]`, `found "2026-02-29T00:00:00.000000Z"`},
		"a time without fraction": {`[{"id":"1","time":"2026-02-28T00:00:00Z"}]`, `want a time such as 2006-01-02T15:04:05.000000Z, found "2026-02-28T00:00:00Z"`},
		"metadata of other kinds": {`[{"id":"1","actor":1}]`, "want a string, found a number"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			item := bare(ours())
			slab := make([]ports.Event, 1, 8)
			slab[0].ID = "before"
			events, err := envelope.ParseStored(slab, c.stored, &item)
			var corrupt *ports.CorruptError
			require.ErrorAs(t, err, &corrupt)
			assert.Equal(t, "commit of cart/0198b0f4-7a10-7c3e-8d41-2f6a9c1e5b70 at version 7", corrupt.What)
			assert.ErrorContains(t, corrupt.Err, c.want)
			assert.Equal(t, slab, events, "the slab is as it was")
			assert.Zero(t, slab[:2][1], "nothing is left behind it")
		})
	}
}

func TestParseStoredRefusesAnItemWithImpossibleVersions(t *testing.T) {
	t.Parallel()
	for _, c := range []ports.Commit{{First: 0, Last: 0}, {First: -1, Last: 0}, {First: 2, Last: 1}, {First: 1<<63 - 1, Last: 1}} {
		c.Stream = stream
		_, err := envelope.ParseStored(nil, `[{"id":"1","type":"T","schema":1,"data":{}}]`, &c)
		assert.ErrorContains(t, err, "it has versions")
	}
}

func TestAppendStoredRefusesWhatCouldNotBeRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(c *ports.Commit)
		want   string
	}{
		"a commit that does not validate":   {func(c *ports.Commit) { c.Last++ }, "versions 7 to 9 for 2 events"},
		"data that is not compact":          {func(c *ports.Commit) { c.Events[1].Data = `{ }` }, "event 2: data: at byte 1: want compact JSON"},
		"no data":                           {func(c *ports.Commit) { c.Events[0].Data = "" }, "event 1: data: at byte 0: want an object, found the end"},
		"an ID that is not UTF-8":           {func(c *ports.Commit) { c.Events[0].ID = "\xff" }, "event 1: id is not valid UTF-8"},
		"an actor that is not UTF-8":        {func(c *ports.Commit) { c.Events[0].Actor = "a\xc3" }, "event 1: actor is not valid UTF-8"},
		"a time with nanoseconds":           {func(c *ports.Commit) { c.Events[0].Time = time.Unix(0, 1) }, "event 1: time "},
		"a time in a year of five digits":   {func(c *ports.Commit) { c.Events[0].Time = time.Date(10000, 1, 2, 0, 0, 0, 0, time.UTC) }, "event 1: time "},
		"a schema that the reader refuses":  {func(c *ports.Commit) { c.Events[0].Schema = 1 << 31 }, "event 1: schema 2147483648: want 1 to 2147483647"},
		"a traceparent that is not UTF-8":   {func(c *ports.Commit) { c.Events[0].Traceparent = "\xff" }, "event 1: traceparent is not valid UTF-8"},
		"a correlation ID that isn't UTF-8": {func(c *ports.Commit) { c.Events[0].CorrelationID = "\xff" }, "event 1: correlationid is not valid UTF-8"},
		"a causation ID that is not UTF-8":  {func(c *ports.Commit) { c.Events[0].CausationID = "\xff" }, "event 1: causationid is not valid UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			commit := ours()
			c.change(&commit)
			dst, err := envelope.AppendStored([]byte("before"), &commit)
			assert.ErrorContains(t, err, c.want)
			assert.ErrorContains(t, err, "stored form: commit of cart/0198b0f4-7a10-7c3e-8d41-2f6a9c1e5b70")
			assert.Equal(t, "before", string(dst))
		})
	}
}

func TestTimesAreStoredInUTC(t *testing.T) {
	t.Parallel()
	c := ours()
	want := c.Events[0].Time
	c.Events[0].Time = want.In(time.FixedZone("CEST", 7200))
	stored, err := envelope.AppendStored(nil, &c)
	require.NoError(t, err)
	item := bare(c)
	events, err := envelope.ParseStored(nil, string(stored), &item)
	require.NoError(t, err)
	assert.Equal(t, want, events[0].Time)
}
