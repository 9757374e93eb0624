package verify

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPhraseSet(t *testing.T) {
	t.Parallel()
	set := newPhraseSet([]string{"click here", "share this", "i cannot"})
	for name, tc := range map[string]struct {
		texts []string
		want  []string
	}{
		"none":               {[]string{"The bridge reopened."}, nil},
		"in the set's order": {[]string{"I cannot. Click here.", "click here"}, []string{"click here", "i cannot"}},
		"at a word's start":  {[]string{"multiclick here, hi cannot"}, nil},
		"behind a mark":      {[]string{"(share this)"}, []string{"share this"}},
		"empty":              {nil, nil},
	} {
		var fields []field
		for _, text := range tc.texts {
			fields = append(fields, field{lower: lowerASCII(text)})
		}
		if diff := cmp.Diff(tc.want, set.in(fields)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
