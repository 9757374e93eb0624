package name

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestClaimsSounding holds names to sources whose letters are compared by sound.
func TestClaimsSounding(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]map[string]Outcome{
		"آقای یوهان برگستروم روز دوشنبه با خبرنگاران درباره سد تازه گفت‌وگو کرد.": {"Johan": Found, "Bergstrom": Found, "Castellano": Absent, "Vukovar": Absent},
		"جناب یوہان برگسٹروم نے پیر کو صحافیوں سے بات کی۔":                        {"Johan": Found, "Bergstrom": Found, "Castellano": Absent, "Vukovar": Absent},
		"Господин Йохан Бергстром беседовал с журналистами о новой плотине.":      {"Johan": Found, "Bergstrom": Found, "Castellano": Absent, "Vukovar": Absent},
		"Плотину показали Йохану Бергстрому в понедельник.":                       {"Johan": Found, "Bergstrom": Found, "Castellano": Absent, "Vukovar": Absent},
		"מר יוהן ברגסטרום שוחח עם עיתונאים על הסכר החדש.":                         {"Johan": Found, "Bergstrom": Found, "Castellano": Absent, "Vukovar": Absent},
		"श्री योहान बर्गस्ट्रोम ने सोमवार को पत्रकारों से बात की।":                {"Johan": Found, "Bergstrom": Found, "Castellano": Absent, "Vukovar": Absent},
		"بەڕێز یۆهان بێرگسترۆم لەگەڵ ڕۆژنامەنووسان قسەی کرد.":                     {"Johan": Found, "Bergstrom": Found, "Castellano": Absent, "Vukovar": Absent},
	} {
		got := outcomes(Sounding, source, "Mr Johan Bergstrom spoke, and Mr Castellano came from Vukovar.")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", source, diff)
		}
	}
	got := outcomes(Sounding, "Он прилетел из Кении.", "He flew from Kenya, not from Zimbabwe or Germany.")
	if diff := cmp.Diff(map[string]Outcome{"Kenya": Found, "Zimbabwe": Absent, "Germany": Unknown}, got); diff != "" {
		t.Errorf("countries (-want +got):\n%s", diff)
	}
}

// TestWellKnownPeople holds that a given name which every writer knows is no
// invention.
func TestWellKnownPeople(t *testing.T) {
	t.Parallel()
	got := outcomes(Arabic, "التقى ترامب وزير الري", "It pleased Donald Trump and Esteban Trump.")
	if diff := cmp.Diff(map[string]Outcome{"Donald": Unknown, "Trump": Found, "Esteban": Absent}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
