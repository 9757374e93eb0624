package eval

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// optionsOf gives the options of the sites of a kind, by what stands there.
func optionsOf(text string, kind Kind) map[string][]string {
	all := map[string][]string{}
	for _, s := range sites(text, factsOf(text, "")) {
		if s.kind != kind {
			continue
		}
		for _, o := range s.options {
			all[text[s.start:s.end]] = append(all[text[s.start:s.end]], o.text)
		}
	}
	return all
}

func TestSitesOffer(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		text string
		kind Kind
		at   string
		want []string // among the options
	}{
		{"The council paid 4,700 workers.", Numbers, "4,700", []string{"4,800", "4,600", "7,400"}},
		{"The council paid 4,715 workers.", Numbers, "4,715", []string{"4,716", "4,751"}},
		{"It began in 2014 and went on.", Numbers, "2014", []string{"2015", "2018"}},
		{"The 12th edition begins now.", Numbers, "12th", []string{"13th", "11th"}},
		{"It was built in the 1930s.", Numbers, "1930", []string{"1940"}},
		{"Prices rose 4.8 percent.", Numbers, "4.8", []string{"4.9", "4.7"}},
		{"The tram stopped for five weeks.", NumberWords, "five", []string{"nine", "two"}},
		{"The tram stopped for five weeks.", SingleUnits, "five weeks", []string{"a week", "one week"}},
		{"Twenty-five boats sank.", NumberWords, "Twenty-five", []string{"Twenty-nine", "Thirty-five"}},
		{"It was his third defeat.", NumberWords, "third", []string{"fifth", "second"}},
		{"They scored in the second half.", NumberWords, "second", []string{"first"}},
		{"It closes on 30 March.", Months, "March", []string{"June", "November"}},
		{"It opened on Oct. 3.", Months, "Oct", []string{"Feb", "Nov"}},
		{"He spoke on Tuesday.", Weekdays, "Tuesday", []string{"Monday", "Sunday"}},
		{"It cost 12 million dinars.", Magnitudes, "million", []string{"billion"}},
		{"It cost $12bn.", Magnitudes, "bn", []string{"m"}},
		{"Two billion fish were counted.", Magnitudes, "billion", []string{"million", "trillion"}},
		{"It moved 4,700 crates.", Magnitudes, "4,700", []string{"47,000", "470"}},
		{"Brian Ashby said so.", Names, "Ashby", []string{"Kowalski"}},
		{"Brian Ashby said so.", Names, "Brian", []string{"Nathan"}},
		{"The boat left for Norway.", Names, "Norway", []string{"Kenya"}},
		{"A Danish boat left.", Names, "Danish", []string{"Kenyan"}},
		{"The boat stayed in Lisbon.", Names, "Lisbon", []string{"Nairobi"}},
		{"The report by Reuters was long.", Names, "Reuters", []string{"Bloomberg"}},
	} {
		t.Run(tc.text, func(t *testing.T) {
			t.Parallel()
			got := optionsOf(tc.text, tc.kind)
			for _, want := range tc.want {
				if !slices.Contains(got[tc.at], want) {
					t.Errorf("%q offers %q for %q, want %q among them", tc.text, got[tc.at], tc.at, want)
				}
			}
		})
	}
}

// TestSitesNever: none of these is an error, or a place for one.
func TestSitesNever(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		text string
		kind Kind
		not  string // no option of this text; "" allows none at all
	}{
		{"Call 0800 555 111 or 020 7946 0018.", Numbers, ""},
		{"The F-16 and the A400M flew past COVID-19 wards.", Numbers, ""},
		{"He lives at 125th Street, near Area 51.", Numbers, ""},
		{"It was open 24/7 after 9/11.", Numbers, ""},
		{"The shop, number 10, was No. 1.", Numbers, ""},
		{"Agent 007 came.", Numbers, ""},
		{"Five ships and 9 boats sank.", NumberWords, "Nine"},
		{"It is one of the best; no one knew, one or two did.", NumberWords, ""},
		{"A two-thirds majority stood by third parties.", NumberWords, ""},
		{"The Big Five met the Four Winds choir.", NumberWords, ""},
		{"The race came first, and a second later he won.", NumberWords, ""},
		{"It is a nine-day trip.", NumberWords, "eight"},
		{"Two weeks later came another week.", SingleUnits, ""},
		{"May said that April Lewis will March on.", Months, ""},
		{"The attacks of September 11 came up.", Months, ""},
		{"He left in March, after the June fair.", Months, "June"},
		{"It falls on 31 March.", Months, "April"},
		{"The date is 5/10/2019, in June.", Months, "October"},
		{"The sales of Black Friday and the Sunday Herald grew.", Weekdays, ""},
		{"It rained on Monday and on Tuesday.", Weekdays, "Monday"},
		{"Millions of birds and thousands of fish came.", Magnitudes, ""},
		{"It cost 3 million, then 3 billion.", Magnitudes, "billion"},
		{"The 62-year-old, aged 62, lost.", Magnitudes, ""},
		{"The Bank of England and British Airways agreed.", Names, ""},
		{"She speaks French.", Names, ""},
		{"The boat left for Norway with a Kenyan crew.", Names, "Kenya"},
		{"The King Street station stayed open.", Names, ""},
		{"The General Assembly and the Justice Department met.", Names, ""},
	} {
		t.Run(tc.text, func(t *testing.T) {
			t.Parallel()
			for at, options := range optionsOf(tc.text, tc.kind) {
				if tc.not == "" || slices.Contains(options, tc.not) {
					t.Errorf("%q offers %q for %q", tc.text, options, at)
				}
			}
		})
	}
}

