package name

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTowns holds cities, states and organisations to a source that names
// others, wherever they stand in the sentence.
func TestTowns(t *testing.T) {
	t.Parallel()
	const source = "قال مزارع من أوريغون إن شركة نوكيا فتحت مكتبا في سولت لايك سيتي، وأضافت ليندكفيست أن منظمة غرينبيس رحبت بذلك."
	for text, want := range map[string]map[string]Outcome{
		"One Oregon farmer said so.":                         {"Oregon": Found},
		"One Manitoba farmer said so.":                       {"Manitoba": Absent},
		"She lives there, in Tennessee, with him.":           {"Tennessee": Absent},
		"Rotterdam was right.":                               {"Rotterdam": Absent},
		"An office and shop in Salt Lake City opened.":       {"Salt Lake City": Found},
		"An office and shop in Baton Rouge opened.":          {"Baton Rouge": Absent},
		"The staff of Greenpeace was pleased.":               {"Greenpeace": Found},
		"The staff of World Vision was pleased.":             {"World Vision": Absent},
		"The page of ExxonMobil was changed.":                {"ExxonMobil": Absent},
		"It was the World Trade Organization that did it.":   {"World Trade Organization": Absent},
		"An article of the Houston Chronicle was read.":      {},
		"It was the film in which Dallas Lindqvist appears.": {"Dallas": Absent},
	} {
		if diff := cmp.Diff(want, outcomes(Arabic, source, text)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}
