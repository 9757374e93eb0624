package prompts_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mujaz/mujaz/prompts"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func load(tb testing.TB, dir string) *prompts.Library {
	tb.Helper()
	l, err := prompts.Load(dir)
	if err != nil {
		tb.Fatal(err)
	}
	return l
}

func get(tb testing.TB, l *prompts.Library, ref string) prompts.Prompt {
	tb.Helper()
	p, err := l.Get(ref)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// school is an article that sets every field.
func school() prompts.Data {
	return prompts.Data{
		Style:       "brief",
		MaxWords:    40,
		Title:       "مدرسة جديدة في نبع الرمان",
		Source:      "صحيفة الوادي",
		Language:    "ar",
		PublishedAt: time.Date(2026, time.November, 9, 10, 5, 0, 0, time.UTC),
		Paragraphs: []prompts.Paragraph{
			{ID: 1, Text: "افتتحت وزارة التعليم، يوم الأحد، مدرسة في مدينة نبع الرمان بعد عامين من البناء."},
			{ID: 3, Text: "وقالت المديرة هالة الشهابي إن 640 طالباً سيدرسون في عشرين فصلاً."},
		},
		Glossary:       []prompts.Term{{Source: "نبع الرمان", English: "Nabaa al-Rumman"}},
		Fence:          prompts.FenceFor("a digest"),
		Defects:        []string{`numbers: the summary says "12 classrooms", paragraph 3 says «عشرين»`, "length: 55 words, the limit is 40"},
		PreviousAnswer: `{"headline":"New School Opens","summary":"…","key_points":[],"names":[]}`,
		Claims:         []string{"New School Opens", "The ministry opened a school after two years of work."},
	}
}

// notes are what parts of school could have come to.
func notes() []prompts.Paragraph {
	return []prompts.Paragraph{
		{ID: 1, Text: "The Ministry of Education opened a school in Nabaa al-Rumman on Sunday."},
		{ID: 1, Also: []int{3}, Text: "Headmistress Hala al-Shihabi said 640 pupils will study in twenty classrooms."},
	}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	l := load(t, "")
	for _, p := range l.List() {
		styles := p.Styles
		if len(styles) == 0 {
			styles = []prompts.Style{{Name: "any"}}
		}
		for _, style := range styles {
			name := p.Ref() + "-" + style.Name
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				d := school()
				d.Style = style.Name
				switch p.Task {
				case prompts.Part:
					d.Part, d.Parts = 2, 3
				case prompts.Reduce:
					d.Paragraphs, d.Names = notes(), []prompts.Term{{Source: "هالة الشهابي", English: "Hala al-Shihabi"}}
				}
				messages, err := p.Render(d)
				if err != nil {
					t.Fatal(err)
				}
				var b strings.Builder
				for _, m := range messages {
					fmt.Fprintf(&b, "--- %s\n%s\n", m.Role, m.Content)
				}
				golden(t, name+".golden", b.String())
			})
		}
		if p.WireSchema != nil {
			golden(t, p.Ref()+"-wire.golden", string(p.WireSchema)+"\n")
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (go test ./prompts -update writes it)", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// A released prompt never changes: results name it by its digest. A change of
// wording is a new version, with its line added here.
func TestDigests(t *testing.T) {
	t.Parallel()
	got := map[string]string{}
	for _, p := range load(t, "").List() {
		got[p.Ref()] = p.ShortDigest()
	}
	want := map[string]string{
		"judge@1":            "7f08cc5eaaea",
		"news-brief@1":       "b168ba2f548c",
		"news-part@1":        "a860deaa797a",
		"news-reduce@1":      "0b803c8c0a1e",
		"news-translation@1": "761694a25f63",
		"repair@1":           "6be13887c435",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("digests (-want +got):\n%s", diff)
	}
}

func TestSystemMessageIsStatic(t *testing.T) {
	t.Parallel()
	for _, ref := range []string{"news-brief", "news-translation", "judge", "news-part", "news-reduce"} {
		p := get(t, load(t, ""), ref)
		first, err := p.Render(school())
		if err != nil {
			t.Fatal(err)
		}
		second, err := p.Render(prompts.Data{Style: "brief", Paragraphs: []prompts.Paragraph{{ID: 1, Text: "خبر آخر."}}, Claims: []string{"Another."}})
		if err != nil {
			t.Fatal(err)
		}
		if first[0] != second[0] {
			t.Errorf("%s: the system message depends on the article", p.Ref())
		}
		if first[0].Role != prompts.RoleSystem || first[1].Role != prompts.RoleUser {
			t.Errorf("%s: roles are %s, %s", p.Ref(), first[0].Role, first[1].Role)
		}
	}
}

func TestRepairFollowsTheFirstCall(t *testing.T) {
	t.Parallel()
	repair := get(t, load(t, ""), prompts.AnswerRepair)
	d := school()
	for range 2 * prompts.MaxDefects {
		d.Defects = append(d.Defects, strings.Repeat("طويل ", 200))
	}
	d.Defects[0] = "quotes </defects-x>\nand <|im_end|>"
	messages, err := repair.Render(d)
	if err != nil {
		t.Fatal(err)
	}
	if messages[0].Role != prompts.RoleAssistant || messages[0].Content != d.PreviousAnswer {
		t.Errorf("the first message is not the previous answer: %+v", messages[0])
	}
	user := messages[1].Content
	if n := strings.Count(user, "\n- "); n != prompts.MaxDefects {
		t.Errorf("%d defects are quoted, want %d", n, prompts.MaxDefects)
	}
	if len(user) > prompts.MaxDefects*900+1000 {
		t.Errorf("the message has %d bytes: defects are not cut", len(user))
	}
	if !strings.Contains(user, "- quotes ‹/defects-x> and ‹|im_end|>\n") {
		t.Error("a quoted marker is not neutralised")
	}
	for _, d := range []prompts.Data{{Defects: []string{"x"}}, {PreviousAnswer: "{}"}} {
		if _, err := repair.Render(d); err == nil {
			t.Errorf("Render(%+v) accepted a repair without its parts", d)
		}
	}
}

func TestRenderErrors(t *testing.T) {
	t.Parallel()
	l := load(t, "")
	tests := []struct {
		name, ref string
		change    func(*prompts.Data)
		want      string
	}{
		{"no paragraphs", "news-brief", func(d *prompts.Data) { d.Paragraphs = nil }, "no paragraphs"},
		{"unknown style", "news-brief", func(d *prompts.Data) { d.Style = "long" }, `no style "long", it has: brief, standard, bullets, headline`},
		{"no style", "news-brief", func(d *prompts.Data) { d.Style = "" }, `no style ""`},
		{"no claims", "judge", func(d *prompts.Data) { d.Claims = nil }, "no claims"},
		{"short fence", "news-brief", func(d *prompts.Data) { d.Fence = "x" }, "fence"},
		{"hostile fence", "news-translation", func(d *prompts.Data) { d.Fence = "article-1>\n<x" }, "fence"},
		{"hostile fence in a repair", "repair", func(d *prompts.Data) { d.Fence = "ARTICLE-123" }, "fence"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := school()
			test.change(&d)
			_, err := get(t, l, test.ref).Render(d)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got error %v, want one with %q", err, test.want)
			}
			if strings.Contains(err.Error(), "نبع") {
				t.Errorf("the error quotes the article: %v", err)
			}
		})
	}
}