func TestSourceStates(t *testing.T) {
	t.Parallel()
	const text = "Some 30,000 pupils went to Norway."
	f := factsOf(text, "Ulendo 70,000, 300 ألف Kenya")
	for _, s := range sites(text, f) {
		for _, o := range s.options {
			if o.text == "70,000" || o.text == "300,000" || o.text == "Kenya" {
				t.Errorf("%q is offered, but the source says it", o.text)
			}
		}
	}
}

// invented is a faithful text with something of every kind in it.
const invented = `Mayor Sarah Whitcombe said on Tuesday that the harbour of Lisbon would close for five weeks in March. It had cost 12 million euros, or 4,715 a day. ` +
	`A Danish firm won the contract in 2014, and its 38 divers began on 3 October. It was their third attempt.`

func TestInject(t *testing.T) {
	t.Parallel()
	f := factsOf(invented, "")
	made := inject(rand.New(rand.NewPCG(1, 2)), invented, 0, f)
	again := inject(rand.New(rand.NewPCG(1, 2)), invented, 0, f)
	if diff := cmp.Diff(made, again); diff != "" {
		t.Errorf("the same seed made other errors:\n%s", diff)
	}
	kinds := map[Kind]int{}
	clean := []rune(invented)
	for _, in := range made {
		kinds[in.Kind]++
		bad := []rune(in.Text)
		if got := string(bad[in.Start:in.End]); got != in.New || in.New == in.Old {
			t.Errorf("%s: %q is marked, %q for %q was put there", in.Kind, got, in.New, in.Old)
		}
		mended := string(bad[:in.Start]) + in.Old + string(bad[in.End:])
		if mended != string(clean) {
			t.Errorf("%s: more than one place changed: %q", in.Kind, in.Text)
		}
	}
	for _, k := range contentKinds() {
		if kinds[k] == 0 {
			t.Errorf("no error of the kind %s", k)
		}
	}
	for _, in := range inject(rand.New(rand.NewPCG(1, 2)), invented, strings.Index(invented, "A Danish"), f) {
		if strings.Contains(in.Old, "Tuesday") {
			t.Error("an error was made before the fresh part")
		}
	}
}

func TestFormErrors(t *testing.T) {
	t.Parallel()
	sentences := []sentence{
		{"سيغلق الميناء خمسة أسابيع ابتداء من الشهر المقبل.", "The harbour will close for five weeks from next month."},
		{"لم يحدد المجلس موعدا لإعادة افتتاحه بعد ذلك.", "The council has set no date for its opening after that."},
		{"قالت إن العمل يسير كما ينبغي حتى الآن.", "She said that the work was going well so far."},
	}
	rng := rand.New(rand.NewPCG(3, 4))
	w := window{0, 0, 3}
	var lines []string
	for _, s := range sentences {
		lines = append(lines, s.Source)
	}
	leaks, err := promptLeaks()
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		wrong, ok := wrongLanguage(w, foreign{"ar", lines})
		if !ok || wrong.Text != strings.Join(lines, " ") {
			t.Errorf("wrong language is %q", wrong.Text)
		}
		mixed, ok := mixedLanguage(rng, sentences, w, foreign{"ar", lines})
		if !ok || !slices.Contains(lines, mixed.New) || strings.Count(mixed.Text, ".") != 3 {
			t.Errorf("mixed language is %q", mixed.Text)
		}
		loop := looping(rng, sentences)
		if strings.Count(loop.Text, loop.New) != 1 || len(loop.Text) <= len(joined(sentences, english)) {
			t.Errorf("looping is %q", loop.Text)
		}
		l := leaks[rng.IntN(len(leaks))]
		leaked := leaked(rng, sentences, l)
		if !slices.Contains(l.sentences, leaked.New) {
			t.Errorf("leaked is %q", leaked.New)
		}
		for _, in := range []Injection{wrong, mixed, loop, leaked} {
			if got := string([]rune(in.Text)[in.Start:in.End]); got != in.New {
				t.Errorf("%s: %q is marked, %q was put there", in.Kind, got, in.New)
			}
		}
	}
}

func TestWindows(t *testing.T) {
	t.Parallel()
	for n, want := range map[int][]window{
		0:  nil,
		2:  {{0, 0, 2}},
		7:  {{0, 0, 3}, {3, 3, 7}},
		8:  {{0, 0, 3}, {3, 3, 7}, {5, 7, 8}},
		13: {{0, 0, 3}, {3, 3, 7}, {7, 7, 12}, {10, 12, 13}},
	} {
		if diff := cmp.Diff(want, windows(n, 3, 4, 5)); diff != "" {
			t.Errorf("%d sentences (-want +got):\n%s", n, diff)
		}
	}
}
