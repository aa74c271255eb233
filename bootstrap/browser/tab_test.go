package browser_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// patience is how long a page may take: this is no measurement.
const patience = 60 * time.Second

// chromium is the one browser of all tests, once somebody needs it.
var chromium struct {
	start sync.Once
	ctx   context.Context
	stop  []context.CancelFunc
	err   error
	// tabs holds one for each open tab: a browser is much work for a small machine.
	tabs chan struct{}
}

func TestMain(m *testing.M) {
	chromium.tabs = make(chan struct{}, 2)
	code := m.Run()
	for _, stop := range chromium.stop {
		stop()
	}
	os.Exit(code)
}

func startChromium(path string) {
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("lang", "en-GB"))
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stop := chromedp.NewContext(allocator)
	chromium.ctx, chromium.stop, chromium.err = ctx, []context.CancelFunc{stop, stopAllocator}, chromedp.Do(ctx)
}

// tab is a page in the browser.
type tab struct {
	t   *testing.T
	ctx context.Context

	mu     sync.Mutex
	faults []string // what the page complained of
	// expects are parts of complaints that the test brings about.
	expects []string
}

// newTab returns an empty tab of a size in pixels. When the test ends, the page must
// have complained of nothing but what the test expects.
func newTab(t *testing.T, width, height int64) *tab {
	t.Helper()
	path := os.Getenv("EVERCART_TEST_CHROMIUM")
	if path == "" {
		t.Skip("EVERCART_TEST_CHROMIUM does not name a browser")
	}
	chromium.start.Do(func() { startChromium(path) })
	require.NoError(t, chromium.err)
	chromium.tabs <- struct{}{}
	ctx, closeTab := chromedp.NewContext(chromium.ctx)
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	x := &tab{t: t, ctx: ctx}
	x.run(chromedp.EmulateViewport(width, height))
	said, heard := chromedp.Console(ctx), make(chan struct{})
	go func() {
		defer close(heard)
		for message, err := range said {
			if err != nil {
				return // the tab is closed
			}
			x.hear(&message)
		}
	}()
	t.Cleanup(func() {
		cancel()
		closeTab()
		<-heard
		<-chromium.tabs
		assert.Empty(t, x.faults, "the page complained")
	})
	return x
}

// hear notes what the page complains of: exceptions, errors on the console, and what
// its policy did not let it do.
func (x *tab) hear(message *chromedp.ConsoleMessage) {
	x.mu.Lock()
	defer x.mu.Unlock()
	fault := fmt.Sprintf("%s: %s %s", message.Type, message.Text, message.URL)
	expected := func(part string) bool { return strings.Contains(fault, part) }
	switch message.Type {
	case chromedp.ConsoleError, chromedp.ConsoleWarning, chromedp.ConsoleException:
		if !slices.ContainsFunc(x.expects, expected) {
			x.faults = append(x.faults, fault)
		}
	}
}

func (x *tab) expect(part string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.expects = append(x.expects, part)
}

func (x *tab) run(actions ...chromedp.Action[chromedp.Void]) {
	x.t.Helper()
	require.NoError(x.t, chromedp.Do(x.ctx, actions...))
}

// js runs a statement in the page.
func (x *tab) js(statement string) {
	x.t.Helper()
	_, err := chromedp.Run(x.ctx, chromedp.Evaluate[bool]("(() => { "+statement+"; return true })()"))
	require.NoError(x.t, err, statement)
}

// press presses a key.
func (x *tab) press(key string) {
	x.t.Helper()
	x.run(chromedp.KeyEvent(key))
}

// visit goes to an address and waits until the page shows something.
func (x *tab) visit(url string) {
	x.t.Helper()
	x.run(chromedp.Navigate(url))
	x.until(`document.querySelector("main h1") !== null`)
}

// until waits until an expression is true in the page.
func (x *tab) until(expression string) {
	x.t.Helper()
	ticker := time.NewTicker(30 * time.Millisecond)
	defer ticker.Stop()
	deadline := time.After(patience)
	for {
		if is, err := chromedp.Run(x.ctx, chromedp.Evaluate[bool]("Boolean("+expression+")")); err == nil && is {
			return
		}
		select {
		case <-ticker.C:
		case <-deadline:
			require.Fail(x.t, "the page did not come to this: "+expression, "it shows: %s", x.text("body"))
		}
	}
}

// shows waits until an element's text contains text.
func (x *tab) shows(selector, text string) {
	x.t.Helper()
	x.until(fmt.Sprintf("(document.querySelector(%q)?.innerText || '').includes(%q)", selector, text))
}

// count waits until there are n elements.
func (x *tab) count(selector string, n int) {
	x.t.Helper()
	x.until(fmt.Sprintf("document.querySelectorAll(%q).length === %d", selector, n))
}

// text returns an element's text as it is.
func (x *tab) text(selector string) string {
	x.t.Helper()
	text, err := chromedp.Run(x.ctx, chromedp.Evaluate[string](fmt.Sprintf("document.querySelector(%q)?.innerText || ''", selector)))
	require.NoError(x.t, err)
	return text
}

// click clicks the first element of that kind whose text, or whose label, is text.
func (x *tab) click(selector, text string) {
	x.t.Helper()
	find := fmt.Sprintf(`[...document.querySelectorAll(%q)].find((e) => (e.getAttribute("aria-label") || e.innerText).trim() === %q && !e.disabled && e.checkVisibility())`, selector, text)
	x.until(find)
	x.js(find + ".click()")
}

// fill types into the field with that label.
func (x *tab) fill(label, text string) {
	x.t.Helper()
	find := fmt.Sprintf(`[...document.querySelectorAll("label")].find((l) => l.innerText.trim() === %q && l.checkVisibility())?.control`, label)
	x.until(find)
	x.js(find + `.focus(); document.activeElement.select?.()`)
	x.press(text)
}

// dark lets the system prefer dark colours.
func (x *tab) dark() {
	x.t.Helper()
	_, err := chromedp.Call(x.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}},
	})
	require.NoError(x.t, err)
}
