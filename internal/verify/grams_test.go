package verify

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHaving(t *testing.T) {
	t.Parallel()
	phrases := []string{"click here", "share this", "i cannot"}
	for name, tc := range map[string]struct {
		texts []string
		want  []string
	}{
		"none":                  {[]string{"The bridge reopened."}, nil},
		"in the phrases' order": {[]string{"I cannot. Click here.", "click here"}, []string{"click here", "i cannot"}},
		"at a word's start":     {[]string{"multiclick here, hi cannot"}, nil},
		"behind a mark":         {[]string{"(share this)"}, []string{"share this"}},
		"empty":                 {nil, nil},
	} {
		var fields []field
		var all grams
		for _, text := range tc.texts {
			fields = append(fields, field{lower: lowerASCII(text), grams: &all})
			all.add(lowerASCII(text))
		}
		if diff := cmp.Diff(tc.want, having(fields, phrases)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestGrams holds that a text may have all that it has, in any script.
func TestGrams(t *testing.T) {
	t.Parallel()
	const text = "the mayor, «سامر الغزالي», reopened the bridge — at last"
	var g grams
	g.add(text)
	for start := range text {
		for end := range text[start:] {
			if phrase := text[start : start+end]; !g.may(phrase) || !g.mayLower(strings.ToUpper(phrase)) {
				t.Errorf("%q is said to be missing", phrase)
			}
		}
	}
	if g.may("click here") || g.may("نموذج") {
		t.Error("phrases of other texts are said to be there")
	}
}
