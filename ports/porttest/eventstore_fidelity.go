package porttest

import (
	"context"
	"strings"
	"time"

	"github.com/evercart/evercart/ports"
)

func fidelityChecks() []Check[ports.EventStore] {
	return []Check[ports.EventStore]{
		{"data is kept byte for byte", keepsData},
		{"times keep their microseconds", keepsTimes},
		{"metadata is kept", keepsMetadata},
	}
}

// stores appends one event for each change of a sample event and judges that all
// come back as they were, from Load and from Read.
func stores(ctx context.Context, store ports.EventStore, changes ...func(e *ports.Event)) error {
	h, err := Fill(ctx, store, Stream(1))
	if err != nil {
		return err
	}
	c := Commit(h.End(), "command", len(changes))
	for i, change := range changes {
		change(&c.Events[i])
	}
	end, err := store.Append(ctx, h.End(), c.Clone())
	if err != nil {
		return err
	}
	h.Commits, h.Heads = append(h.Commits, c), append(h.Heads, end)
	if err := holds(ctx, store, &h); err != nil {
		return err
	}
	return readsRange(ctx, store, &h, 1, c.Last)
}

func keepsData(ctx context.Context, store ports.EventStore) error {
	var changes []func(*ports.Event)
	for _, data := range []string{
		`{}`,
		`{"html":"<script>&'</script>"}`,
		`{"unicode":"Grüße, 茶, 🫖, é as e\u0301 and é"}`,
		`{"escapes":"\u003c \u00e9 \ud83e\uded6 \/ \b\f\n\r\t \\ \" \u0000"}`,
		"{\"separators\":\"\u2028 and \u2029\"}",
		`{"numbers":[0,-0,1.0,1.50,1e2,1E+2,9007199254740993,123456789012345678901234567890]}`,
		`{"z":1,"a":2,"m":{"b":[],"a":{}},"":null}`,
		`{"text":"` + strings.Repeat("long ", 2000) + `"}`,
	} {
		changes = append(changes, func(e *ports.Event) { e.Data = data })
	}
	return stores(ctx, store, changes...)
}

func keepsTimes(ctx context.Context, store ports.EventStore) error {
	var changes []func(*ports.Event)
	for _, at := range []time.Time{
		time.Date(1970, 1, 1, 0, 0, 0, 1000, time.UTC),
		time.Date(2026, 2, 28, 23, 59, 59, 999_999_000, time.UTC),
		time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC),
		time.Date(2026, 3, 1, 0, 0, 0, 123_456_000, time.UTC),
		time.Date(2026, 3, 1, 0, 0, 0, 120_000_000, time.UTC),
		time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC),
	} {
		changes = append(changes, func(e *ports.Event) { e.Time = at })
	}
	return stores(ctx, store, changes...)
}

func keepsMetadata(ctx context.Context, store ports.EventStore) error {
	return stores(ctx, store,
		func(e *ports.Event) { e.Metadata = ports.Metadata{CommandID: e.CommandID} },
		func(e *ports.Event) { e.CorrelationID = `"<quoted>" \ & 茶` },
		func(e *ports.Event) { e.CausationID = strings.Repeat("c", 255) },
		func(e *ports.Event) { e.Traceparent = "" },
		func(e *ports.Event) { e.Actor = strings.Repeat("é", 256) },
		func(e *ports.Event) { e.Type, e.Schema = "X9"+strings.Repeat("y", 62), 1<<31-1 },
		func(e *ports.Event) { e.ID = "an older store's own: 7/ü" },
	)
}
