package browser_test

import (
	"testing"
)

func TestWhatAPhoneShows(t *testing.T) {
	t.Parallel()
	t.Run("a cart of the list with its owner and how many items it has", func(t *testing.T) {
		t.Parallel()
		s, x := serve(t), newTab(t, 390, 844)
		s.cart("tea", "mug")
		s.evercart("cart", "open", "--owner", "https://id.example|alice")
		s.cart("honey")
		x.visit(s.url)
		x.count(".carts tbody tr", 3)
		x.until(`[...document.querySelectorAll("td.items")].map((e) => e.innerText).join() === "1 item,0 items,2 items"`)
		x.until(`[...document.querySelectorAll("td.owner")].filter((e) => e.checkVisibility()).map((e) => e.innerText).join() === "alice"`)
		x.fits("a list with an owner")
	})
	t.Run("where the events of a cart go on", func(t *testing.T) {
		t.Parallel()
		s, x := serve(t), newTab(t, 390, 844)
		x.visit(s.url + "/#/cart/" + s.cart("tea", "mug", "honey", "bread", "salt", "soap", "jam"))
		x.count(".events li", 8)
		const box = `document.querySelector(".timeline")`
		x.until(box + `.matches("[data-above]:not([data-below])")`) // it shows the newest
		x.until(`getComputedStyle(` + box + `).maskImage !== "none"`)
		x.js(box + `.scrollTop = 60`)
		x.until(box + `.matches("[data-above][data-below]")`)
		x.js(box + `.scrollTop = 0`)
		x.until(box + `.matches("[data-below]:not([data-above])")`)
	})
	t.Run("nothing of the kind where all events are seen", func(t *testing.T) {
		t.Parallel()
		s, x := serve(t), newTab(t, 390, 844)
		x.visit(s.url + "/#/cart/" + s.cart("tea"))
		x.count(".events li", 2)
		x.until(`document.querySelector(".timeline").matches(":not([data-above], [data-below])")`)
	})
}

// TestEveryInstantInTheBrowser holds that the page shows instants of one kind in one
// form, and each exactly to who asks.
func TestEveryInstantInTheBrowser(t *testing.T) {
	t.Parallel()
	s, x := serve(t), newTab(t, 1280, 900)
	const exact = `[...document.querySelectorAll("main time")].every((e) => e.title === e.dateTime && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(e.title))`
	const inFull = `[...document.querySelectorAll("main time")].every((e) => e.textContent === new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" }).format(new Date(e.dateTime)))`
	const toNow = `[...document.querySelectorAll("main time")].every((e) => / ago$|^just now$/.test(e.textContent))`
	x.visit(s.url + "/#/cart/" + s.cart("tea", "mug"))
	x.shows(".event dl", "In UTC")
	x.until(`document.querySelectorAll("main time").length >= 7`) // of the slider, three events, the cart and the event
	x.until(exact)
	x.until(inFull)
	x.visit(s.url + "/#/")
	x.count(".carts tbody tr", 1)
	x.until(exact)
	x.until(toNow)
	x.visit(s.url + "/#/pipeline")
	x.shows(".views", "made live")
	x.until(exact)
	x.until(toNow)
}
