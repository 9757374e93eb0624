package glossary_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mujaz/mujaz/internal/glossary"
)

func names(list ...string) []glossary.Entry {
	var out []glossary.Entry
	for _, n := range list {
		source, rest, _ := strings.Cut(n, "=")
		english, kind, _ := strings.Cut(rest, "/")
		out = append(out, glossary.Entry{Source: source, English: english, Kind: kind})
	}
	return out
}

// taught is what some invented results teach.
func taught() *glossary.Learner {
	l := &glossary.Learner{}
	for range 3 {
		l.Add(names("وادي السرو=Wadi Sar/place", "سلمى الزيتوني=Salma al-Zaytuni/person", "وادي السرو=Twice/place"), false)
	}
	l.Add(names("وادى السرو=Wadi al-Sarw/place", "نعم=yes: #no/other"), true)
	l.Add(names("سلمى الزيتوني=Salma  Zeitouni/person", "\x1b[31m=Red/other", "بلا=/other", "نعم=yes: #no/emperor"), false)
	l.Add(names("مروان الكرمي=Marwan al-Karmi/person"), false)
	return l
}

func TestProposals(t *testing.T) {
	t.Parallel()
	want := []glossary.Proposal{
		{Source: "سلمى الزيتوني", Seen: 4, Forms: []glossary.Form{
			{English: "Salma al-Zaytuni", Kind: "person", Seen: 3, Share: 0.75}, {English: "Salma Zeitouni", Kind: "person", Seen: 1, Share: 0.25},
		}},
		// A person's form outweighs any number of a model's.
		{Source: "وادي السرو", Seen: 4, Reviewed: 1, Forms: []glossary.Form{{English: "Wadi al-Sarw", Kind: "place", Seen: 1, Share: 1}}},
		{Source: "نعم", Seen: 2, Reviewed: 1, Forms: []glossary.Form{{English: "yes: #no", Kind: "other", Seen: 1, Share: 1}}},
	}
	if diff := cmp.Diff(want, taught().Proposals(2, nil)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := taught().Proposals(1, house(t, "وادِي السرو=X", "سلمى الزيتوني=Y")); len(got) != 2 {
		t.Errorf("what is known is proposed: %+v", got)
	}
	if got := (&glossary.Learner{}).Proposals(1, nil); got != nil {
		t.Errorf("nothing teaches %+v", got)
	}
}

// TestYAML: what is proposed can be read as a glossary, without the conflicts.
func TestYAML(t *testing.T) {
	t.Parallel()
	l := taught()
	data, err := l.YAML(l.Proposals(3, nil), time.Date(2026, 3, 10, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	want := `# Proposed by mujaz glossary learn on 2026-03-10, from 6 results, 1 of them reviewed.
# Nothing here is certain: a model wrote it. Read every line and delete what is wrong,
# then hand the file to mujaz worker --glossary.

# 4 results, 1 reviewed
- source: وادي السرو
  english: Wadi al-Sarw
  kind: place

# Undecided: several English forms of one source. Uncomment one of each.

# 4 results
#   75 % (3):
#- source: سلمى الزيتوني
#  english: Salma al-Zaytuni
#  kind: person
#   25 % (1):
#- source: سلمى الزيتوني
#  english: Salma Zeitouni
#  kind: person
`
	if diff := cmp.Diff(want, string(data)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	data, err = l.YAML(l.Proposals(1, nil), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	g, err := glossary.Parse("proposed.yaml", data)
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	if got := g.In("نعم، وادي السرو ومروان الكرمي وسلمى الزيتوني"); len(got) != 3 || got[0].English != "yes: #no" {
		t.Errorf("%+v", got)
	}
	// A conflict that is taken out of its comment is an entry, too.
	chosen := strings.Replace(string(data), "#- source: سلمى الزيتوني\n#  english: Salma al-Zaytuni\n#  kind: person", "- source: سلمى الزيتوني\n  english: Salma al-Zaytuni\n  kind: person", 1)
	if g, err = glossary.Parse("chosen.yaml", []byte(chosen)); err != nil || !g.Has("سلمى الزيتوني") {
		t.Errorf("%v\n%s", err, chosen)
	}
}
