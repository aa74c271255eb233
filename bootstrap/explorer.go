package bootstrap

import (
	"sync"

	"github.com/evercart/evercart/adapters/explorer"
	"github.com/evercart/evercart/adapters/httpapi"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
)

// newOperator returns the operator's page and routes; nil where nobody may use them.
func newOperator(c Config, queries *CartQueries, overview *app.Overview, watch *app.Watch, replayer *app.Replayer, stopping *stopping) *httpapi.Operator {
	if !c.ServesOperator() {
		return nil
	}
	return &httpapi.Operator{
		Page: explorer.New(cart.MinorDigits), Token: c.OperatorToken.Reveal(), History: queries,
		Look: overview.Look, Follow: watch.Follow, Replays: replayer, Stopping: stopping.ends,
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
