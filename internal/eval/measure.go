package eval

import (
	"hash/fnv"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"

	"github.com/mujaz/mujaz/internal/verify"
)

// Case is one text that was checked, for those who look at single ones. It
// holds text of the corpus: it must not be printed by a command.
type Case struct {
	Document, Lang string
	// Text was checked; Report is what came of it.
	Text   string
	Report verify.Report
	// Injection is the error in Text; nil for faithful text.
	Injection *Injection
	// Caught says that the error was found.
	Caught bool
}

// tally counts hits among cases.
type tally struct{ hits, of int }

func (t *tally) add(hit bool) {
	t.of++
	if hit {
		t.hits++
	}
}

func (t *tally) merge(o tally) { t.hits, t.of = t.hits+o.hits, t.of+o.of }

// formKey names a form of a kind.
type formKey struct {
	kind Kind
	form string
}

// outcome is what one document, or all of a language, gave.
type outcome struct {
	documents tally // with a false fail in any window or as a whole
	windows   tally // with a false fail
	byCheck   map[string]int
	kinds     map[Kind]*tally
	forms     map[formKey]*tally
}

func newOutcome() *outcome {
	return &outcome{byCheck: map[string]int{}, kinds: map[Kind]*tally{}, forms: map[formKey]*tally{}}
}

func (o *outcome) kind(k Kind) *tally {
	if o.kinds[k] == nil {
		o.kinds[k] = &tally{}
	}
	return o.kinds[k]
}

func (o *outcome) form(k Kind, form string) *tally {
	key := formKey{k, form}
	if o.forms[key] == nil {
		o.forms[key] = &tally{}
	}
	return o.forms[key]
}

func (o *outcome) merge(other *outcome) {
	o.documents.merge(other.documents)
	o.windows.merge(other.windows)
	for check, n := range other.byCheck {
		o.byCheck[check] += n
	}
	for k, t := range other.kinds {
		o.kind(k).merge(*t)
	}
	for k, t := range other.forms {
		o.form(k.kind, k.form).merge(*t)
	}
}

// measurement is what all documents have in common.
type measurement struct {
	seed    uint64
	leaks   []leak
	foreign map[string][]foreign // of each original, in all languages
	observe func(Case)
}

// rng gives each document its own numbers: a document more or less must not
// change the errors in the others.
func (m *measurement) rng(id string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(id)) // never fails
	return rand.New(rand.NewPCG(m.seed, h.Sum64()))
}

// all measures documents, a few at once, and gives their outcomes in order.
func (m *measurement) all(documents []document) []*outcome {
	outcomes := make([]*outcome, len(documents))
	next := make(chan int)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := range next {
				outcomes[i] = m.one(&documents[i])
			}
		})
	}
	for i := range documents {
		next <- i
	}
	close(next)
	workers.Wait()
	return outcomes
}

// checked is a document under measurement.
type checked struct {
	*measurement
	*document
	prepared *verify.Prepared
	facts    *facts
	rng      *rand.Rand
	out      *outcome
	trials   []trial
}

// trial is an error that was made, and what the checks said before.
type trial struct {
	Injection
	before verify.Report
	limits verify.Limits
}

func (m *measurement) one(d *document) *outcome {
	c := checked{
		measurement: m, document: d, prepared: d.prepare(), rng: m.rng(d.ID), out: newOutcome(),
		facts: factsOf(d.EnglishTitle+". "+d.english(), d.Title+". "+joined(d.Sentences, source)),
	}
	c.falseAlarms()
	for _, w := range windows(len(d.Sentences), 3, 4, 5) {
		c.errors(w)
	}
	c.try()
	return c.out
}

// falseAlarms checks the faithful English: as a whole, and in windows of 3, of
// 4 and of 5 sentences.
func (c *checked) falseAlarms() {
	alarmed := c.faithful(verify.Output{Headline: c.EnglishTitle, Summary: c.english()})
	for size := minWindow; size <= 5; size++ {
		for _, w := range windows(len(c.Sentences), size) {
			bad := c.faithful(verify.Output{Summary: joined(c.in(w), english)})
			c.out.windows.add(bad)
			alarmed = alarmed || bad
		}
	}
	c.out.documents.add(alarmed)
}

func (c *checked) faithful(out verify.Output) bool {
	report := c.prepared.Run(out, verify.Limits{PromptPhrases: c.leaks[0].phrases})
	fails := failsOf(report, "")
	for _, f := range fails {
		c.out.byCheck[f.Check]++
	}
	if c.observe != nil {
		c.observe(Case{Document: c.ID, Lang: c.Lang, Text: out.Summary, Report: report})
	}
	return len(fails) > 0
}

// errors makes the errors of a window.
func (c *checked) errors(w window) {
	sentences := c.in(w)
	text := joined(sentences, english)
	leak := c.leaks[c.rng.IntN(len(c.leaks))]
	limits := verify.Limits{PromptPhrases: leak.phrases}
	before := c.prepared.Run(verify.Output{Summary: text}, limits)
	fresh := len(joined(c.Sentences[w.First:w.Fresh], english))
	made := inject(c.rng, text, fresh, c.facts)
	made = append(made, looping(c.rng, sentences), leaked(c.rng, sentences, leak))
	others := []foreign{{"source", sourceLines(c.document)}}
	if all := c.foreign[c.original()]; len(all) > 0 {
		others = append(others, all[c.rng.IntN(len(all))])
	}
	for _, other := range others {
		if in, ok := wrongLanguage(w, other); ok {
			made = append(made, in)
		}
		if in, ok := mixedLanguage(c.rng, sentences, w, other); ok {
			made = append(made, in)
		}
	}
	for _, in := range made {
		if !alarmed(before, in) {
			c.trials = append(c.trials, trial{in, before, limits})
		}
	}
}

// try looks which errors are found, of each kind at most perDocument.
func (c *checked) try() {
	c.rng.Shuffle(len(c.trials), func(i, j int) { c.trials[i], c.trials[j] = c.trials[j], c.trials[i] })
	for i := range c.trials {
		t := &c.trials[i]
		if c.out.kind(t.Kind).of >= perDocument {
			continue
		}
		report := c.prepared.Run(verify.Output{Summary: t.Text}, t.limits)
		hit := caught(t.before, report, t.Injection)
		c.out.kind(t.Kind).add(hit)
		c.out.form(t.Kind, t.Form).add(hit)
		if c.observe != nil {
			c.observe(Case{Document: c.ID, Lang: c.Lang, Text: t.Text, Report: report, Injection: &t.Injection, Caught: hit})
		}
	}
}

func sourceLines(d *document) []string {
	lines := make([]string, len(d.Sentences))
	for i := range d.Sentences {
		lines[i] = d.Sentences[i].Source
	}
	return lines
}

// foreignOf collects the translations of each original.
func foreignOf(documents []document) map[string][]foreign {
	all := map[string][]foreign{}
	for i := range documents {
		d := &documents[i]
		all[d.original()] = append(all[d.original()], foreign{d.Lang, sourceLines(d)})
	}
	return all
}

// languages are those of the documents, sorted.
func languages(documents []document) []string {
	var all []string
	for i := range documents {
		if !slices.Contains(all, documents[i].Lang) {
			all = append(all, documents[i].Lang)
		}
	}
	slices.Sort(all)
	return all
}
