package browser_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCartsInTheBrowser(t *testing.T) {
	t.Parallel()
	t.Run("a newcomer opens a cart, fills it, changes it and closes it", func(t *testing.T) {
		t.Parallel()
		s, x := serve(t), newTab(t, 1280, 900)
		x.visit(s.url)
		x.shows("main", "There are no carts yet")
		x.shows(".command", "'/opt/my shop/evercart' demo --data "+s.data)
		x.click("button", "Open a cart")
		x.shows("h1", "Cart")
		x.fill("Item", "green tea")
		x.fill("Quantity", "2")
		x.fill("Unit price", "4.99")
		x.click("button", "Add")
		x.shows(".lines", "€9.98")
		x.click("button", "One more of green tea")
		x.shows(".lines", "€14.97")
		x.shows(".diff", "€9.98")
		x.shows(".diff", "quantity of green tea")
		x.fill("Item", "honey")
		x.click("button", "Add")
		x.shows(".lines", "honey")
		x.click("button", "Remove honey")
		x.until(`!document.querySelector(".lines").innerText.includes("honey")`)
		x.click("button", "Close the cart…")
		x.click("dialog button", "Close the cart")
		x.shows(".state", "closed, for good")
		x.count(".events li", 6)
		x.click("nav a", "Carts")
		x.shows(".carts tbody", "green tea")
		x.shows(".carts tbody", "closed")
	})
	t.Run("a price is in the decimals that the server counts, whatever the browser thinks", func(t *testing.T) {
		t.Parallel()
		s, x := serve(t), newTab(t, 1280, 900)
		id, _ := s.send("POST", "/operator/carts", "{}")["id"].(string)
		x.visit(s.url + "/#/cart/" + id)
		x.fill("Item", "mug")
		x.fill("Unit price", "4990.50")
		x.fill("Currency", "HUF") // of which the browser's own table knows no coins
		x.click("button", "Add")
		x.shows(".lines", "4,990.50")
		lines, _ := s.send("GET", "/operator/carts/"+id, "")["lines"].([]any)
		mug := map[string]any{"item": "mug", "quantity": 1.0, "unit_price": map[string]any{"amount": 499050.0, "currency": "HUF"}}
		assert.Equal(t, []any{mug}, lines)
	})
	t.Run("a no of the server is told, with its code, and what was typed stays", func(t *testing.T) {
		t.Parallel()
		s, x := serve(t), newTab(t, 1280, 900)
		x.expect("409")
		x.visit(s.url + "/#/cart/" + s.cart("tea"))
		x.fill("Item", "tea")
		x.click("button", "Add")
		x.shows(".actions [role=alert]", "item_already_added")
		x.until(`document.querySelector("input[name=item]").value === "tea"`)
		x.fill("Unit price", "1.999")
		x.click("button", "Add")
		x.shows(".actions [role=alert]", "This is no price in EUR: write it as 4.99.")
		x.fill("Currency", "JPY")
		x.click("button", "Add")
		x.shows(".actions [role=alert]", "This is no price in JPY: write it as 499.")
		x.fill("Currency", "XYZ")
		x.click("button", "Add")
		x.shows(".actions [role=alert]", "XYZ is no currency that there is: write its code, such as EUR.")
	})
	t.Run("what happens elsewhere shows at once, the newest on top", func(t *testing.T) {
		t.Parallel()
		s, x := serve(t), newTab(t, 1280, 900)
		first, second := s.cart("tea"), s.cart("mug")
		x.visit(s.url)
		x.shows("#live", "live")
		x.count(".carts tbody tr", 2)
		x.until(fmt.Sprintf(`document.querySelector(".carts tbody tr").dataset.key === %q`, second))
		s.add(first, "acacia honey")
		x.until(fmt.Sprintf(`document.querySelector(".carts tbody tr").dataset.key === %q`, first))
		x.shows(".carts tbody tr", "tea · acacia honey")
		s.cart("bread")
		x.count(".carts tbody tr", 3)
		x.shows(".carts tbody tr", "bread")
	})
	t.Run("how long ago a change is stays true while one looks", func(t *testing.T) {
		t.Parallel()
		s, x := serve(t), newTab(t, 1280, 900)
		s.cart("tea")
		x.visit(s.url)
		x.shows("td.changed", "just now")
		x.js(`document.querySelector("td.changed time").dateTime = new Date(Date.now() - 30 * 3600 * 1000).toISOString()`)
		x.shows("td.changed", "1 day ago")
	})
	t.Run("carts are found by item and by ID, and narrowed to a status", func(t *testing.T) {
		t.Parallel()
		s, x := serve(t), newTab(t, 1280, 900)
		tea := s.cart("green tea")
		s.cart("mug")
		s.send("POST", "/operator/carts/"+s.cart("bread")+"/close", "")
		x.visit(s.url)
		x.count(".carts tbody tr", 3)
		x.fill("Search", "GREEN")
		x.count(".carts tbody tr", 1)
		x.shows(".count", "1 cart found")
		x.fill("Search", tea)
		x.count(".carts tbody tr", 1)
		x.fill("Search", s.url+"/carts/"+tea)
		x.count(".carts tbody tr", 1)
		x.fill("Search", "no such thing")
		x.shows(".empty", "Nothing found")
		x.fill("Search", " ")
		x.click(".choice label", "Closed")
		x.count(".carts tbody tr", 1)
		x.shows(".carts tbody", "bread")
	})
	t.Run("what does not exist is told", func(t *testing.T) {
		t.Parallel()
		s, x := serve(t), newTab(t, 1280, 900)
		x.expect("404")
		x.visit(s.url + "/#/cart/0190a000-0000-7000-8000-00000000dead")
		x.shows(".empty", "There is no such cart")
		id := s.cart("tea")
		for _, version := range []string{"-3", "x", "99", "1.5"} {
			x.visit(s.url + "/#/cart/" + strings.ToUpper(id) + "/" + version)
			x.shows(".slider output", "version 2 of 2")
		}
		s.add(id, "mug")
		x.shows(".slider output", "version 3 of 3")
		x.visit(s.url + "/#/nowhere")
		x.shows("main", "There is nothing here")
	})
}