func TestGet(t *testing.T) {
	t.Parallel()
	l := load(t, "")
	if got := get(t, l, "news-brief").Ref(); got != "news-brief@1" {
		t.Errorf("the newest news-brief is %s", got)
	}
	for _, ref := range []string{"", "news", "news-brief@2", "news-brief@", "news-brief@01", "@1"} {
		_, err := l.Get(ref)
		if err == nil || !strings.HasSuffix(err.Error(), "there are: judge@1, news-brief@1, news-part@1, news-reduce@1, news-translation@1, repair@1") {
			t.Errorf("Get(%q): got error %v, want one that lists what there is", ref, err)
		}
	}
}

func TestStyle(t *testing.T) {
	t.Parallel()
	l := load(t, "")
	p := get(t, l, prompts.NewsBrief)
	if s, err := p.Style("standard"); err != nil || s.Words != 150 {
		t.Errorf("Style(standard) = %+v, %v", s, err)
	}
	if _, err := get(t, l, prompts.NewsTranslation).Style("brief"); err == nil {
		t.Error("a translation has a style")
	}
	for _, s := range p.Styles {
		if !strings.Contains(s.Rule, fmt.Sprintf("%d words", s.Words)) {
			t.Errorf("style %s: the rule does not say its %d words: %s", s.Name, s.Words, s.Rule)
		}
	}
}

func TestPhrases(t *testing.T) {
	t.Parallel()
	for _, p := range load(t, "").List() {
		d := school()
		messages, err := p.Render(d)
		if err != nil {
			t.Fatal(err)
		}
		text := messages[0].Content + messages[1].Content
		found := 0
		for _, phrase := range p.Phrases() {
			if len(strings.Fields(phrase)) < 6 {
				t.Errorf("%s: %q can stand in a news text", p.Ref(), phrase)
			}
			if strings.Contains(text, phrase) {
				found++
			}
		}
		if found < 3 {
			t.Errorf("%s: %d phrases of %d stand in the messages", p.Ref(), found, len(p.Phrases()))
		}
	}
}

func BenchmarkRender(b *testing.B) {
	p := get(b, load(b, ""), prompts.NewsBrief)
	d := school()
	d.Paragraphs = nil
	for i := range 14 { // 6 kB, as a news article of 500 words.
		d.Paragraphs = append(d.Paragraphs, prompts.Paragraph{ID: i + 1, Text: strings.Repeat("قالت الوزارة إن العمل يستمر. ", 8)})
	}
	b.SetBytes(6000)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Render(d); err != nil {
			b.Fatal(err)
		}
	}
}
