package clean_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"

	"github.com/mujaz/mujaz/internal/clean"
)

func encoded(t *testing.T, cm *charmap.Charmap, s string) string {
	t.Helper()
	raw, err := cm.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// misread is s, decoded with the wrong single-byte encoding; bytes that it lacks become C1 controls.
func misread(raw string, cm *charmap.Charmap) string {
	var b strings.Builder
	for i := range len(raw) {
		r := cm.DecodeByte(raw[i])
		if r == '\uFFFD' {
			r = rune(raw[i])
		}
		b.WriteRune(r)
	}
	return b.String()
}

func TestEncodingsAreRepaired(t *testing.T) {
	t.Parallel()
	arabic := par1 + "\n" + par2
	units := utf16.Encode([]rune(arabic))
	var little, big strings.Builder
	for _, u := range units {
		little.Write([]byte{byte(u), byte(u >> 8)})
		big.Write([]byte{byte(u >> 8), byte(u)})
	}
	french := "Le président a déclaré que l'été sera très chaud à Genève, après une année sèche."
	for _, tc := range []struct{ name, text, want, repair string }{
		{"BOM", "\ufeff" + arabic, arabic, clean.RepairBOM},
		{"UTF-16 LE with BOM", "\xff\xfe" + little.String(), arabic, clean.RepairUTF16},
		{"UTF-16 BE with BOM", "\xfe\xff" + big.String(), arabic, clean.RepairUTF16},
		{"UTF-16 LE without BOM", little.String(), arabic, clean.RepairUTF16},
		{"windows-1256 bytes", encoded(t, charmap.Windows1256, arabic), arabic, clean.RepairCharset + "windows-1256"},
		{"windows-1256 read as windows-1252", misread(encoded(t, charmap.Windows1256, arabic), charmap.Windows1252), arabic, clean.RepairMojibake + "windows-1256"},
		{"windows-1256 read as Latin-1", misread(encoded(t, charmap.Windows1256, arabic), charmap.ISO8859_1), arabic, clean.RepairMojibake + "windows-1256"},
		{"UTF-8 read as windows-1252", misread(arabic, charmap.Windows1252), arabic, clean.RepairMojibake + "utf-8"},
		{"UTF-8 read as windows-1256", misread(arabic, charmap.Windows1256), arabic, clean.RepairMojibake + "utf-8"},
		{"UTF-8 read as Latin-1 twice", misread(misread(arabic, charmap.ISO8859_1), charmap.ISO8859_1), arabic, clean.RepairMojibake + "utf-8"},
		{"French UTF-8 read as windows-1252", misread(french, charmap.Windows1252), french, clean.RepairMojibake + "utf-8"},
		{"French stays", french, french, ""},
		{"a few invalid bytes", arabic + " \xff", arabic, clean.RepairInvalid},
		{"a few replacement characters", strings.Replace(arabic, " ", " \uFFFD", 1), arabic, clean.RepairInvalid},
		{"left-over markup", "<p>" + par1 + "</p><p>" + strings.ReplaceAll(par2, " ", "&nbsp;") + "</p>", arabic, clean.RepairMarkup},
		{"escaped twice", strings.Replace(arabic, "\n", "&amp;lt;br&amp;gt;", 1), arabic, clean.RepairMarkup},
		{"less-than sign stays", "5 < 7 & 8 > 2 says the teacher <teacher@example.org> in class to all of them.", "5 < 7 & 8 > 2 says the teacher <teacher@example.org> in class to all of them.", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a := mustClean(t, clean.Input{Text: tc.text})
			if got := strings.Join(texts(a), "\n"); got != tc.want {
				t.Errorf("text is\n%q, want\n%q (repairs %v)", got, tc.want, a.Repairs)
			}
			if tc.repair != "" != slices.Contains(a.Repairs, tc.repair) || tc.repair == "" && len(a.Repairs) > 0 {
				t.Errorf("repairs %v, want %q", a.Repairs, tc.repair)
			}
			checkAgain(t, a)
		})
	}
}

