package browser_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// scan lets axe-core look for faults of accessibility: WCAG 2.2 A and AA, and what
// is good practice.
func (x *tab) scan(what string) {
	x.t.Helper()
	assert.Empty(x.t, x.barriers(), what)
}

// barriers returns the faults of accessibility.
func (x *tab) barriers() []string {
	x.t.Helper()
	axe, err := os.ReadFile(os.Getenv("EVERCART_TEST_AXE"))
	require.NoError(x.t, err, "EVERCART_TEST_AXE does not name axe-core")
	x.js(string(axe))
	found, err := chromedp.Run(x.ctx, chromedp.Evaluate[[]string](`Promise.all(document.getAnimations().map((a) => a.finish())).then(() => axe.run()).then((r) =>
		r.violations.flatMap((v) => v.nodes.map((n) => v.id + ": " + v.help + " at " + n.target.join(" ") + " " + n.html + " " + (n.any[0]?.message || ""))))`, chromedp.EvalAwaitPromise))
	require.NoError(x.t, err)
	return found
}

// fits asserts that nothing is wider than the window.
func (x *tab) fits(what string) {
	x.t.Helper()
	assert.Empty(x.t, x.overflow(), what)
}

// overflow says by how much the page is wider than the window; nothing if it fits.
func (x *tab) overflow() string {
	x.t.Helper()
	over, err := chromedp.Run(x.ctx, chromedp.Evaluate[string](`document.documentElement.scrollWidth > innerWidth ? document.documentElement.scrollWidth + " pixels in " + innerWidth : ""`))
	require.NoError(x.t, err)
	return over
}

// TestEveryViewIsForEverybody looks at every view, on a desktop and a phone, in the
// light and in the dark.
func TestEveryViewIsForEverybody(t *testing.T) {
	t.Parallel()
	s := serve(t)
	closed := s.cart("tea")
	s.send("POST", "/operator/carts/"+closed+"/close", "")
	s.evercart("demo", "--carts", "20", "--seed", "42", "--force")
	s.evercart("views", "rebuild", "related")
	empty, locked := serve(t), serve(t, "EVERCART_OPERATOR_TOKEN=a-token-of-some-length")
	open := s.cart("green tea", "a mug with a name that is rather long, as those of shops often are, and longer")

	views := map[string]struct{ url, ready string }{
		"carts":       {s.url + "/", `document.querySelectorAll(".carts tbody tr").length > 10`},
		"no carts":    {empty.url + "/", `document.querySelector(".empty pre") !== null`},
		"open cart":   {s.url + "/#/cart/" + open, `document.querySelector(".event dl") !== null`},
		"past cart":   {s.url + "/#/cart/" + open + "/2", `document.querySelector(".state .hint") !== null`},
		"closed cart": {s.url + "/#/cart/" + closed, `document.querySelector(".event dl") !== null`},
		"no cart":     {s.url + "/#/cart/x", `document.querySelector("[role=alert]:not([hidden])") !== null`},
		"pipeline":    {s.url + "/#/pipeline", `document.querySelector(".replay progress") !== null`},
		"sign-in":     {locked.url + "/", `document.querySelector(".signin input") !== null`},
		"nothing":     {s.url + "/#/nowhere", `document.querySelector("main a") !== null`},
	}
	for _, device := range []struct {
		name          string
		width, height int64
		dark          bool
	}{{"desktop", 1280, 900, false}, {"desktop in the dark", 1280, 900, true}, {"phone", 390, 844, false}, {"phone in the dark", 390, 844, true}} {
		t.Run("on a "+device.name, func(t *testing.T) {
			t.Parallel()
			x := newTab(t, device.width, device.height)
			x.expect("401")
			x.expect("400")
			_, err := chromedp.Call(x.ctx, page.SetBypassCSP, page.SetBypassCSPParams{Enabled: true}) // for axe-core, which is no part of the page
			require.NoError(t, err)
			if device.dark {
				x.dark()
			}
			for name, view := range views {
				x.run(chromedp.Navigate("about:blank"))
				x.visit(view.url)
				x.until(view.ready)
				x.scan(fmt.Sprintf("%s on a %s", name, device.name))
				x.fits(fmt.Sprintf("%s on a %s", name, device.name))
			}
			x.visit(views["open cart"].url)
			x.click("button", "Close the cart…")
			x.scan("the question before closing")
			x.visit(views["pipeline"].url)
			x.click("button", "Rebuild view carts")
			x.scan("the question before a rebuild")
			x.fits("the question before a rebuild")
		})
	}
}

// TestAScanBites proves that barriers are found, and what is too wide.
func TestAScanBites(t *testing.T) {
	t.Parallel()
	s, x := serve(t), newTab(t, 390, 844)
	_, err := chromedp.Call(x.ctx, page.SetBypassCSP, page.SetBypassCSPParams{Enabled: true})
	require.NoError(t, err)
	x.visit(s.url)
	require.Empty(t, x.overflow())
	x.js(`const main = document.querySelector("main"), image = document.createElement("img"), text = document.createElement("p");
		text.textContent = "hardly to be read"; text.style.color = "#eee"; text.style.width = "900px"; main.append(image, text)`)
	found := strings.Join(x.barriers(), "\n")
	assert.Contains(t, found, "image-alt")
	assert.Contains(t, found, "color-contrast")
	assert.NotEmpty(t, x.overflow())
}

func TestThePageWithoutAMouse(t *testing.T) {
	t.Parallel()
	s, x := serve(t), newTab(t, 1280, 900)
	s.cart("tea")
	x.visit(s.url)
	x.count(".carts tbody tr", 1)
	x.press(kb.Tab)
	x.until(`document.activeElement.id === "skip"`)
	x.press(kb.Enter)
	x.until(`document.activeElement.id === "main"`)
	for range 4 { // the button, the search, the status, the cart
		x.press(kb.Tab)
	}
	x.until(`document.activeElement.matches(".carts a")`)
	x.press(kb.Enter)
	x.shows("h1", "Cart")
	x.until(`document.activeElement.id === "main"`)
}
