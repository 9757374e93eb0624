package name

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestStandsAlone holds surnames without a given name or a title to a source,
// and passes over what has a capital for another reason.
func TestStandsAlone(t *testing.T) {
	t.Parallel()
	const source = "قالت أغوستينا راسموندو إن نوعية المياه في مدينتها حيوية، وأضافت أن الشركة نقلت المعرض إلى بوتسوانا."
	for text, want := range map[string]map[string]Outcome{
		"The plan pleased them, as Rasmundo wanted.":        {"Rasmundo": Found},
		"The plan pleased them, as Castellano wanted.":      {"Castellano": Absent},
		"Experts agree that Castellano - now 60 - is ill.":  {"Castellano": Absent},
		"It is one of Castellano's plans.":                  {"Castellano's": Absent},
		"They left. Castellano, 60, was ill.":               {"Castellano": Absent},
		"They left. Castellano reportedly went there.":      {"Castellano": Absent},
		"They left. Underwood took the chair.":              {"Underwood": Absent},
		"She had met Father Castellano there.":              {"Castellano": Absent},
		"They left. Meanwhile, Rasmundo stayed.":            {"Rasmundo": Found},
		"They left. Turnquister told the crowd.":            {"Turnquister": Absent},
		"They left. Turnquister was alone.":                 {},
		"They left. Turnquisters told the crowd.":           {},
		"It is one of Castellano's Texas offices.":          {"Castellano's": Absent, "Texas": Absent},
		"They left. Asylum was what they wanted.":           {},
		"They left. Bystanders took her home.":              {},
		"There was no talk about Easter or Thanksgiving.":   {},
		"There was talk of the Castellano plan.":            {},
		"There was talk of a Castellano.":                   {},
		"There was talk of Castellano policies.":            {},
		"The pro-Castellano party left.":                    {"Castellano": Absent},
		"In the summer, Castellano, who is ill, left.":      {"Castellano": Absent},
		"The actress (Castellano) left.":                    {},
		"This cures Castellano's disease.":                  {},
		"The music of Castellano's 7 pleased them.":         {},
		"It is one of Castellano's London offices.":         {"Castellano's": Absent, "London": Absent},
		"Voters in the Sunnydale Brindisi Tower were glad.": {},
	} {
		if diff := cmp.Diff(want, outcomes(Arabic, source, text)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}
