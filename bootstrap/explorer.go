package bootstrap

import (
	"path/filepath"
	"sync"

	"github.com/evercart/evercart/adapters/explorer"
	"github.com/evercart/evercart/adapters/httpapi"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
)

// newOperator returns the operator's page and routes; nil where nobody may use them.
func newOperator(c Config, program Program, queries *CartQueries, overview *app.Overview, watch *app.Watch, replays *app.ReplayRunner, stopping *stopping) *httpapi.Operator {
	if !c.ServesOperator() {
		return nil
	}
	operator := &httpapi.Operator{
		Page: explorer.New(cart.MinorDigits), Token: c.OperatorToken.Reveal(), History: queries,
		Look: overview.Look, Follow: watch.Follow, Replays: replays.Replayer, Flip: replays.Rebuilder.Flip,
		Program: string(program), Flags: storeFlags(c), Stopping: stopping.ends,
	}
	if c.Backend != BackendAWS { // there no server takes up what is begun
		operator.Rebuild = replays.Rebuilder.Begin
	}
	return operator
}

// storeFlags returns the flags with which commands work on the store of a server;
// empty where no other process can.
func storeFlags(c Config) string {
	switch c.Backend {
	case BackendSQLite:
		folder, err := filepath.Abs(c.Data)
		if err != nil {
			folder = c.Data
		}
		return "--data " + ShellWord(folder)
	case BackendAWS:
		return "--backend aws"
	default:
		return ""
	}
}

func newOverview(
	now Clock, changes ports.ChangeFeed, feed ports.FeedReader, positions ports.Positions, catalog ports.ViewCatalog,
	views ports.ViewStore, quarantine ports.Quarantine, jobs ports.ReplayJobs, projectors []Projector,
) *app.Overview {
	followers := []string{app.ArchiverName}
	for _, p := range projectors {
		followers = append(followers, p.Name())
	}
	return &app.Overview{
		Reach: app.Reach{Changes: changes, Feed: feed, Positions: positions}, Followers: append(followers, app.NotifyName),
		Catalog: catalog, Views: views, Quarantine: quarantine, Jobs: jobs, Now: now,
	}
}

func newWatch(feed ports.FeedReader, positions ports.Positions) *app.Watch {
	return &app.Watch{Feed: feed, Positions: positions, After: cart.CartsView{}.Name()}
}

// stopping tells those who would go on for long that the server is to end.
type stopping struct {
	ends chan struct{}
	stop func()
}

func newStopping() *stopping {
	ends := make(chan struct{})
	return &stopping{ends: ends, stop: sync.OnceFunc(func() { close(ends) })}
}
