package fold

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestTextMergesSpellings(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{
		{"إبراهيم", "ابراهيم"}, {"مُحَمَّد", "محمد"}, {"مدرسة", "مدرسه"}, {"مصطفى", "مصطفي"}, {"کابل", "كابل"}, {"مـؤتمر", "موتمر"},
	} {
		if Text(pair[0]) != Text(pair[1]) {
			t.Errorf("%q and %q fold to different keys", pair[0], pair[1])
		}
	}
	if Text("سلمى") == Text("سلمان") {
		t.Error("different words fold to one key")
	}
}

func TestLatin(t *testing.T) {
	t.Parallel()
	for r, want := range map[rune]byte{'A': 'a', 'z': 'z', 'É': 'e', 'ş': 's', 'Ł': 'l', 'ß': 's', 'ệ': 'e', '9': 0, 'ж': 0, '×': 0, 'س': 0} {
		if got := Latin(r); got != want {
			t.Errorf("Latin(%q) is %q, want %q", r, got, want)
		}
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	type word struct {
		Letters, Text string
		Script        Script
		Flags         string
	}
	text := "Dr. O'Neil met Hala's team. He paid ١٢٣ and NATO, McCoy (al-Qaim) «وَقال»."
	var words Words
	words.Add(3, text)
	words.Close()
	var got []word
	for i := range words.List {
		x := &words.List[i]
		if x.Part != 3 {
			t.Errorf("word %d is of part %d", i, x.Part)
		}
		var flags strings.Builder
		for _, f := range []struct {
			set  bool
			name byte
		}{{x.Upper, 'u'}, {x.Capitals, 'c'}, {x.First, 'f'}, {x.Broken, 'b'}, {x.Possessive, 'p'}, {x.Inner, 'i'}, {x.Hyphen, 'h'}} {
			if f.set {
				flags.WriteByte(f.name)
			}
		}
		letters := string(words.Of(x))
		if x.Script == ArabicScript {
			letters = ""
		}
		got = append(got, word{letters, text[x.Start:x.End], x.Script, flags.String()})
	}
	want := []word{
		{"dr", "Dr", LatinScript, "ufb"},
		{"oneil", "O'Neil", LatinScript, "ui"},
		{"met", "met", LatinScript, ""},
		{"hala", "Hala's", LatinScript, "up"},
		{"team", "team", LatinScript, ""},
		{"he", "He", LatinScript, "ufb"},
		{"paid", "paid", LatinScript, ""},
		{"123", "١٢٣", Digits, ""},
		{"and", "and", LatinScript, ""},
		{"nato", "NATO", LatinScript, "uc"},
		{"mccoy", "McCoy", LatinScript, "ubi"},
		{"al", "al", LatinScript, "b"},
		{"qaim", "Qaim", LatinScript, "uh"},
		{"", "وَقال", ArabicScript, "fb"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("words (-want +got):\n%s", diff)
	}
	if letters := string(words.Letters); !strings.HasPrefix(letters, " dr oneil met hala team ") || !strings.HasSuffix(letters, Text("وقال")+" ") {
		t.Errorf("letters are %q", letters)
	}
}

func FuzzWords(f *testing.F) {
	f.Add("O'")
	f.Add("a’s' «سـ\u200f» 12٣\xff É")
	f.Add(strings.Repeat("ا", 300) + strings.Repeat("x", 300))
	f.Fuzz(func(t *testing.T, text string) {
		var words Words
		words.Add(0, text)
		words.Close()
		end := int32(0)
		for i := range words.List {
			x := &words.List[i]
			if x.Start < end || x.End <= x.Start || int(x.End) > len(text) || x.Len > MaxLetters {
				t.Fatalf("word %d of %q is at %d:%d after %d", i, text, x.Start, x.End, end)
			}
			if utf8.ValidString(text) && !utf8.ValidString(text[x.Start:x.End]) {
				t.Fatalf("word %d of %q cuts a character", i, text)
			}
			if words.Letters[x.At-1] != ' ' || words.Letters[x.At+int32(x.Len)] != ' ' {
				t.Fatalf("word %d of %q has no spaces around its letters", i, text)
			}
			end = x.End
		}
	})
}
