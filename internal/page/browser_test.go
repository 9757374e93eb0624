package page

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// browserPatience bounds a test in a browser, starting it on a busy machine included.
const browserPatience = 2 * time.Minute

// findChromium is the browser that the tests open pages in: MUJAZ_CHROMIUM, or
// one under its usual names.
func findChromium(t testing.TB) string {
	t.Helper()
	if path := os.Getenv("MUJAZ_CHROMIUM"); path != "" {
		return path
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("no Chromium: the page was not opened in a browser. Install one, or name it in MUJAZ_CHROMIUM.")
	return ""
}

// tab is a page that is open in a browser.
type tab struct {
	testing.TB
	ctx context.Context //nolint:containedctx // chromedp keeps the tab in it
}

// open opens a page in a window of that size, and collects what the console says.
func open(t testing.TB, page string, width, height int64, dark bool) *tab {
	t.Helper()
	// $HOME may hold what a test leaves alone; the profile is a new one.
	opts := slices.Concat(chromedp.DefaultExecAllocatorOptions[:], []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(findChromium(t)), chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()), chromedp.CombinedOutput(&strings.Builder{}),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
	})
	if os.Geteuid() == 0 {
		opts = append(opts, chromedp.NoSandbox)
	}
	// The test's own context ends before its cleanups, which read the console.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), browserPatience)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	file := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(file, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	b := &tab{t, ctx}
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil {
			t.Errorf("close the browser: %v", err)
		}
	})
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, height)); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}},
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}); err != nil {
		t.Fatal(err)
	}
	console := chromedp.Console(ctx)
	if err := chromedp.Do(ctx, chromedp.Navigate("file://"+filepath.ToSlash(file))); err != nil {
		t.Fatal(err)
	}
	b.await("the filter is ready", `document.getElementById("cards").dataset.round !== undefined`)
	t.Cleanup(func() {
		// A message of our own is the last one: what came before it is all there is.
		b.run(`console.log("the end")`)
		for m, err := range console {
			if err != nil {
				t.Errorf("read the console: %v", err)
				return
			}
			if m.Text == "the end" {
				return
			}
			t.Errorf("the console says %s", m)
		}
	})
	return b
}

func eval[T any](b *tab, script string) T {
	b.Helper()
	got, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](script))
	if err != nil {
		b.Fatalf("%s: %v", script, err)
	}
	return got
}

func (b *tab) run(script string) { b.Helper(); eval[bool](b, "("+script+", true)") }

func (b *tab) await(what, condition string) {
	b.Helper()
	for !eval[bool](b, condition) {
		if b.ctx.Err() != nil {
			b.Fatalf("waited too long: %s", what)
		}
		runtime.Gosched()
	}
}

// filter sets what a script sets, and waits until it is applied.
func (b *tab) filter(script string) {
	b.Helper()
	before := eval[string](b, `document.getElementById("cards").dataset.round`)
	b.run(script)
	b.await(script, `document.getElementById("cards").dataset.round !== "`+before+`"`)
}

func (b *tab) search(words string) {
	b.Helper()
	b.filter(`(q => { q.value = "` + words + `"; q.dispatchEvent(new Event("input")) })(document.getElementById("q"))`)
}

// seen are the ids of the cards that are shown.
func (b *tab) seen() string {
	b.Helper()
	return eval[string](b, `[...document.querySelectorAll("main > article:not([hidden])")].map((c) => c.id).join(" ")`)
}

func (b *tab) wantSeen(what, want string) {
	b.Helper()
	if got := b.seen(); got != want {
		b.Errorf("%s: cards %s are shown, want %s", what, got, want)
	}
}

// screens is how many windows full of a page are kept as pictures.
const screens = 5

// pictures keeps screenshots for people to look at, in MUJAZ_SCREENSHOTS or a
// temporary folder: what is seen on scrolling down.
func (b *tab) pictures(name string) {
	b.Helper()
	dir := os.Getenv("MUJAZ_SCREENSHOTS")
	if dir == "" {
		dir = b.TempDir()
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.Fatal(err)
	}
	for i := range screens {
		b.run(fmt.Sprintf(`(window.drawn = false, scrollTo(0, %d * (innerHeight - 60)), requestAnimationFrame(() => requestAnimationFrame(() => { window.drawn = true })))`, i))
		b.await("the window is drawn", `window.drawn`)
		shot, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%d.png", name, i+1)), shot, 0o644)
		}
		if err != nil {
			b.Errorf("picture %s: %v", name, err)
		}
	}
	b.run(`scrollTo(0, 0)`)
}

