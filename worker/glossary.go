package worker

import (
	"maps"
	"slices"

	"github.com/mujaz/mujaz/internal/glossary"
	"github.com/mujaz/mujaz/prompts"
	"github.com/mujaz/mujaz/queue"
)

// terms are the names that an article's English must have.
type terms struct {
	asked   []prompts.Term    // put to the model
	checked map[string]string // allowed by the checks, as the article writes them
}

// terms joins the job's glossary with what the house's has of the article. The
// job's wins: who sent the article knows it better.
func (p *Pipeline) terms(job queue.Job, art article) terms {
	own := job.Options.Glossary
	house := p.cfg.Glossary
	if house.Len() == 0 {
		return terms{asked: askedTerms(own), checked: own}
	}
	asked, checked := map[string]string{}, map[string]string{}
	taken := map[string]bool{}
	for source, english := range own {
		asked[source], checked[source] = english, english
		taken[glossary.Key(source)] = true
	}
	texts := []string{art.Title}
	for _, paragraph := range art.Paragraphs {
		texts = append(texts, paragraph.Text)
	}
	for _, term := range house.In(texts...) {
		if taken[glossary.Key(term.Source)] {
			continue
		}
		asked[term.Source] = term.English
		if _, found := checked[term.Written]; !found {
			checked[term.Written] = term.English
		}
	}
	return terms{asked: askedTerms(asked), checked: checked}
}

// askedTerms are sorted: equal terms give an equal prompt, and so an answer
// that the ledger knows.
func askedTerms(english map[string]string) []prompts.Term {
	var asked []prompts.Term
	for _, source := range slices.Sorted(maps.Keys(english)) {
		asked = append(asked, prompts.Term{Source: source, English: english[source]})
	}
	return asked
}