// TestTenThousandCartsInTheBrowser holds the list to its size: it shows a page, and
// finds the needle.
func TestTenThousandCartsInTheBrowser(t *testing.T) {
	t.Parallel()
	s := serve(t, "EVERCART_BACKEND=memory")
	x := newTab(t, 1280, 900)
	needle := s.cart("needle")
	fill(t, s, 9_999)
	x.visit(s.url)
	x.count(".carts tbody tr", 100)
	x.shows(".count", "The newest 100 of more than 100 carts")
	began := time.Now()
	x.click("button", "Show more")
	x.count(".carts tbody tr", 200)
	x.shows(".count", "The newest 200 of more than 200 carts")
	t.Log("200 of 10 000 carts after", time.Since(began))
	x.fill("Search", "needle")
	x.until(fmt.Sprintf(`document.querySelector(".carts tbody tr")?.dataset.key === %q && document.querySelectorAll(".carts tbody tr").length === 1`, needle))
	t.Log("the oldest of 10 000 carts found after", time.Since(began))
	x.fill("Search", needle)
	x.count(".carts tbody tr", 1)
	x.fill("Search", " ")
	x.count(".carts tbody tr", 100)
	newest := s.cart("the newest")
	x.until(fmt.Sprintf(`document.querySelector(".carts tbody tr").dataset.key === %q`, newest))
}

// fill opens n carts, many at once.
func fill(t *testing.T, s *server, n int) {
	t.Helper()
	const workers = 16
	var all sync.WaitGroup
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: workers}}
	for w := range workers {
		all.Go(func() {
			for i := w; i < n; i += workers {
				r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/carts", strings.NewReader("{}"))
				if !assert.NoError(t, err) {
					return
				}
				r.Header.Set("Content-Type", "application/json")
				answer, err := client.Do(r)
				if !assert.NoError(t, err) {
					return
				}
				_ = answer.Body.Close()
				assert.Equal(t, http.StatusCreated, answer.StatusCode)
			}
		})
	}
	all.Wait()
	require.False(t, t.Failed())
}
