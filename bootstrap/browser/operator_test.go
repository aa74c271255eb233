package browser_test

import (
	"testing"

	"github.com/chromedp/chromedp"
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
		x.shows("table", "related")
		x.shows("main", "No stream is parked.")
		x.shows("main", "No record is in quarantine.")
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
		x.shows(".pipeline table", "kept")
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
	s.stop() // within the time that requests in flight have, though a stream is open
	x.shows("#live", "not connected")
	x.click("button", "Open a cart")
	x.shows("[role=alert]", "The server does not answer")
	x.shows(".carts tbody", "tea")
}
