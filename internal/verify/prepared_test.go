package verify

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRoomIsUsedAgain: reports do not depend on what was checked in the same
// room before, nor on what is checked beside them.
func TestRoomIsUsedAgain(t *testing.T) {
	t.Parallel()
	type pair struct {
		src Source
		out Output
	}
	pairs := []pair{
		{
			Source{Language: "ar", Paragraphs: []Paragraph{{1, "قال عمدة وادي الكرز سامر الغزالي إن 42 عاملا أصلحوا الجسر في ثلاثة أسابيع."}}},
			Output{Headline: "Bridge repaired", Summary: "Mayor Samer al-Ghazali of Wadi al-Karaz said 42 workers had repaired the bridge in four weeks."},
		},
		{
			Source{Language: "ar", Paragraphs: []Paragraph{{1, "افتتحت المكتبة يوم الأحد معرضا يضم 310 خرائط قديمة."}, {2, "ويستمر المعرض حتى آذار."}}},
			Output{Summary: "The library opened an exhibition of 301 old maps on Monday. It runs until March."},
		},
		{
			Source{Language: "en", Paragraphs: []Paragraph{{1, "The ferry sank off Skerra on 3 May, its owner said."}}},
			Output{Summary: "The ferry sank on 5 May, said Alma Torvik.", KeyPoints: []KeyPoint{{"The ferry sank.", []int{1}}}},
		},
	}
	want := make([]Report, len(pairs))
	for i, p := range pairs {
		want[i] = Prepare(p.src).Run(p.out, Limits{})
	}
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 60 {
				k := (g + i) % len(pairs)
				if diff := cmp.Diff(want[k], Run(pairs[k].src, pairs[k].out, Limits{})); diff != "" {
					t.Errorf("pair %d (-want +got):\n%s", k, diff)
					return
				}
			}
		})
	}
	wg.Wait()
}
