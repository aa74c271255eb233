package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"time"

	"github.com/evercart/evercart/bootstrap"
	"github.com/evercart/evercart/bootstrap/demo"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
)

type demoCommand struct {
	Carts int    `help:"How many carts, 1 to 100000." default:"200" placeholder:"N"`
	Seed  uint64 `help:"The same seed makes the same carts." default:"1" placeholder:"N"`
	Weeks int    `help:"Over how many weeks, 1 to 520." default:"6" placeholder:"N"`
	Until string `help:"When the last week ends (RFC 3339); with it, the same seed makes the same events to the byte. Default: now, but before outward handlers tell of anything." placeholder:"TIME"`
	Force bool   `help:"Put the carts beside those that are there."`
}

// Help is shown by 'evercart demo --help'.
func (*demoCommand) Help() string {
	return `Fills the store with made-up carts over some past weeks: opened, filled, changed, left alone,
reminded, closed. It may run beside a server, which archives them and shows them in its views.

  evercart demo --carts 200 --seed 42

A store that holds carts is refused without --force. Nobody outside is told of these carts: all events
are older than what outward handlers tell of. A cart left open is from then on a cart as any other.`
}

// Run fills the store.
func (c *demoCommand) Run(ctx context.Context, out *output, config bootstrap.Config) error {
	switch {
	case c.Carts < 1 || c.Carts > 100_000:
		return usage(fmt.Errorf("--carts %d: want 1 to 100000", c.Carts))
	case c.Weeks < 1 || c.Weeks > 520:
		return usage(fmt.Errorf("--weeks %d: want 1 to 520", c.Weeks))
	case config.Backend == bootstrap.BackendMemory:
		return usage(errors.New("a demo in memory would be gone at once: use another --backend"))
	}
	var until time.Time
	if c.Until != "" {
		var err error
		if until, err = time.Parse(time.RFC3339, c.Until); err != nil {
			return usage(fmt.Errorf("--until %q: want an RFC 3339 time such as 2026-01-31T12:00:00Z", c.Until))
		}
	}
	return operateNew(ctx, out, config, func(ctx context.Context, op *bootstrap.Operator) error {
		if err := c.checkEmpty(ctx, op, config.Backend); err != nil {
			return err
		}
		now := op.Now().UTC()
		until, err := untilWhen(ctx, op, until, now)
		if err != nil {
			return err
		}
		steps := demo.Plan(demo.Options{
			Carts: c.Carts, Seed: c.Seed, Weeks: c.Weeks, Until: until, RemindAfter: config.RemindAfter, Now: now,
		})
		show := startProgress(out, "filling", "commands", int64(len(steps)))
		filled, err := demo.Fill(ctx, op.Store, c.Seed, config.SnapshotEvery, steps, func(done int) { show.Set(int64(done)) })
		show.Done()
		if err != nil {
			return err
		}
		return out.filled(&filled, c.Seed, until, &config)
	})
}

// checkEmpty refuses a store that holds carts, unless that is wanted.
func (c *demoCommand) checkEmpty(ctx context.Context, op *bootstrap.Operator, backend string) error {
	if c.Force {
		return nil
	}
	for _, err := range op.Checks.Scanner.Scan(ctx, cart.Category) {
		if err != nil {
			return err
		}
		if backend == bootstrap.BackendAWS {
			return errors.New("the store holds carts already: --force puts the demo's beside them, and there they stay")
		}
		return errors.New("the store holds carts already: --force puts the demo's beside them, --data FOLDER fills another")
	}
	return nil
}

// untilWhen returns the instant before which the demo ends. Outward handlers tell of
// what happened since they began: the demo must be over by then.
func untilWhen(ctx context.Context, op *bootstrap.Operator, wanted, now time.Time) (time.Time, error) {
	if err := op.Notify.Begin(ctx); err != nil {
		return wanted, err
	}
	from, _, err := op.Effects.EffectsFrom(ctx, app.NotifyName)
	if err != nil {
		return wanted, err
	}
	latest := now
	if from.Before(latest) {
		latest = from
	}
	switch {
	case wanted.IsZero():
		return latest.Truncate(time.Minute), nil
	case wanted.After(latest):
		return wanted, usage(fmt.Errorf("--until %s: outward handlers tell of what happens from %s on, and would tell of the demo",
			wanted.Format(time.RFC3339), latest.Format(time.RFC3339)))
	}
	return wanted.UTC(), nil
}

// filled says what was recorded, and how to see it.
func (o *output) filled(f *demo.Filled, seed uint64, until time.Time, c *bootstrap.Config) error {
	if o.json {
		return o.line(struct {
			Carts    int    `json:"carts"`
			Recorded int    `json:"recorded"`
			Replayed int    `json:"replayed"`
			Skipped  int    `json:"skipped"`
			Seed     uint64 `json:"seed"`
			Until    string `json:"until"`
		}{f.Carts, f.Recorded, f.Replayed, f.Skipped, seed, instant(until)})
	}
	text := fmt.Sprintf("%s of seed %d, %s recorded, all before %s\n",
		plural(int64(f.Carts), "cart"), seed, plural(int64(f.Recorded), "command"), until.Format(time.RFC3339))
	if there := f.Replayed + f.Skipped; there > 0 {
		text += fmt.Sprintf("%s left out: their carts were there already\n", plural(int64(there), "command"))
	}
	called := o.called
	if c.Backend == bootstrap.BackendSQLite && !slices.Contains(called.flags, "--data") { // the environment names it, which another terminal may not have
		called.flags = append([]string{"--data", bootstrap.ShellWord(c.Data)}, called.flags...)
	}
	text += fmt.Sprintf("To see them, run this and open %s\n\n    %s\n\nA server that runs on the same data shows them already.\n", openAt(c.Addr), called.command("serve"))
	_, err := fmt.Fprint(o.stdout, text)
	return err
}

// openAt says where a browser of this machine finds a server that listens on addr.
func openAt(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil || port == "0" {
		return "the address that it prints"
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}
