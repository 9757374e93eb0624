package worker

import (
	"slices"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"

	"github.com/mujaz/mujaz/internal/clean"
	"github.com/mujaz/mujaz/internal/verify"
	"github.com/mujaz/mujaz/prompts"
	"github.com/mujaz/mujaz/queue"
)

// answer is what the model writes, by the prompt's schema.
type answer struct {
	Headline    string                      `json:"headline"`
	Summary     string                      `json:"summary"`
	KeyPoints   []queue.KeyPoint            `json:"key_points"`
	Translation []queue.TranslatedParagraph `json:"translation"`
	Names       []queue.Name                `json:"names"`
}

func parseAnswer(content string) (answer, error) {
	var a answer
	// The adapter has validated it; what is left to refuse are duplicate keys.
	return a, json.Unmarshal([]byte(content), &a)
}

func (a answer) forChecks(task queue.Task) verify.Output {
	out := verify.Output{Task: string(task), Headline: a.Headline, Summary: a.Summary}
	for _, k := range a.KeyPoints {
		out.KeyPoints = append(out.KeyPoints, verify.KeyPoint(k))
	}
	for _, t := range a.Translation {
		out.Translation = append(out.Translation, verify.TranslatedParagraph(t))
	}
	return out
}

func checksOf(report verify.Report) []queue.Check {
	checks := make([]queue.Check, len(report.Checks))
	for i, c := range report.Checks {
		checks[i] = queue.Check{
			Check: c.Check, Verdict: queue.Verdict(c.Verdict), Detail: c.Detail,
			SourceSpan: (*queue.Span)(c.SourceSpan), OutputSpan: (*queue.Span)(c.OutputSpan),
		}
	}
	return checks
}

// defectsOf words the failed checks for a repair.
func defectsOf(report verify.Report) []string {
	var defects []string
	for _, c := range report.Failed() {
		where := ""
		if c.OutputSpan != nil && c.OutputSpan.Field != "" {
			where = " (" + c.OutputSpan.Field + ")"
		}
		defects = append(defects, c.Check+where+": "+c.Detail)
	}
	return defects
}

// removals sums up what cleaning took out. Its text stays out of results.
func removals(removed []clean.Removal) []queue.Removal {
	var sums []queue.Removal
	for _, r := range removed {
		found := false
		for i := range sums {
			if sums[i].Kind == string(r.Kind) {
				sums[i].Count++
				sums[i].Chars += r.Chars
				found = true
			}
		}
		if !found {
			sums = append(sums, queue.Removal{Kind: string(r.Kind), Count: 1, Chars: r.Chars})
		}
	}
	return sums
}

// namesIn keeps the names that the article has: what a model gives as the
// source's spelling and the source does not hold is made up.
func namesIn(art article, names []queue.Name) []queue.Name {
	normalized := sync.OnceValue(func() string { return clean.Normalize(art.Title + "\n" + art.Text()) })
	return slices.DeleteFunc(names, func(n queue.Name) bool {
		written := strings.Contains(art.Title, n.Source) || slices.ContainsFunc(art.Paragraphs, func(p clean.Paragraph) bool {
			return strings.Contains(p.Text, n.Source)
		})
		return !written && !strings.Contains(normalized(), clean.Normalize(n.Source))
	})
}

func promptParagraphs(paragraphs []clean.Paragraph) []prompts.Paragraph {
	out := make([]prompts.Paragraph, len(paragraphs))
	for i, p := range paragraphs {
		out[i] = prompts.Paragraph{ID: p.ID, Text: p.Text}
	}
	return out
}

func verifyParagraphs(paragraphs []clean.Paragraph) []verify.Paragraph {
	out := make([]verify.Paragraph, len(paragraphs))
	for i, p := range paragraphs {
		out[i] = verify.Paragraph{ID: p.ID, Text: p.Text}
	}
	return out
}
