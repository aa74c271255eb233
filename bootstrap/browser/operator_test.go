package browser_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/sqlite"
	"github.com/evercart/evercart/ports"
)

func TestThePipelineInTheBrowser(t *testing.T) {
	t.Parallel()
	t.Run("shows who has come how far, and the views' generations", func(t *testing.T) {
		t.Parallel()
		s, x := serve(t), newTab(t, 1280, 900)
		s.cart("tea")
		x.visit(s.url + "/#/pipeline")
		x.count(".stages li", 5)
		for _, name := range []string{"relay", "archive", "carts", "related", "notify"} {
			x.shows(".stages", name)
		}
		x.shows(".summary", "Everything has been carried through")
		x.shows(".views", "related")
		x.shows("main", "No stream is parked.")
		x.shows("main", "No record is in quarantine.")
	})
	t.Run("says how a record in quarantine is sent again, in a command that can be typed", func(t *testing.T) {
		t.Parallel()
		s, x := serve(t), newTab(t, 1280, 900)
		views, err := sqlite.OpenViews(t.Context(), filepath.Join(s.data, "views.db"))
		require.NoError(t, err)
		now := time.Now()
		require.NoError(t, views.PutQuarantined(t.Context(), ports.Quarantined{Consumer: "carts", Shard: "0", Position: "1", Reason: "no event", Payload: []byte("no event"), At: now}))
		require.NoError(t, views.Close())
		x.visit(s.url + "/#/pipeline")
		x.shows(".summary", "1 thing needs an operator")
		x.shows(".faults .hint", "Set aside just now")
		x.until(`[...document.querySelectorAll(".faults .command")].map((e) => e.innerText).join() === "'/opt/my shop/evercart' quarantine redrive --all --data ` + s.data + `"`)
	})
	t.Run("shows all of a position to who unfolds it, and for as long", func(t *testing.T) {
		t.Parallel()
		s, x := serve(t), newTab(t, 1280, 900)
		id := s.cart("tea")
		x.visit(s.url + "/#/pipeline")
		x.shows(".stages li:nth-child(2) summary", "at …2")
		x.until(`!document.querySelector(".stages details code").checkVisibility()`)
		x.js(`document.querySelector(".stages li:nth-child(2) summary").focus()`)
		x.press(kb.Enter)
		whole := func() string {
			archive := s.send("GET", "/operator/pipeline", "")["consumers"].([]any)[0].(map[string]any)
			return archive["position"].(string)
		}
		x.shows(".stages li:nth-child(2) code", whole())
		s.add(id, "honey")
		x.shows(".stages li:nth-child(2) summary", "at …3")
		x.shows(".stages li:nth-child(2) code", whole())
		x.until(`document.activeElement.matches(".stages li:nth-child(2) summary")`)
	})
	t.Run("shows a replay's progress, pauses it and resumes it", func(t *testing.T) {
		t.Parallel()
		s, x := serve(t), newTab(t, 1280, 900)
		s.evercart("demo", "--carts", "30", "--seed", "42")
		x.visit(s.url + "/#/pipeline")
		x.shows(".stages li:nth-child(2) .lag", "up to date")
		s.evercart("replay", "start", "log", "--rate", "1", "--detach")
		x.shows(".replay h3", "running")
		x.shows(".replay .hint", "events sent")
		x.js(`document.querySelector(".replay button").click()`)
		x.shows(".replay h3", "paused")
		x.until(`document.querySelector(".replay button").innerText === "Resume"`)
		x.js(`document.querySelector(".replay button").click()`)
		x.shows(".replay h3", "running")
		s.evercart("views", "rebuild", "related")
		x.shows("main", "To related.2")
		x.shows(".views", "kept")
	})
	t.Run("rebuilds a view when its question is answered, and takes that back", func(t *testing.T) {
		t.Parallel()
		s, x := serve(t), newTab(t, 1280, 900)
		s.evercart("demo", "--carts", "30", "--seed", "42")
		x.visit(s.url + "/#/pipeline")
		x.shows(".stages li:nth-child(2) .lag", "up to date")
		x.until(`document.querySelectorAll(".rebuild").length === 2`)
		x.js(`document.querySelectorAll(".rebuild")[1].focus()`)
		x.press(kb.Enter)
		x.shows("dialog", "Rebuild view related?")
		x.shows("dialog", "Generation 2 is built from the archive")
		x.shows("dialog", "Queries read generation 1 until the new one has caught up")
		x.press(kb.Enter) // which leaves it as it is
		x.until(`!document.querySelector("dialog").open`)
		x.until(`document.activeElement === document.querySelectorAll(".rebuild")[1]`)
		x.shows(".replays", "No replay yet.")
		x.click("button", "Rebuild view related")
		x.click("dialog button", "Rebuild")
		x.shows(".replays", "To related.2")
		x.shows(".view:nth-child(2) .generations li:nth-child(2)", "live")
		x.shows(".view:nth-child(2) .generations li:nth-child(1)", "kept")
		x.click("button", "Make live: generation 1 of view related")
		x.shows("dialog", "Queries read it at once, in place of generation 2.")
		x.click("dialog button", "Make it live")
		x.shows(".view:nth-child(2) .generations li:nth-child(1)", "live")
		x.shows(".view:nth-child(2) .generations li:nth-child(2)", "kept")
	})
	t.Run("tells why a view cannot be rebuilt now", func(t *testing.T) {
		t.Parallel()
		s, x := serve(t), newTab(t, 1280, 900)
		x.visit(s.url + "/#/pipeline")
		x.js(`const real = window.fetch;
			const no = () => new Response('{"code": "generation_not_ready", "detail": "its replay is paused; resume it first"}', {status: 409});
			window.fetch = (url, options) => url.endsWith("/rebuild") ? Promise.resolve(no()) : real(url, options)`)
		x.click("button", "Rebuild view carts")
		x.click("dialog button", "Rebuild")
		x.shows("[role=alert]:not([hidden])", "resume it first")
		s.cart("tea")
		x.until(`!document.querySelector(".stages .position").innerText.includes("nothing seen")`) // looked again
		x.shows("[role=alert]:not([hidden])", "resume it first")
	})
}

func TestSigningInInTheBrowser(t *testing.T) {
	t.Parallel()
	const token = "a-token-of-some-length"
	t.Run("asks for the operator's token, and takes no other", func(t *testing.T) {
		t.Parallel()
		s, x := serve(t, "EVERCART_OPERATOR_TOKEN="+token), newTab(t, 1280, 900)
		x.expect("401")
		x.visit(s.url + "/#/pipeline")
		x.shows("h1", "Sign in")
		x.fill("Operator's token", "a-token-of-another")
		x.click("button", "Sign in")
		x.shows("[role=alert]", "This is not the operator's token.")
		x.fill("Operator's token", token)
		x.click("button", "Sign in")
		x.shows("h1", "Pipeline")
		x.shows("#live", "live")
		x.run(chromedp.Reload())
		x.shows("h1", "Pipeline")
	})
}

func TestAServerThatStopsInTheBrowser(t *testing.T) {
	t.Parallel()
	s, x := serve(t), newTab(t, 1280, 900)
	x.expect("net::ERR_")
	s.cart("tea")
	x.visit(s.url)
	x.shows("#live", "live")
	x.shows(".carts tbody", "tea")
	s.stop() // within the time that requests in flight have, though a stream is open
	x.shows("#live", "not connected")
	x.click("button", "Open a cart")
	x.shows("[role=alert]", "The server does not answer")
	x.shows(".carts tbody", "tea")
}
