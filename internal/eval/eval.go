package eval

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Config says what to measure.
type Config struct {
	// Corpora is the folder of the data sets.
	Corpora string
	// Half chooses the files "name.HALF.jsonl" of every set; it may be a
	// pattern. Empty means "share".
	Half string
	// Seed makes the errors; 0 is as good as any.
	Seed uint64
	// Observe gets every case, from several goroutines; nil means no one looks.
	Observe func(Case)
}

// Validate names all problems.
func (c Config) Validate() error {
	if c.Corpora == "" {
		return errors.New("no folder of corpora is given")
	}
	return nil
}

// Run measures all that there is data for.
func Run(ctx context.Context, cfg Config) (Table, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if cfg.Half == "" {
		cfg.Half = "share"
	}
	c, err := openCorpora(cfg.Corpora, cfg.Half)
	if err != nil {
		return nil, err
	}
	var table Table
	for _, part := range []func(corpora, Config) (Table, error){parallelRows, languageRows, labelledRows, pageRows, speedRows} {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("measure: %w", context.Cause(ctx))
		}
		rows, err := part(c, cfg)
		if err != nil {
			return nil, err
		}
		table = append(table, rows...)
	}
	return table, nil
}

// The targets of the parallel news.
const maxFalse = 0.03

func targetOf(k Kind) float64 {
	switch k {
	case Numbers:
		return 0.97
	case SingleUnits: // no target was set for them
		return 0
	case NumberWords, Names:
		return 0.92
	case Months, Weekdays, Magnitudes:
		return 0.95
	}
	return 0.99
}

// parallelRows are the rows on news with a faithful English rendering.
func parallelRows(c corpora, cfg Config) (Table, error) {
	arabic, others, err := readParallel(c)
	if err != nil {
		return nil, err
	}
	leaks, err := promptLeaks()
	if err != nil {
		return nil, err
	}
	m := &measurement{seed: cfg.Seed, leaks: leaks, foreign: foreignOf(others), observe: cfg.Observe}
	ar := newOutcome()
	for _, o := range m.all(arabic) {
		ar.merge(o)
	}
	table := arabicRows(ar)

	byLang := map[string]*outcome{}
	sum := newOutcome()
	m.foreign = nil // their own language is the wrong one
	for i, o := range m.all(others) {
		lang := others[i].Lang
		if byLang[lang] == nil {
			byLang[lang] = newOutcome()
		}
		byLang[lang].merge(o)
		sum.merge(o)
	}
	const on = "NTREX, 14 other languages"
	table = append(table, share("ntrex.other.false", on, "documents with any false fail", sum.documents.hits, sum.documents.of).
		atMost(maxFalse).note("fails").parts(checkParts(sum.byCheck)))
	for _, lang := range languages(others) {
		o := byLang[lang]
		t := o.documents
		table = append(table, share("ntrex."+lang+".false", "NTREX "+lang, "documents with any false fail", t.hits, t.of).
			note("caught").parts(kindParts(o)))
	}
	return table, nil
}

func arabicRows(ar *outcome) Table {
	const on = "NTREX ar"
	table := Table{
		share("ntrex.ar.false", on, "documents with any false fail", ar.documents.hits, ar.documents.of).atMost(maxFalse).note("fails").parts(checkParts(ar.byCheck)),
		share("ntrex.ar.false.windows", on, "windows with any false fail", ar.windows.hits, ar.windows.of),
	}
	for _, k := range append(contentKinds(), formKinds()...) {
		t := ar.kind(k)
		table = append(table, share("ntrex.ar."+strings.ReplaceAll(string(k), " ", "-"), on, "caught: "+string(k), t.hits, t.of).
			atLeast(targetOf(k)).parts(formParts(ar, k)))
	}
	return table
}

// checkParts says which checks gave false fails.
func checkParts(byCheck map[string]int) []Part {
	var parts []Part
	for _, check := range slices.Sorted(maps.Keys(byCheck)) {
		parts = append(parts, Part{Name: check, Hits: byCheck[check]})
	}
	return parts
}

// formParts gives the counts of the forms of a kind.
func formParts(o *outcome, k Kind) []Part {
	var parts []Part
	for key, t := range o.forms {
		if key.kind == k {
			parts = append(parts, Part{key.form, t.hits, t.of})
		}
	}
	if len(parts) < 2 { // the same as the figure
		return nil
	}
	slices.SortFunc(parts, func(a, b Part) int { return strings.Compare(a.Name, b.Name) })
	return parts
}

// kindParts gives the counts of the kinds.
func kindParts(o *outcome) []Part {
	var parts []Part
	for _, k := range append(contentKinds(), formKinds()...) {
		if t := o.kind(k); t.of > 0 {
			parts = append(parts, Part{string(k), t.hits, t.of})
		}
	}
	return parts
}
