package porttest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/evercart/evercart/ports"
)

// ViewCatalog returns the promises of ports.ViewCatalog.
func ViewCatalog() []Check[ports.ViewCatalog] {
	return []Check[ports.ViewCatalog]{
		{"a view without an entry has one of revision 0", absentEntryIsRevisionZero},
		{"every field of an entry is read back as written", entryRoundTrips},
		{"each save replaces the entry and adds one to its revision", entryIsReplaced},
		{"an entry saved over another revision is refused and changes nothing", movedEntryChangesNothing},
		{"entries come in the order of their names", entriesAreOrdered},
		{"of 32 writers of one entry exactly one wins each revision", oneSaverEachRevision},
		{"the catalog keeps no reference and gives none away", catalogKeepsNoReference},
		{"a dead context ends every call of a catalog", catalogHonoursDeadContexts},
	}
}

// fullEntry returns an entry with every field set, times in whole microseconds
// of UTC.
func fullEntry(name string) ports.ViewEntry {
	at := time.Date(2026, 5, 4, 3, 2, 1, 123_456_000, time.UTC)
	return ports.ViewEntry{
		Name: name, Live: 2,
		Generations: []ports.Generation{
			{Number: 2, Created: at, Flipped: at.Add(time.Hour)},
			{Number: 3, Created: at.Add(48 * time.Hour)},
			{Number: 12, Created: at.Add(96 * time.Hour), Flipped: at.Add(97 * time.Hour)},
		},
	}
}

func entryText(e ports.ViewEntry) string {
	text := fmt.Sprintf("%q revision %d live %d", e.Name, e.Revision, e.Live)
	for _, g := range e.Generations {
		text += fmt.Sprintf(", generation %d created %s flipped %s", g.Number, timeText(g.Created), timeText(g.Flipped))
	}
	return text
}

// expectEntry returns an error unless want is what both reads return for its
// name.
func expectEntry(ctx context.Context, c ports.ViewCatalog, want ports.ViewEntry) error {
	got, err := c.View(ctx, want.Name)
	if err != nil {
		return fmt.Errorf("view %s: %w", want.Name, err)
	}
	if err := sameText("view "+want.Name, entryText(got), entryText(want)); err != nil {
		return err
	}
	all, err := c.Views(ctx)
	if err != nil {
		return fmt.Errorf("views: %w", err)
	}
	for _, got := range all {
		if got.Name == want.Name {
			return sameText("views: "+want.Name, entryText(got), entryText(want))
		}
	}
	if want.Revision != 0 {
		return fmt.Errorf("views: %s is missing", want.Name)
	}
	return nil
}

func absentEntryIsRevisionZero(ctx context.Context, c ports.ViewCatalog) error {
	if err := c.SaveView(ctx, fullEntry("carts")); err != nil {
		return fmt.Errorf("save carts: %w", err)
	}
	return expectEntry(ctx, c, ports.ViewEntry{Name: "cart"})
}

func entryRoundTrips(ctx context.Context, c ports.ViewCatalog) error {
	west := fullEntry("west")
	west.Generations[0].Created = time.Date(2026, 12, 31, 23, 59, 59, 999_999_999, time.FixedZone("west", -8*3600))
	kept := fullEntry("west")
	kept.Generations[0].Created = time.Date(2027, 1, 1, 7, 59, 59, 999_999_000, time.UTC)
	for _, pair := range [][2]ports.ViewEntry{
		{fullEntry("carts"), fullEntry("carts")}, {{Name: "bare"}, {Name: "bare"}}, {west, kept},
	} {
		given, want := pair[0], pair[1]
		if err := c.SaveView(ctx, given); err != nil {
			return fmt.Errorf("save %s: %w", given.Name, err)
		}
		want.Revision = 1
		if err := expectEntry(ctx, c, want); err != nil {
			return err
		}
	}
	return nil
}

func entryIsReplaced(ctx context.Context, c ports.ViewCatalog) error {
	fewer := fullEntry("carts")
	fewer.Live, fewer.Generations = 3, fewer.Generations[1:2]
	for i, want := range []ports.ViewEntry{fullEntry("carts"), fewer, {Name: "carts"}, fullEntry("carts")} {
		want.Revision = int64(i)
		if err := c.SaveView(ctx, want); err != nil {
			return fmt.Errorf("save over revision %d: %w", i, err)
		}
		want.Revision++
		if err := expectEntry(ctx, c, want); err != nil {
			return err
		}
	}
	return nil
}