func TestCharacters(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, text, want, repair string }{
		{"NFC", "cafe\u0301 au lait dans la re\u0301gion", "café au lait dans la région", clean.RepairNFC},
		{"control", "the\x01 quiet\x7f harbour", "the quiet harbour", clean.RepairControl},
		{"bidi", "the \u202equiet\u202c \u2066harbour\u2069\u200f", "the quiet harbour", clean.RepairBidi},
		{"zero width", "the qu\u200biet har\u00adbour\ufeff", "the quiet harbour", clean.RepairZeroWidth},
		{"ZWNJ kept in Persian", "می\u200cرود", "می\u200cرود", ""},
		{"ZWNJ at a word's end", "می رود\u200c", "می رود", clean.RepairZeroWidth},
		{"tags", "the quiet\U000E0069\U000E0067 harbour", "the quiet harbour", clean.RepairTags},
		{"pile-up", "z" + strings.Repeat("\u0335", 30) + "algo", "z" + strings.Repeat("\u0335", 4) + "algo", clean.RepairCombining},
		{"vocalised Arabic stays", "السَّلامُ عليكُم", "السَّلامُ عليكُم", ""},
		{"tatweel stays", "السـلام عليكم", "السـلام عليكم", ""},
		{"presentation forms stay", "ﺍﻟﺴﻼﻡ ﻋﻠﻴﻜﻢ", "ﺍﻟﺴﻼﻡ ﻋﻠﻴﻜﻢ", ""},
		{"spaces", "the\u00a0 \tquiet\u2003harbour ", "the quiet harbour", ""},
		{"Windows line ends", "the quiet\r\nharbour\rtown", "the quiet|harbour|town", ""},
		{"line separator", "the quiet\u2028harbour", "the quiet|harbour", ""},
		{"private use", "the \ue001quiet harbour", "the quiet harbour", clean.RepairControl},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a := mustClean(t, clean.Input{Text: tc.text})
			if got := strings.Join(texts(a), "|"); got != tc.want {
				t.Errorf("got %+q, want %+q", got, tc.want)
			}
			if tc.repair != "" && !slices.Contains(a.Repairs, tc.repair) {
				t.Errorf("repairs %v, want %q", a.Repairs, tc.repair)
			}
			if tc.repair == "" && len(a.Repairs) > 0 {
				t.Errorf("repairs %v", a.Repairs)
			}
		})
	}
}

func TestNormalize(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, a, b string }{
		{"tatweel", "السـلام", "السلام"},
		{"diacritics", "السَّلامُ", "السلام"},
		{"alef", "أحمد إلى آخر", "احمد الي اخر"},
		{"yeh", "مستشفى", "مستشفي"},
		{"ta marbuta", "مدينة", "مدينه"},
		{"hamza", "مسؤول شئون", "مسوول شيون"},
		{"Persian kaf and yeh", "کتابی", "كتابي"},
		{"presentation forms", "ﺍﻟﺴﻼﻡ", "السلام"},
		{"Arabic-Indic digits", "٢٠٢٤", "2024"},
		{"Persian digits", "۲۰۲۴", "2024"},
		{"Devanagari digits", "२०२४", "2024"},
		{"full width", "ＡＢＣ１２", "abc12"},
		{"case and accents", "École", "ecole"},
		{"ZWNJ", "می‌رود", "مي" + "رود"},
		{"NBSP", "a\u00a0b", "a b"},
	} {
		if x, y := clean.Normalize(tc.a), clean.Normalize(tc.b); x != y {
			t.Errorf("%s: %q and %q", tc.name, x, y)
		}
	}
	if clean.Normalize("سلم") == clean.Normalize("سلام") || clean.Normalize("कि") == clean.Normalize("कु") {
		t.Error("different words compare equal")
	}
}

// TestRepairsInOrder holds that equal articles have equal results, whatever was
// put right.
func TestRepairsInOrder(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("فتحت البلدية \u202bالجسر\u202c القديم\u200b يوم الأحد\u0007 بعد سبعة أشهر \U000E0041من الإغلاق.\n", 4)
	want := []string{clean.RepairControl, clean.RepairBidi, clean.RepairZeroWidth, clean.RepairTags}
	for range 20 {
		got, err := clean.Clean(clean.Input{Text: text})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got.Repairs); diff != "" {
			t.Fatalf("repairs (-want +got):\n%s", diff)
		}
	}
}
