package powerloss_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"time"

	"github.com/evercart/evercart/adapters/memory"
	"github.com/evercart/evercart/adapters/sqlite"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
)

// settleWithin is how long the pipeline may take to have everything.
const settleWithin = time.Minute

// histories are carts by ID.
type histories map[string][]ports.Published

func (l *loaded) histories(ctx context.Context, store ports.EventStore) (histories, error) {
	all := histories{}
	for _, id := range l.carts {
		for e, err := range store.Read(ctx, ports.StreamID{Category: cart.Category, ID: id}, 1, math.MaxInt64) {
			if err != nil {
				return nil, err
			}
			all[id] = append(all[id], e)
		}
	}
	return all, nil
}

// image puts into folder what the disk may hold if the power went at an instant.
func (l *loaded) image(folder string, instant int, h honesty, dice *rand.Rand) error {
	if err := l.disk.after(instant, folder, h, dice); err != nil {
		return err
	}
	for _, o := range l.archived {
		if o.begun > instant || o.end > instant && dice.IntN(2) == 0 {
			continue
		}
		from, to := filepath.Join(l.folder, "archive", o.key), filepath.Join(folder, "archive", o.key)
		content, err := os.ReadFile(from)
		if err != nil {
			return err
		}
		if err := errors.Join(os.MkdirAll(filepath.Dir(to), 0o750), os.WriteFile(to, content, 0o600)); err != nil {
			return err
		}
	}
	return nil
}

// whole checks the databases of an image: SQLite calls each sound, every command
// that was acknowledged before the instant is there, and nothing is that was not
// written.
func (l *loaded) whole(ctx context.Context, folder string, instant int, truth histories) error {
	for _, name := range []string{"events.db", "feed.db", "views.db"} {
		if err := sound(ctx, filepath.Join(folder, name)); err != nil {
			return err
		}
	}
	store, err := sqlite.OpenEventStore(ctx, filepath.Join(folder, "events.db"))
	if err != nil {
		return err
	}
	have, err := l.histories(ctx, store)
	if err := errors.Join(err, store.Close()); err != nil {
		return err
	}
	for id, events := range have {
		if n := len(events); n > len(truth[id]) || !reflect.DeepEqual(events, truth[id][:n]) {
			return fmt.Errorf("cart %s is not as it was written", id)
		}
	}
	for _, a := range l.acked {
		if a.at > instant {
			continue
		}
		if n := len(have[a.cart]); n < int(a.version) {
			return fmt.Errorf("cart %s: version %d was acknowledged, and %d are left", a.cart, a.version, n)
		}
		if got := have[a.cart][a.version-1].CommandID; got != a.key {
			return fmt.Errorf("cart %s version %d is of command %s, acknowledged was %s", a.cart, a.version, got, a.key)
		}
	}
	return nil
}

func sound(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // it only read
	var verdict string
	if err := db.QueryRowContext(ctx, "PRAGMA integrity_check").Scan(&verdict); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if verdict != "ok" {
		return fmt.Errorf("%s: %s", path, verdict)
	}
	return nil
}

// resumes starts the installation on an image, lets a customer go on, and waits until
// verify finds nothing and the view has every cart.
func (l *loaded) resumes(ctx context.Context, folder string) (err error) {
	i, err := begin(ctx, folder, periods, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, i.stop()) }()
	if err := i.shop(ctx); err != nil {
		return err
	}
	deadline := time.Now().Add(settleWithin)
	for {
		fault := errors.Join(i.verified(ctx), i.projected(ctx, l.carts))
		if fault == nil || time.Now().After(deadline) {
			return fault
		}
		timer := time.NewTimer(20 * time.Millisecond)
		<-timer.C
	}
}

// shop opens a cart and fills it.
func (i *installation) shop(ctx context.Context) error {
	for n, c := range []cart.Command{cart.OpenCart{}, cart.AddItem{Item: "candle", Quantity: 1}} {
		if _, err := i.commands.Handle(ctx, &app.Request[cart.Command]{ID: "after-the-dark", Command: c, CommandID: fmt.Sprint(n)}); err != nil {
			return err
		}
	}
	return nil
}

// verified returns what verify finds. All is on its way for as long as the pipeline
// has not come to it.
func (i *installation) verified(ctx context.Context) error {
	report, err := app.NewVerifier(cart.Aggregate{}, app.VerifyPorts{
		Scanner: i.store, Archive: i.archive, Scratch: memory.NewScratch(), Now: time.Now,
	}).Verify(ctx)
	if err != nil {
		return err
	}
	if report.Count > 0 || report.Waiting > 0 {
		return fmt.Errorf("verify finds %d faults, %d missing: %v", report.Count, report.Waiting, report.Faults[:min(3, len(report.Faults))])
	}
	return nil
}

// projected returns an error unless the view has every cart at its head.
func (i *installation) projected(ctx context.Context, ids []string) error {
	for _, id := range append([]string{"after-the-dark"}, ids...) {
		stream := ports.StreamID{Category: cart.Category, ID: id}
		loaded, err := i.store.Load(ctx, stream, 0)
		if err != nil {
			return err
		}
		at, err := i.views.Checkpoints(ctx, ports.Target{Consumer: cart.CartsView{}.Name(), Generation: 1}, []ports.StreamID{stream})
		if err != nil {
			return err
		}
		if at[0].Version != loaded.Head.Version() || at[0].Parked != nil {
			return fmt.Errorf("the view has version %d of cart %s, which is at %d", at[0].Version, id, loaded.Head.Version())
		}
	}
	return nil
}