func movedEntryChangesNothing(ctx context.Context, c ports.ViewCatalog) error {
	stored := fullEntry("carts")
	for revision := range int64(2) {
		stored.Revision = revision
		if err := c.SaveView(ctx, stored); err != nil {
			return fmt.Errorf("save over revision %d: %w", revision, err)
		}
	}
	stored.Revision = 2
	for _, late := range []ports.ViewEntry{
		{Name: "carts", Revision: 0}, {Name: "carts", Revision: 1}, {Name: "carts", Revision: 3}, {Name: "absent", Revision: 1},
	} {
		late.Live = 9
		if err := c.SaveView(ctx, late); !errors.Is(err, ports.ErrViewMoved) {
			return fmt.Errorf("save %s over revision %d: got %v, want ErrViewMoved", late.Name, late.Revision, err)
		}
		if err := expectEntry(ctx, c, stored); err != nil {
			return err
		}
	}
	return expectEntry(ctx, c, ports.ViewEntry{Name: "absent"})
}

func entriesAreOrdered(ctx context.Context, c ports.ViewCatalog) error {
	if err := expectNames(ctx, c, nil); err != nil {
		return err
	}
	names := []string{"a", "a-b", "a0", "aa", "b10", "b9"}
	for i := range names {
		if err := c.SaveView(ctx, fullEntry(names[(i*5+2)%len(names)])); err != nil {
			return fmt.Errorf("save: %w", err)
		}
	}
	return expectNames(ctx, c, names)
}

func expectNames(ctx context.Context, c ports.ViewCatalog, want []string) error {
	all, err := c.Views(ctx)
	if err != nil {
		return fmt.Errorf("views: %w", err)
	}
	var got []string
	for _, e := range all {
		got = append(got, e.Name)
	}
	return sameText("names of the views", fmt.Sprint(got), fmt.Sprint(want))
}

func oneSaverEachRevision(ctx context.Context, c ports.ViewCatalog) error {
	for revision := range int64(10) {
		winner, err := oneWinner(race(racers, func(i int) error {
			return c.SaveView(ctx, ports.ViewEntry{Name: "carts", Revision: revision, Live: i + 1})
		}), ports.ErrViewMoved)
		if err != nil {
			return fmt.Errorf("savers over revision %d: %w", revision, err)
		}
		if err := expectEntry(ctx, c, ports.ViewEntry{Name: "carts", Revision: revision + 1, Live: winner + 1}); err != nil {
			return err
		}
	}
	return nil
}

func catalogKeepsNoReference(ctx context.Context, c ports.ViewCatalog) error {
	given := fullEntry("carts")
	if err := c.SaveView(ctx, given); err != nil {
		return fmt.Errorf("save: %w", err)
	}
	given.Generations[0].Number = 99
	one, err := c.View(ctx, "carts")
	if err != nil {
		return fmt.Errorf("view: %w", err)
	}
	all, err := c.Views(ctx)
	if err != nil {
		return fmt.Errorf("views: %w", err)
	}
	for _, e := range append(all, one) {
		for i := range e.Generations {
			if e.Generations[i].Number == 99 {
				return errors.New("the catalog kept the slice that save was given")
			}
			e.Generations[i].Number = 98
		}
	}
	want := fullEntry("carts")
	want.Revision = 1
	return expectEntry(ctx, c, want)
}

func catalogHonoursDeadContexts(ctx context.Context, c ports.ViewCatalog) error {
	if err := c.SaveView(ctx, fullEntry("carts")); err != nil {
		return fmt.Errorf("save: %w", err)
	}
	return honoursDeadContexts(ctx, []portCall{
		{"View", func(ctx context.Context) error { _, err := c.View(ctx, "carts"); return err }},
		{"Views", func(ctx context.Context) error { _, err := c.Views(ctx); return err }},
		{"SaveView", func(ctx context.Context) error { return c.SaveView(ctx, fullEntry("related")) }},
	})
}
