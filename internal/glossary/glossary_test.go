package glossary_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mujaz/mujaz/internal/glossary"
)

// house is an invented glossary.
func house(t testing.TB, entries ...string) *glossary.Glossary {
	t.Helper()
	var list []glossary.Entry
	for i, e := range entries {
		source, english, _ := strings.Cut(e, "=")
		list = append(list, glossary.Entry{Source: source, English: english, Line: i + 1})
	}
	g, err := glossary.New(list)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestParse(t *testing.T) {
	t.Parallel()
	want := []glossary.Entry{
		{Source: "وادي السرو", English: "Wadi al-Sarw", Kind: "place", Note: "not Wadi Sar"},
		{Source: "نور", English: "No", Kind: ""},
	}
	for name, data := range map[string]string{
		"list.yaml":      "- source: وادي السرو\n  english: Wadi al-Sarw\n  kind: place\n  note: not Wadi Sar\n- {source: نور, english: No}\n",
		"map.yml":        "وادي السرو:\n  english: Wadi al-Sarw\n  kind: place\n  note: not Wadi Sar\nنور: No\n",
		"house.json":     `[{"source":"وادي السرو","english":"Wadi al-Sarw","kind":"place","note":"not Wadi Sar"},{"source":"نور","english":"No"}]`,
		"comma.csv":      "\ufeffSource,English,Kind,Note\nوادي السرو,Wadi al-Sarw,Place,not Wadi Sar\n# a comment\n\nنور,No\n",
		"semicolon.CSV":  "kind;english;source;note\r\nplace;Wadi al-Sarw;\"وادي السرو\";not Wadi Sar\r\n;No;نور;\r\n",
		"tabs.tsv":       "source\tenglish\tkind\tnote\nوادي السرو\tWadi al-Sarw\tplace\tnot Wadi Sar\nنور\tNo\t\t\n",
		"twice the same": "- {source: وادي السرو, english: Wadi al-Sarw, kind: place, note: not Wadi Sar}\n- {source: نور, english: No}\n- {source: وادى السّرو, english: Wadi al-Sarw}\n",
	} {
		g, err := glossary.Parse(name, []byte(data))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := g.Entries()
		for i := range got {
			if got[i].Line == 0 {
				t.Errorf("%s: entry %d has no line", name, i)
			}
			got[i].Line = 0
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if g.Digest() != house(t, "نور=No", "وادي السرو=Wadi al-Sarw").Digest() {
			t.Errorf("%s: the digest depends on more than sources and English", name)
		}
	}
	if house(t, "نور=No").Digest() == house(t, "نور=Nour").Digest() {
		t.Error("two glossaries have one digest")
	}
}

func TestParseProblems(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ل", 101)
	for name, tc := range map[string]struct{ file, data, want string }{
		"all at once": {"house.csv", "source,english,kind\nسد,,place\nسد,Sadd,dam\n!!,Bang\n" + long + ",Long\nنور,a\u202eb\nسد,Sudd\nسدّ,Sad\n,\n", strings.Join([]string{
			"line 2: english is empty",
			"line 3: kind must be one of: person, place, organisation, other",
			"line 4: source has no letter or digit",
			"line 5: source must be at most 200 bytes",
			"line 6: english must not contain control characters",
			"line 8: contradicts line 7: the same source has another English",
			"line 9: source is empty",
			"line 9: english is empty",
		}, "\n")},
		"yaml":             {"h.yaml", "- source: سد\n  english: Sadd\n- source: سد\n  english: Dam\n- english: X\n  nite: y\n- text\n- {source: a, source: b, english: [x]}\n", "line 3: contradicts line 1: the same source has another English\nline 6: an entry has no field but: source, english, kind, note\nline 7: an entry needs source and english\nline 8: source stands there twice\nline 8: english must be a text"},
		"yaml map":         {"h.yaml", "سد: Sadd\nسد: Dam\nنور: [a]\n[a]: b\nليل: ~\n", "line 2: contradicts line 1: the same source has another English\nline 3: the English must be a text\nline 4: the source must be a text\nline 5: english is empty"},
		"alias":            {"h.yaml", "a: &x Sadd\nb: *x\n", "line 2: the English must be a text"},
		"no list":          {"h.yaml", "just text", `line 1: must be a list of entries, or lines such as "source: English"`},
		"empty":            {"h.yaml", "# nothing\n", "holds no entry"},
		"null":             {"h.yaml", "~", "holds no entry"},
		"broken":           {"h.yaml", "a: b\nc: [\n", "line 2: is not valid YAML"},
		"two documents":    {"h.yaml", "a: b\n---\nc: d\n", "must be one YAML document"},
		"lines in English": {"h.yaml", "سد: |\n  a\n  b\n", "line 1: english must not contain control characters"},
		"csv, no head":     {"h.csv", "سد,Sadd\n", "line 1: column 1 is none of: source, english, kind, note\nline 1: column 2 is none of: source, english, kind, note\nline 1: the first line must name the column \"source\"\nline 1: the first line must name the column \"english\""},
		"csv, twice":       {"h.csv", "source,english,english\nسد,Sadd,x\n", `line 1: column "english" stands there twice`},
		"csv, too many":    {"h.csv", "source,english\nسد,Sadd,x\nنور\n", "line 2: has 3 fields, the first line names 2\nline 3: english is empty"},
		"csv, quote":       {"h.csv", "source,english\nسد,\"Sadd\n", "line 2: is not valid CSV: extraneous or missing \" in quoted-field"},
		"csv, empty":       {"h.csv", "", "holds no entry"},
		"not UTF-8":        {"h.csv", "source,english\n\xd3\xcf,Sadd\n", "line 2: is not UTF-8"},
		"note":             {"h.yaml", "- {source: سد, english: Sadd, note: \"" + strings.Repeat("x", 501) + "\"}", "line 1: note must be one line of at most 500 bytes"},
		"too large":        {"h.csv", strings.Repeat("x", glossary.MaxBytes+1), fmt.Sprintf("must be at most %d bytes", glossary.MaxBytes)},
		"too many":         {"h.csv", "source,english\n" + strings.Repeat("سد,Sadd\n", glossary.MaxEntries+1), "has 20001 entries, at most 20000 are allowed"},
		"many problems":    {"h.csv", "source,english\n" + strings.Repeat("سد,\n", 150), strings.TrimSuffix(manyEmpty(100), "\n") + "\nand 50 more"},
	} {
		_, err := glossary.Parse(tc.file, []byte(tc.data))
		if _, found := errors.AsType[*glossary.Error](err); !found {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(tc.want, err.Error()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func manyEmpty(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "line %d: english is empty\n", i+2)
	}
	return b.String()
}

func TestIn(t *testing.T) {
	t.Parallel()
	g := house(t, "وادي السرو=Wadi al-Sarw", "القاهرة الجديدة=New Cairo", "الزهور=Al-Zuhur", "ريم=Reem", "سلمى=Salma", "ليد=Leid", "3 أيلول=3 September", "يوسف عبد الرحيم=Yusuf Abd al-Rahim")
	for name, tc := range map[string]struct {
		texts []string
		want  string
	}{
		"as it is":         {[]string{"زار الوزير وادي السرو أمس."}, "وادي السرو"},
		"another spelling": {[]string{"زار وادى السَّـرو أمس"}, "وادى السَّـرو"},
		"prefixed":         {[]string{"عاد إلى بيته بوادي السرو، وسافر للقاهرة الجديدة وللزهور"}, "بوادي السرو|للقاهرة الجديدة|وللزهور"},
		"and":              {[]string{"سلمى وريم"}, "سلمى"},
		"and, long enough": {[]string{"ريم وسلمى"}, "ريم|وسلمى"},
		"inside a word":    {[]string{"كان كريم ووليد في السرو، وليس في الوادي"}, ""},
		"order, once":      {[]string{"ريم", "وادي السرو ثم ريم ثم وادي السرو"}, "ريم|وادي السرو"},
		"across texts":     {[]string{"وادي", "السرو"}, ""},
		"punctuation":      {[]string{"«يوسف عبد-الرحيم»"}, "يوسف عبد-الرحيم"},
		"digits":           {[]string{"في ٣ أيلول المقبل"}, "٣ أيلول"},
		"cut off":          {[]string{"يوسف عبد"}, ""},
		"nothing":          {nil, ""},
	} {
		var got []string
		for _, term := range g.In(tc.texts...) {
			got = append(got, term.Written)
			if !g.Has(term.Source) || term.English == "" {
				t.Errorf("%s: %+v", name, term)
			}
		}
		if strings.Join(got, "|") != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
	var none *glossary.Glossary
	if none.In("وادي السرو") != nil || none.Digest() != "" || none.Len() != 0 || none.Entries() != nil || none.Has("ريم") {
		t.Error("no glossary is not an empty one")
	}
}

func TestInIsBounded(t *testing.T) {
	t.Parallel()
	var entries []glossary.Entry
	var text strings.Builder
	for i := range glossary.MaxTerms + 50 {
		entries = append(entries, glossary.Entry{Source: fmt.Sprintf("اسم%d", i), English: "Name"})
		fmt.Fprintf(&text, "اسم%d ", i)
	}
	g, err := glossary.New(entries)
	if err != nil {
		t.Fatal(err)
	}
	if got := g.In(text.String()); len(got) != glossary.MaxTerms || got[0].Source != "اسم0" {
		t.Errorf("%d terms", len(got))
	}
}

func FuzzParse(f *testing.F) {
	for _, data := range []string{
		"- source: وادي السرو\n  english: Wadi al-Sarw\n", "سد: Sadd\n", "source,english\nسد,Sadd\n", "source;english;note\n\"a\nb\";c;d\n",
		"a: &x [*x]\n", "- {source: ل, english: l}\n- {source: ل, english: L}\n", "source,english\n\u200f,\u0640\n", "ﷺ: x\n", "وو: w\n", "? a\n: b\n", "--- |\n",
	} {
		f.Add(true, []byte(data))
		f.Add(false, []byte(data))
	}
	f.Fuzz(func(t *testing.T, table bool, data []byte) {
		name := "house.yaml"
		if table {
			name = "house.csv"
		}
		g, err := glossary.Parse(name, data)
		if err != nil {
			problem, found := errors.AsType[*glossary.Error](err)
			if !found || len(problem.Problems) == 0 || g != nil {
				t.Fatalf("%T: %v", err, err)
			}
			return
		}
		if g.Len() == 0 || g.Len() > glossary.MaxEntries || len(g.Digest()) != 64 {
			t.Fatalf("%d entries, digest %q", g.Len(), g.Digest())
		}
		for _, e := range g.Entries()[:min(20, g.Len())] {
			if e.Source == "" || e.English == "" || e.Line == 0 {
				t.Fatalf("a bad entry is taken: %+v", e)
			}
			// What the glossary has, it finds.
			found := false
			for _, term := range g.In("أولا " + e.Source + " أخيرا") {
				found = found || term.Source == e.Source
			}
			if !found || !g.Has(e.Source) {
				t.Fatalf("%q is not found", e.Source)
			}
		}
	})
}

// BenchmarkIn: a long article against the longest glossary.
func BenchmarkIn(b *testing.B) {
	var entries []glossary.Entry
	for i := range glossary.MaxEntries {
		entries = append(entries, glossary.Entry{Source: fmt.Sprintf("اسم%d الكرمي", i), English: "Name"})
	}
	g, err := glossary.New(entries)
	if err != nil {
		b.Fatal(err)
	}
	text := strings.Repeat("زار الوزير وادي السرو أمس والتقى بسلمى الزيتوني ومروان الكرمي. ", 100)
	for b.Loop() {
		g.In(text)
	}
}
