package clean_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/mujaz/mujaz/internal/clean"
)

// checkArticle asserts what holds for every article: valid UTF-8, bounded, numbered, and stable
// when cleaned again.
func checkArticle(t *testing.T, in clean.Input) {
	t.Helper()
	a, err := clean.Clean(in)
	if err != nil {
		return
	}
	text := a.Text()
	if !utf8.ValidString(text) || !utf8.ValidString(a.Title) || !utf8.ValidString(a.Byline) {
		t.Error("invalid UTF-8")
	}
	if limit := 4*(len(in.Text)+len(in.HTML)) + 64; len(text) > limit {
		t.Errorf("%d bytes, at most %d expected", len(text), limit)
	}
	for i, p := range a.Paragraphs {
		if p.ID != i+1 || p.Text == "" || strings.Contains(p.Text, "\n") || p.Text != strings.TrimSpace(p.Text) {
			t.Errorf("paragraph %d: %+q", i+1, p.Text)
		}
	}
	for _, r := range a.Removed {
		if r.Kind == "" || r.Chars <= 0 || len(r.Text) > 410 || !utf8.ValidString(r.Text) {
			t.Errorf("removal %+v", r)
		}
	}
	again, err := clean.Clean(clean.Input{Text: text})
	if err != nil {
		t.Fatalf("cleaned twice: %v", err)
	}
	if diff := cmp.Diff(texts(a), texts(again)); diff != "" {
		t.Errorf("cleaned twice (-once +twice):\n%s", diff)
	}
}

func FuzzCleanText(f *testing.F) {
	f.Add("", body([]string{title}, title, title, "لم تشترك بعد", "شارك"))
	f.Add(title, body(nil, "اقرأ أيضا", "خبر آخر", "© جميع الحقوق محفوظة"))
	f.Add("", "\xff\xfea\x00b\x00")
	f.Add("", "ط§ظ„ط³ظ„ط§ظ… Ø§Ù„Ø³")
	f.Add("", "one line of wrapped text here\nand another one of wrapped\ntext\n\nmore of the wrapped text here\nand the end\nof it all\n")
	f.Add("", "<p>a &amp;amp; b</p>\u200c\u0301\u0301\u0301\u0301\u0301 می\u200cرود")
	f.Add("By A", "Share\n5 comments\nBy Huda Shami\nAdvertisement")
	f.Fuzz(func(t *testing.T, title, text string) {
		if len(text) > 64<<10 {
			return
		}
		checkArticle(t, clean.Input{Title: title, Text: text})
	})
}

func FuzzCleanHTML(f *testing.F) {
	f.Add(arabicPage)
	f.Add("<p>a<p>b<table><td>c</table><a href=x>d</a><script>e")
	f.Add("<html><meta charset=gbk>\xb0\xa1<br>&#0;&lt;p&gt;")
	f.Fuzz(func(t *testing.T, page string) {
		if len(page) > 64<<10 {
			return
		}
		checkArticle(t, clean.Input{HTML: page})
	})
}

func FuzzNormalize(f *testing.F) {
	f.Add("السَّـلامُ عليكم ٢٠٢٤ ﺍﻟﺴﻼﻡ École ǅ ΐ ẞ İ")
	f.Fuzz(func(t *testing.T, s string) {
		once := clean.Normalize(s)
		if twice := clean.Normalize(once); once != twice {
			t.Errorf("%+q and %+q", once, twice)
		}
		if !utf8.ValidString(once) {
			t.Errorf("invalid UTF-8: %+q", once)
		}
	})
}