// TestInABrowser opens the page as an editor does.
func TestInABrowser(t *testing.T) {
	t.Parallel()
	page := sample(t)
	for name, tc := range map[string]struct {
		width, height int64
		dark          bool
	}{
		"desktop":      {1280, 900, false},
		"desktop-dark": {1280, 900, true},
		"phone":        {390, 844, false},
		"phone-dark":   {390, 844, true},
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t, page, tc.width, tc.height, tc.dark)
			if wide := eval[int](b, `document.documentElement.scrollWidth`); wide > int(tc.width) {
				t.Errorf("the page is %d pixels wide in a window of %d", wide, tc.width)
			}
			b.pictures(name)
			// A card that is not in sight is not laid out, and clips what does not fit.
			b.run(`document.querySelectorAll(".card").forEach((c) => { c.style.contentVisibility = "visible" })`)
			if wide := eval[string](b, `[...document.querySelectorAll(".card, .english, .source")].filter((e) => e.scrollWidth > e.clientWidth).map((e) => e.closest(".card").id + " " + e.className).join(", ")`); wide != "" {
				t.Errorf("too wide for a window of %d: %s", tc.width, wide)
			}
			b.wantSeen("at first", "a1 a2 a3 a4 a5 a6 a7 a8")
			source := `document.querySelector("#a2 .source")`
			if dir := eval[string](b, `getComputedStyle(`+source+`).direction`); dir != "rtl" {
				t.Errorf("the source runs %s", dir)
			}
			beside := eval[bool](b, source+`.getBoundingClientRect().left >= document.querySelector("#a2 .english").getBoundingClientRect().right`)
			if beside != (tc.width > 960) {
				t.Errorf("source beside the English: %v", beside)
			}
			if dark := eval[string](b, `getComputedStyle(document.body).backgroundColor`) == "rgb(22, 21, 19)"; dark != tc.dark {
				t.Errorf("dark: %v", dark)
			}
		})
	}
}

// TestFilterAndMarks: what hovering, keys and the filter do.
func TestFilterAndMarks(t *testing.T) {
	t.Parallel()
	b := open(t, sample(t), 1280, 900, false)

	point := `document.querySelectorAll("#a2 .points li")[1]`
	b.run(point + `.dispatchEvent(new PointerEvent("pointerover", {bubbles: true}))`)
	if got := eval[string](b, `[...document.querySelectorAll(".cited")].map((p) => p.id).join(" ")`); got != "a2p3" {
		t.Errorf("a key point that cites paragraph 3 marks %q", got)
	}
	b.run(`document.querySelector("#a2 h2 mark").focus()`)
	if got := eval[string](b, `[...document.querySelectorAll("#a2 .checks .on")].map((c) => c.id).join(" ")`); got != "a2c1" {
		t.Errorf("a mark in focus marks the checks %q", got)
	}
	if got := eval[string](b, `document.getElementById("tip").textContent`); !strings.Contains(got, "14,000") {
		t.Errorf("its note is %q", got)
	}
	if got := eval[int](b, `document.querySelectorAll("#a2 .source mark.fail").length`); got == 0 {
		t.Error("nothing is marked in the source")
	}
	if got := eval[int](b, `document.querySelectorAll("#a5 .source mark").length`); got != 0 {
		t.Error("something is marked in a source that is another text")
	}

	b.filter(`document.querySelector("button[data-status=flagged]").click()`)
	b.wantSeen("flagged", "a2 a3 a5 a8")
	b.filter(`document.querySelector("button[data-status=dead]").click()`)
	b.wantSeen("flagged or dead", "a2 a3 a5 a7 a8")
	b.search("الريم")
	b.wantSeen("flagged, with a word of the source", "a2")
	b.search("nobody says this")
	b.wantSeen("a word that is nowhere", "")
	if !eval[bool](b, `document.getElementById("none").checkVisibility()`) {
		t.Error("it is not said that there is none")
	}
	b.filter(`document.getElementById("reset").click()`)
	b.wantSeen("reset", "a1 a2 a3 a4 a5 a6 a7 a8")
	// With the vowels that the source writes, and without.
	b.search("تفتح حديقه")
	b.wantSeen("another spelling", "a1")
	b.search("")
	b.filter(`(s => { s.value = "dates"; s.dispatchEvent(new Event("change")) })(document.getElementById("check"))`)
	b.wantSeen("the check of dates failed", "a5")
	b.filter(`document.getElementById("reset").click()`)

	for i, key := range []string{"j", "j", "k", "j", "j"} {
		if err := chromedp.Do(b.ctx, chromedp.KeyEvent(key)); err != nil {
			t.Fatal(err)
		}
		want := []string{"a1", "a2", "a1", "a2", "a3"}[i]
		if got := eval[string](b, `document.querySelector(".here").id + " " + document.activeElement.id`); got != want+" "+want {
			t.Errorf("key %d, %s: at %s, want %s", i, key, got, want)
		}
	}
	if err := chromedp.Do(b.ctx, chromedp.KeyEvent("/")); err != nil {
		t.Fatal(err)
	}
	if got := eval[string](b, `document.activeElement.id`); got != "q" {
		t.Errorf("/ goes to %q", got)
	}
}

