package cart

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
)

// FuzzPayload reads arbitrary payloads as every form, by the scanner and by
// encoding/json: what the scanner takes, encoding/json takes, and it means the
// same. Where only encoding/json takes it (null, half a surrogate pair, deep
// nesting, a repeated key whose first value is of another kind), its word counts.
func FuzzPayload(f *testing.F) {
	files, err := filepath.Glob("testdata/events/*.json")
	if err != nil || len(files) == 0 {
		f.Fatal("no golden files", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
	}
	for _, data := range []string{
		`{"item":"a\u00e9\n","quantity":-0,"unit_price":{"amount":1,"currency":"EUR","x":[]},"item":null}`,
		`{"lines":[{"item":"","quantity":1,"unit_price":null,"Item":"x"}],"lines":null,"total":{"amount":null}}`,
		`{"item":"\ud83c\udf75","items":12,"owner":"\u2028","quantity":1E1}`,
		`{"item":"\ud83c","items":01}`, "{\"owner\":\"\xc3\"}", `{"":{},"quantity":9223372036854775807}`,
	} {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data string) {
		for _, known := range []form{
			{must: fieldItemName},
			{may: fieldOwner},
			{must: fieldItem | fieldQuantity, may: fieldUnitPrice},
			{must: fieldLines, may: fieldTotal},
			{must: fieldItems, may: fieldOwner},
		} {
			var scanned payload
			scanErr := scanned.scan(data, known.must|known.may)
			decoded, jsonErr := decode(data, known.must|known.may)
			if scanErr == nil && jsonErr != nil {
				t.Fatalf("%q: the scanner takes it, encoding/json does not: %v", data, jsonErr)
			}
			if scanErr == nil && !reflect.DeepEqual(scanned, decoded) {
				t.Fatalf("%q: the scanner reads %+v, encoding/json %+v", data, scanned, decoded)
			}
		}
		for _, eventType := range []string{NameCartOpened, NameItemAdded, NameItemQuantityChanged, NameItemRemoved, NameCartClosed, NameShopperReminded} {
			checkRead(t, &ports.Event{Type: eventType, Schema: Schema, Data: data})
		}
	})
}

// checkRead checks that reading yields an event or a typed error, and that what
// was read is written and read again unchanged.
func checkRead(t *testing.T, stored *ports.Event) {
	t.Helper()
	e, err := Aggregate{}.Decode(stored)
	if err != nil {
		var corrupt *ports.CorruptError
		if !errors.As(err, &corrupt) {
			t.Fatalf("%q: %T is no CorruptError: %v", stored.Data, err, err)
		}
		return
	}
	eventType, schema, data := Aggregate{}.Encode(e)
	again, err := Aggregate{}.Decode(&ports.Event{Type: eventType, Schema: schema, Data: data})
	if err != nil || !reflect.DeepEqual(e, again) {
		t.Fatalf("%q: read %+v, written and read again %+v, %v", stored.Data, e, again, err)
	}
}

func TestTheScannerTakesEveryStoredFormItself(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/events/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		var p payload
		assert.NoError(t, p.scan(string(data), ^fields(0)), file)
	}
}

// FuzzSnapshot reads arbitrary snapshots: what is taken is written and read again
// unchanged, and nothing else than a CorruptError is said of the rest.
func FuzzSnapshot(f *testing.F) {
	golden, err := os.ReadFile("testdata/fold.1.golden")
	if err != nil {
		f.Fatal(err)
	}
	for line := range strings.Lines(string(golden)) {
		f.Add(strings.TrimSpace(line))
	}
	f.Fuzz(func(t *testing.T, data string) {
		s, err := Aggregate{}.ReadSnapshot(data)
		if err != nil {
			var corrupt *ports.CorruptError
			if !errors.As(err, &corrupt) {
				t.Fatalf("%q: %T is no CorruptError: %v", data, err, err)
			}
			return
		}
		written := Aggregate{}.AppendSnapshot(nil, s)
		again, err := Aggregate{}.ReadSnapshot(string(written))
		if err != nil || string(Aggregate{}.AppendSnapshot(nil, again)) != string(written) {
			t.Fatalf("%q: written as %s, read again as %+v, %v", data, written, again, err)
		}
	})
}
