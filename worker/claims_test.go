package worker

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mujaz/mujaz/queue"
)

func TestClaims(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		summary string
		want    []string
	}{
		"sentences":         {"The council met on Monday. It approved the plan! Work begins in May.", []string{"The council met on Monday.", "It approved the plan!", "Work begins in May."}},
		"titles":            {"The plan was shown by Dr. Salma Zaytouni. Mr. Marwan Karmi agreed.", []string{"The plan was shown by Dr. Salma Zaytouni.", "Mr. Marwan Karmi agreed."}},
		"initials":          {"The office of the U.N. Envoy closed. The mayor, J. Karmi, agreed.", []string{"The office of the U.N. Envoy closed.", "The mayor, J. Karmi, agreed."}},
		"numbers":           {"The works cost 3.5 million dinars. They end at 5 p.m. on Monday.", []string{"The works cost 3.5 million dinars.", "They end at 5 p.m. on Monday."}},
		"lines":             {"The council met on Monday\nIt approved the plan", []string{"The council met on Monday", "It approved the plan"}},
		"nothing but space": {" \n ", nil},
		"one word":          {"Yes.", []string{"Yes."}},
		"a short last one":  {"The council met on Monday. It agreed.", []string{"The council met on Monday.", "It agreed."}},
		"quoted in Arabic":  {"He called it «إنجاز». The works end in May.", []string{"He called it «إنجاز».", "The works end in May."}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, claim := range claimsOf(answer{Summary: c.summary}) {
				got = append(got, claim.text)
				span := claim.span()
				if runes := []rune(c.summary); string(runes[span.Start:span.End]) != span.Text || span.Text != claim.text || span.Field != "summary" {
					t.Errorf("the span of %q is %+v", claim.text, span)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("claims (-want +got):\n%s", diff)
			}
		})
	}
	claims := claimsOf(answer{Headline: "One. Two three four five.", Summary: "The council met. It agreed at once.", KeyPoints: []queue.KeyPoint{{Text: "Work begins soon. It ends late."}, {Text: strings.Repeat("م", 300)}}})
	var fields []string
	for _, claim := range claims {
		fields = append(fields, claim.field)
	}
	if want := []string{"headline", "summary", "summary", "key_points[0]", "key_points[1]"}; !slices.Equal(fields, want) {
		t.Errorf("fields %v, want %v", fields, want)
	}
	if span := claims[4].span(); span.End != maxSpanRunes || len(span.Text) != 2*maxSpanRunes {
		t.Errorf("a long claim has the span %+v", span)
	}
}

// FuzzClaims: every claim stands where its span says, in order, and nothing but
// white space is left out.
func FuzzClaims(f *testing.F) {
	f.Add("The council met on Monday. Dr. Karmi agreed.\n\nIt «م» ends! \xff")
	f.Fuzz(func(t *testing.T, summary string) {
		end := 0
		for _, claim := range claimsOf(answer{Summary: summary}) {
			at := strings.Index(summary[end:], claim.text)
			if at < 0 || strings.TrimSpace(summary[end:end+at]) != "" {
				t.Fatalf("claim %q is not the next text of %q", claim.text, summary[end:])
			}
			end += at + len(claim.text)
			if start := len([]rune(summary[:end-len(claim.text)])); start != claim.start {
				t.Fatalf("claim %q starts at %d, want %d", claim.text, claim.start, start)
			}
		}
		if strings.TrimSpace(summary[end:]) != "" {
			t.Fatalf("%q is in no claim", summary[end:])
		}
	})
}

func TestReadVerdicts(t *testing.T) {
	t.Parallel()
	cites := func(id int) bool { return id == 1 || id == 3 }
	for name, c := range map[string]struct{ content, reason string }{
		"good":                 {`{"verdicts":[{"claim":2,"paragraphs":[3],"verdict":"contradicted"},{"claim":1,"paragraphs":[1,3],"verdict":"supported"}]}`, ""},
		"nothing to cite":      {`{"verdicts":[{"claim":1,"paragraphs":[1],"verdict":"supported"},{"claim":2,"paragraphs":[99],"verdict":"not_in_source"}]}`, ""},
		"left out":             {`{"verdicts":[{"claim":1,"paragraphs":[1],"verdict":"supported"}]}`, "leaves out claim 2"},
		"twice":                {`{"verdicts":[{"claim":1,"paragraphs":[1],"verdict":"supported"},{"claim":1,"paragraphs":[1],"verdict":"supported"}]}`, "claim 1 twice"},
		"unknown claim":        {`{"verdicts":[{"claim":3,"paragraphs":[1],"verdict":"supported"}]}`, "claim 3 of 2"},
		"zeroth claim":         {`{"verdicts":[{"claim":0,"paragraphs":[1],"verdict":"supported"}]}`, "claim 0 of 2"},
		"no citation":          {`{"verdicts":[{"claim":1,"paragraphs":[],"verdict":"supported"}]}`, "cites nothing for claim 1"},
		"no such paragraph":    {`{"verdicts":[{"claim":1,"paragraphs":[2],"verdict":"contradicted"}]}`, "paragraph 2"},
		"one wrong paragraph":  {`{"verdicts":[{"claim":1,"paragraphs":[1,0],"verdict":"supported"}]}`, "paragraph 0"},
		"a field given twice":  {`{"verdicts":[],"verdicts":[]}`, "field twice"},
		"an entry given twice": {`{"verdicts":[{"claim":1,"claim":2,"paragraphs":[1],"verdict":"supported"}]}`, "field twice"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := readVerdicts(c.content, 2, cites)
			if c.reason == "" {
				if err != nil || len(got) != 2 || got[0].Claim != 1 || got[1].Claim != 2 {
					t.Fatalf("got %+v, %v", got, err)
				}
				return
			}
			var broken *verdictError
			if !errors.As(err, &broken) || !strings.Contains(err.Error(), c.reason) {
				t.Errorf("got error %v, want one with %q", err, c.reason)
			}
		})
	}
}