// TestHostileTextIsInert: what articles and models write is text, in cards that
// are there from the beginning and in those that come later.
func TestHostileTextIsInert(t *testing.T) {
	t.Parallel()
	page := write(t, func(add func(Card)) {
		for n := 1; n <= plainCards+5; n++ {
			c := hostile().card(t, n)
			c.Result.Article.URL = "javascript:window.pwned=1"
			c.Result.Receipt.Model = evil
			add(c)
		}
		add(Card{Dead: deadLetter(evil)})
	})
	b := open(t, page, 1280, 900, false)
	b.run(`dispatchEvent(new Event("beforeprint"))`) // all cards
	b.await("all cards are there", `document.querySelectorAll("main > article noscript").length === 0`)
	if got := eval[int](b, `document.querySelectorAll("main img, main script, main [onerror], main iframe, main style, a[href^=javascript]").length`); got != 0 {
		t.Errorf("%d elements are of an article's making", got)
	}
	if eval[bool](b, `window.pwned !== undefined`) {
		t.Error("a script of an article has run")
	}
	if got, want := eval[int](b, `document.querySelectorAll("main > article").length`), plainCards+6; got != want {
		t.Errorf("%d cards, want %d: one broke out", got, want)
	}
	if got := eval[string](b, `document.querySelector("#a22 h2").textContent`); !strings.Contains(got, "</noscript>") || strings.Contains(got, "\u202e") {
		t.Errorf("the headline is %q", got)
	}
	b.search("pwned")
	if got := eval[int](b, `document.querySelectorAll("main script, main img").length`); got != 0 {
		t.Error("searching made elements of text")
	}
}

// TestCardsComeAsTheyAreScrolledTo: a page of many cards shows few at first.
func TestCardsComeAsTheyAreScrolledTo(t *testing.T) {
	t.Parallel()
	all := stories()
	page := write(t, func(add func(Card)) {
		for n := 1; n <= 200; n++ {
			add(all[n%len(all)].card(t, n))
		}
	})
	b := open(t, page, 390, 844, false)
	first := eval[int](b, `document.querySelectorAll("main > article:not([hidden])").length`)
	if first >= 200 {
		t.Errorf("%d cards are there at first", first)
	}
	b.run(`location.hash = "a150"`)
	b.await("a link goes to its card", `document.querySelector(".here")?.id === "a150"`)
	b.run(`scrollTo(0, document.documentElement.scrollHeight)`)
	b.await("more cards come at the end", `(scrollTo(0, document.documentElement.scrollHeight), document.querySelectorAll("main > article:not([hidden])").length === 200)`)
	// A card that is not there yet is found all the same.
	b.search("إقليم السهل")
	if got := eval[string](b, `[...new Set([...document.querySelectorAll("main > article:not([hidden]) h2")].map((h) => h.textContent))].join()`); got != "Plain Railway begins trial runs" {
		t.Errorf("found: %s", got)
	}
	if got := eval[string](b, `document.getElementById("shown").textContent`); got != "40 of 200" {
		t.Errorf("the count says %q", got)
	}
}

// TestReadsWithoutScripts: all articles are there, and what needs a script is not.
func TestReadsWithoutScripts(t *testing.T) {
	t.Parallel()
	all := stories()
	page := write(t, func(add func(Card)) {
		for n := 1; n <= plainCards+10; n++ {
			add(all[n%len(all)].card(t, n))
		}
	})
	b := open(t, page, 390, 844, false)
	if _, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(b.ctx, chromedp.Reload()); err != nil {
		t.Fatal(err)
	}
	if got := eval[int](b, `[...document.querySelectorAll("main > article h2")].filter((h) => h.checkVisibility()).length`); got != plainCards+10 {
		t.Errorf("%d headlines can be read, want all %d", got, plainCards+10)
	}
	if eval[bool](b, `document.getElementById("filter").checkVisibility()`) {
		t.Error("there is a filter that does nothing")
	}
}
