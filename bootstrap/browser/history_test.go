package browser_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

func TestACartThroughTimeInTheBrowser(t *testing.T) {
	t.Parallel()
	// Versions 1 opened, 2 to 4 items added.
	start := func(t *testing.T) (*server, *tab, string) {
		s, x := serve(t), newTab(t, 1280, 900)
		id := s.cart("tea", "mug", "honey")
		x.visit(s.url + "/#/cart/" + id)
		x.shows(".slider output", "version 4 of 4")
		return s, x, id
	}
	t.Run("the slider shows each state beside the event that made it", func(t *testing.T) {
		t.Parallel()
		_, x, id := start(t)
		x.shows(".lines", "honey")
		x.shows(".event h2", "Item added")
		x.js(`document.querySelector("#through-time").focus()`)
		x.press(kb.ArrowLeft)
		x.shows(".slider output", "version 3 of 4")
		x.until(`!document.querySelector(".lines").innerText.includes("honey")`)
		x.shows(".events [aria-current]", "mug")
		x.shows(".diff", "item mug")
		x.shows(".state", "This is the past")
		x.until(fmt.Sprintf(`location.hash === "#/cart/%s/3"`, id))
		x.js(`document.querySelector("#through-time").focus()`)
		x.press(kb.Home)
		x.shows(".slider output", "version 1 of 4")
		x.shows(".event h2", "Cart opened")
		x.shows(".state", "There is nothing in it")
		x.click("button", "Now")
		x.shows(".slider output", "version 4 of 4")
		x.shows(".actions", "Add an item")
	})
	t.Run("an event chosen from the list shows the cart of then", func(t *testing.T) {
		t.Parallel()
		_, x, _ := start(t)
		x.js(`document.querySelector(".events li:nth-child(2) button").click()`)
		x.shows(".state h2", "as of version 2")
		x.shows(".lines", "tea")
	})
	t.Run("any two versions are compared", func(t *testing.T) {
		t.Parallel()
		_, x, _ := start(t)
		for typed, taken := range map[string]string{"-5": "0", "99": "4", "2.7": "2"} {
			x.js(`const c = document.querySelector("#compare"); c.value = "` + typed + `"; c.dispatchEvent(new Event("change"))`)
			x.until(`document.querySelector("#compare").value === "` + taken + `"`)
		}
		x.fill("since version", "1")
		x.press(kb.Enter)
		x.count(".diff tbody tr", 4)
		x.shows(".diff", "item tea")
		x.shows(".diff", "total")
	})
	t.Run("amounts stay in a line, on a phone, too", func(t *testing.T) {
		t.Parallel()
		s, x := serve(t), newTab(t, 390, 844)
		x.visit(s.url + "/#/cart/" + s.cart("tea", "mug with a long name"))
		x.shows(".diff", "€19.96")
		x.until(`[...document.querySelectorAll(".diff .short")].length > 2`)
		x.until(`[...document.querySelectorAll(".diff .short")].every((e) => e.offsetHeight < 40)`)
		x.fits("a difference on a phone")
	})
	t.Run("an event tells its metadata, and that its hash is verified", func(t *testing.T) {
		t.Parallel()
		_, x, _ := start(t)
		x.shows(".event", "Hash verified")
		x.shows(".event dl", "breakfast")
		x.shows(".event dl", "Commit hash")
		x.shows(".event .data", `"quantity": 2`)
		x.count(".events .seal.verified", 4)
	})
	t.Run("what happens now shows at once, and who looks at the past stays there", func(t *testing.T) {
		t.Parallel()
		s, x, id := start(t)
		x.shows("#live", "live")
		s.add(id, "bread")
		x.shows(".slider output", "version 5 of 5")
		x.shows(".lines", "bread")
		x.click("button", "One version back")
		x.shows(".slider output", "version 4 of 5")
		s.add(id, "butter")
		x.shows(".slider output", "version 4 of 6")
		x.until(`!document.querySelector(".lines").innerText.includes("bread")`)
	})
	t.Run("a long history is looked at a page at a time", func(t *testing.T) {
		t.Parallel()
		s, x := serve(t), newTab(t, 1280, 900)
		id := s.cart("tea")
		for n := 3; n <= 62; n++ { // versions 3 to 62
			s.send("PATCH", "/operator/carts/"+id+"/items", fmt.Sprintf(`{"item":"tea","quantity":%d}`, n))
		}
		x.visit(s.url + "/#/cart/" + id)
		x.shows(".slider output", "version 62 of 62")
		x.count(".events li", 12)
		x.click("button", "Earlier events")
		x.shows(".slider output", "version 50 of 62")
		x.count(".events li", 50)
		x.click("button", "Later events")
		x.shows(".slider output", "version 51 of 62")
	})
	t.Run("a cause is a link to the event", func(t *testing.T) {
		t.Parallel()
		s, x := serve(t), newTab(t, 1280, 900)
		s.evercart("demo", "--carts", "60", "--seed", "42")
		x.visit(s.url)
		x.shows(".carts tbody", "reminded")
		x.js(`[...document.querySelectorAll(".carts tbody tr")].find((r) => r.innerText.includes("reminded")).querySelector("a").click()`)
		x.shows(".event h2", "Shopper reminded")
		x.js(`document.querySelector(".event dl a").click()`)
		x.until(`!document.querySelector(".event h2").innerText.includes("Shopper reminded")`)
		x.shows(".state", "This is the past")
	})
}
