package envelope_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// line is the wire form of an event that has no optional attribute but the
// partition key.
const line = `{"specversion":"1.0","id":"1","source":"/s","type":"evercart.cart.ItemAdded.v2","subject":"cart/a","sequence":"00000000000000000002",` +
	`"partitionkey":"cart/a","commitfirst":"00000000000000000001","commitlast":"00000000000000000003","data":{"a":"<\u00e9>"}}`

func TestParseWireReadsAttributesInAnyOrderWithUnknownOnesBetween(t *testing.T) {
	t.Parallel()
	want, err := envelope.ParseWire(line)
	require.NoError(t, err)
	assert.Equal(t, `{"a":"<\u00e9>"}`, want.Data, "data keeps its bytes")
	got, err := envelope.ParseWire("\n" + `{ "data": {"a":"<\u00e9>"}, "commitlast":"00000000000000000003", "dataschema":"x", "commitfirst":"00000000000000000001",
		"partitionkey":null, "time":null, "actor":null, "sequence":"00000000000000000002", "subject":"cart\/a", "schema":{"a":[]},
		"datacontenttype":"application/json", "type":"evercart.cart.ItemAdded.v2", "source":"/s", "id":"1", "specversion":"1.0" }` + "\r\n")
	require.NoError(t, err)
	assert.Equal(t, want, got)
}

func TestParseWireRefusesWhatIsCorrupt(t *testing.T) {
	t.Parallel()
	_, err := envelope.ParseWire(line)
	require.NoError(t, err)
	without := func(member string) string { return `"x-` + member[1:] }
	for name, c := range map[string]struct{ old, new, want string }{
		"a cut line":                          {`>"}}`, `>"}`, "want ',' or '}', found the end"},
		"a line that goes on":                 {`>"}}`, `>"}} 1`, "want the end, found a number"},
		"no specversion":                      {`"specversion"`, without(`"specversion"`), "no member specversion"},
		"no ID":                               {`"id"`, without(`"id"`), "no member id"},
		"an empty ID":                         {`"id":"1"`, `"id":""`, "an empty id"},
		"no source":                           {`"source"`, without(`"source"`), "no member source"},
		"an empty source":                     {`"/s"`, `""`, "an empty source"},
		"no type":                             {`"type"`, without(`"type"`), "no member type"},
		"a type that is null":                 {`"evercart.cart.ItemAdded.v2"`, `null`, "no member type"},
		"no subject":                          {`"subject"`, without(`"subject"`), "no member subject"},
		"a subject without a category":        {`"subject":"cart/a"`, `"subject":"a"`, "want category/ID"},
		"a subject of another kind":           {`"subject":"cart/a"`, `"subject":1`, "want a string, found a number"},
		"a type of another kind":              {`"evercart.cart.ItemAdded.v2"`, `7`, "want a string, found a number"},
		"a subject with a bad ID":             {`"subject":"cart/a"`, `"subject":"cart/ä"`, "stream ID"},
		"no sequence":                         {`"sequence"`, without(`"sequence"`), "no member sequence"},
		"a sequence as a number":              {`"00000000000000000002"`, `2`, "want a string, found a number"},
		"a sequence in other digits":          {`"00000000000000000002"`, `"2"`, `want sequence as 20 digits, from 1, found "2"`},
		"a sequence before the commit":        {`first":"00000000000000000001"`, `first":"00000000000000000003"`, "version 2 of a commit of versions 3 to 3"},
		"a sequence after the commit":         {`last":"00000000000000000003"`, `last":"00000000000000000001"`, "version 2 of a commit of versions 1 to 1"},
		"no first version of the commit":      {`"commitfirst"`, without(`"commitfirst"`), "no member commitfirst"},
		"no last version of the commit":       {`"commitlast"`, without(`"commitlast"`), "no member commitlast"},
		"a partition key of another stream":   {`"partitionkey":"cart/a"`, `"partitionkey":"cart/b"`, `partition key "cart/b", but the subject cart/a`},
		"an empty partition key":              {`"partitionkey":"cart/a"`, `"partitionkey":""`, `partition key "", but the subject cart/a`},
		"a type of another category":          {`evercart.cart.`, `evercart.order.`, "a type of category order, but the subject cart/a"},
		"no data":                             {`"data"`, `"data_base64":"e30=","x"`, "no member data"},
		"data that is no object":              {`{"a":"<\u00e9>"}`, `[]`, "want an object, found an array"},
		"data with white space":               {`{"a":`, `{"a": `, "want compact JSON, found white space"},
		"an attribute twice":                  {`"id":"1"`, `"id":"1","id":"1"`, "a second member id"},
		"a time of another form":              {`"id"`, `"time":"2026-01-01T00:00:00+01:00","id"`, "want a time such as"},
		"a fingerprint in capitals":           {`"id"`, `"fingerprint":"0123456789ABCDEF","id"`, "want fingerprint as 16 lower-case hex digits"},
		"a fingerprint too short":             {`"id"`, `"fingerprint":"0123","id"`, "want fingerprint as 16 lower-case hex digits"},
		"a hash that is too short":            {`"id"`, `"commithash":"00","id"`, "want commithash as 64 lower-case hex digits"},
		"a command ID of another kind":        {`"id"`, `"commandid":7,"id"`, "want a string, found a number"},
		"a broken attribute that is not ours": {`"id"`, `"x":tru,"id"`, "want true"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changed := strings.Replace(line, c.old, c.new, 1)
			require.NotEqual(t, line, changed)
			p, err := envelope.ParseWire(changed)
			var corrupt *ports.CorruptError
			require.ErrorAs(t, err, &corrupt)
			assert.ErrorContains(t, corrupt.Err, c.want)
			assert.Zero(t, p)
		})
	}
}

func TestParseWireRefusesFormsThatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ old, new, got string }{
		"a newer specversion":            {`"1.0"`, `"2.0"`, `specversion "2.0"`},
		"another content type":           {`"id"`, `"datacontenttype":"text/xml","id"`, `datacontenttype "text/xml"`},
		"a type that is not Evercart's":  {`evercart.cart.ItemAdded.v2`, `com.example.Thing`, `type "com.example.Thing"`},
		"a type without a schema":        {`ItemAdded.v2`, `ItemAdded`, `type "evercart.cart.ItemAdded"`},
		"a type without a name":          {`cart.ItemAdded.v2`, `cart..v2`, `type "evercart.cart..v2"`},
		"a type with a name too many":    {`cart.ItemAdded.v2`, `cart.Item.Added.v2`, `type "evercart.cart.Item.Added.v2"`},
		"a type with schema 0":           {`ItemAdded.v2`, `ItemAdded.v0`, `type "evercart.cart.ItemAdded.v0"`},
		"a type with a padded schema":    {`ItemAdded.v2`, `ItemAdded.v02`, `type "evercart.cart.ItemAdded.v02"`},
		"a type with a schema of 33 bit": {`ItemAdded.v2`, `ItemAdded.v4294967296`, `type "evercart.cart.ItemAdded.v4294967296"`},
		"a type with an empty schema":    {`ItemAdded.v2`, `ItemAdded.v`, `type "evercart.cart.ItemAdded.v"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := envelope.ParseWire(strings.Replace(line, c.old, c.new, 1))
			var format *ports.FormatError
			require.ErrorAs(t, err, &format)
			assert.Equal(t, c.got, format.Got)
			assert.NotEmpty(t, format.Want)
			assert.Contains(t, format.What, "event")
		})
	}
}

func TestParseWireNamesTheEventThatItRefuses(t *testing.T) {
	t.Parallel()
	_, err := envelope.ParseWire(strings.Replace(line, `"data":{`, `"data":[`, 1))
	var corrupt *ports.CorruptError
	require.ErrorAs(t, err, &corrupt)
	assert.Equal(t, "event of cart/a at version 2", corrupt.What)
	_, err = envelope.ParseWire("")
	require.ErrorAs(t, err, &corrupt)
	assert.Equal(t, "event", corrupt.What)
}

func TestAppendWireRefusesWhatCouldNotBeRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(p *ports.Published)
		want   string
	}{
		"no stream":                      {func(p *ports.Published) { p.Stream = ports.StreamID{} }, "stream category"},
		"no ID":                          {func(p *ports.Published) { p.ID = "" }, "no id"},
		"no source":                      {func(p *ports.Published) { p.Source = "" }, "no source"},
		"a source that is not UTF-8":     {func(p *ports.Published) { p.Source = "\xff" }, "source is not valid UTF-8"},
		"a command ID that is not UTF-8": {func(p *ports.Published) { p.CommandID = "\xff" }, "commandid is not valid UTF-8"},
		"a type with a dot":              {func(p *ports.Published) { p.Type = "Item.Added" }, `type "Item.Added"`},
		"no type":                        {func(p *ports.Published) { p.Type = "" }, `type ""`},
		"schema 0":                       {func(p *ports.Published) { p.Schema = 0 }, "schema 0"},
		"version 0":                      {func(p *ports.Published) { p.Version, p.CommitFirst = 0, 0 }, "version 0 of a commit of versions 0 to 8"},
		"a version before its commit":    {func(p *ports.Published) { p.Version = 6 }, "version 6 of a commit of versions 7 to 8"},
		"a version after its commit":     {func(p *ports.Published) { p.Version = 9 }, "version 9 of a commit of versions 7 to 8"},
		"a time with nanoseconds":        {func(p *ports.Published) { p.Time = p.Time.Add(1) }, "want whole microseconds"},
		"data that is no object":         {func(p *ports.Published) { p.Data = `1` }, "data: at byte 0: want an object, found a number"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			commit := ours()
			p := commit.Published(source)[0]
			c.change(&p)
			dst, err := envelope.AppendWire([]byte("before"), &p)
			assert.ErrorContains(t, err, "wire form: event of "+p.Stream.String())
			assert.ErrorContains(t, err, c.want)
			assert.Equal(t, "before", string(dst))
		})
	}
}
