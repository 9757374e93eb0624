package eval

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/mujaz/mujaz/internal/verify"
)

// precisionTarget is the share of flagged summaries that must be wrong.
const precisionTarget = 0.90

// contentChecks hold the facts of a text against its source. The others ask
// for English and for a summary's form, which these texts do not promise.
func contentChecks() []string {
	return []string{verify.CheckNumbers, verify.CheckDates, verify.CheckNames, verify.CheckQuotations}
}

// judged is a summary that people have labelled.
type judged struct {
	ID      string `json:"id"`
	DocID   string `json:"doc_id"`
	Summary string `json:"summary"`
	Bad     bool   `json:"-"` // not fully faithful
	// Tags are the kinds of its errors.
	Tags []string `json:"-"`
}

// labelledSet is one data set of labelled summaries.
type labelledSet struct {
	key, on, lang string
	articles      []document
	summaries     []judged
}

// labelledRows are the rows on summaries with human labels.
func labelledRows(c corpora, _ Config) (Table, error) {
	var table Table
	for _, read := range []func(corpora) (labelledSet, error){
		readHallucinations,
		readFrank,
		func(c corpora) (labelledSet, error) { return readEdits(c, "news") },
		func(c corpora) (labelledSet, error) { return readEdits(c, "ectsum") },
	} {
		set, err := read(c)
		if err != nil {
			return nil, err
		}
		table = append(table, set.rows()...)
	}
	return table, nil
}

func readHallucinations(c corpora) (labelledSet, error) {
	const folder = "xlsum_ar_arahallu"
	set := labelledSet{key: "xlsum", on: "XL-Sum and AraHalluEval, Arabic summaries", lang: "ar"}
	type row struct {
		judged
		Labels map[string]bool `json:"labels"`
		Rating string          `json:"rating"`
	}
	rows, err := readSet[row](c, folder, "labelled_summaries")
	if err != nil {
		return set, err
	}
	for _, r := range rows {
		if r.Rating == "" {
			continue
		}
		r.Bad = r.Rating[0] < '5'
		for _, label := range slices.Sorted(maps.Keys(r.Labels)) {
			if r.Labels[label] {
				r.Tags = append(r.Tags, label)
			}
		}
		set.summaries = append(set.summaries, r.judged)
	}
	set.articles, err = readSet[document](c, folder, "articles")
	return set, err
}

func readFrank(c corpora) (labelledSet, error) {
	const folder = "frank_faithfulness"
	set := labelledSet{key: "frank", on: "FRANK, English summaries", lang: "en"}
	type row struct {
		judged
		Faithful bool     `json:"is_faithful"`
		Errors   []string `json:"error_types"`
	}
	rows, err := readSet[row](c, folder, "labelled_summaries")
	if err != nil {
		return set, err
	}
	for _, r := range rows {
		r.Bad, r.Tags = !r.Faithful, r.Errors
		set.summaries = append(set.summaries, r.judged)
	}
	set.articles, err = readSet[document](c, folder, "articles")
	return set, err
}

func readEdits(c corpora, part string) (labelledSet, error) {
	const folder = "summedits_faithfulness"
	set := labelledSet{key: "summedits." + part, on: "SummEdits " + part + ", English summaries", lang: "en"}
	type row struct {
		judged
		Faithful bool     `json:"is_faithful"`
		Edits    []string `json:"edit_types"`
	}
	rows, err := readSet[row](c, folder, part+".labelled_summaries")
	if err != nil {
		return set, err
	}
	for _, r := range rows {
		if r.Bad = !r.Faithful; r.Bad {
			r.Tags = r.Edits
		}
		set.summaries = append(set.summaries, r.judged)
	}
	set.articles, err = readSet[document](c, folder, part+".articles")
	return set, err
}

// detector counts what one way of checking flags.
type detector struct {
	flagged, right, bad, all int
	tags                     map[string]*tally
}

func (d *detector) add(s *judged, flag bool) {
	d.all++
	if s.Bad {
		d.bad++
	}
	if flag {
		d.flagged++
		if s.Bad {
			d.right++
		}
	}
	for _, tag := range s.Tags {
		if d.tags[tag] == nil {
			d.tags[tag] = &tally{}
		}
		d.tags[tag].add(flag)
	}
}

func (d *detector) rows(key, on, what string) Table {
	var labels []Part
	for _, tag := range slices.Sorted(maps.Keys(d.tags)) {
		labels = append(labels, Part{tag, d.tags[tag].hits, d.tags[tag].of})
	}
	return Table{
		share(key+".precision", on, what+": flagged rightly", d.right, d.flagged),
		share(key+".recall", on, what+": found of the unfaithful", d.right, d.bad).parts(labels),
	}
}

// rows holds the checks, and beside them a plain comparison of digits, against
// the labels.
func (s *labelledSet) rows() Table {
	prepared := map[string]*verify.Prepared{}
	digits := map[string]map[string]bool{}
	for i := range s.articles {
		a := &s.articles[i]
		src := verify.Source{Title: a.Title, Language: s.lang}
		for line := range strings.Lines(a.Text) {
			if line = strings.TrimSpace(line); line != "" {
				src.Paragraphs = append(src.Paragraphs, verify.Paragraph{ID: len(src.Paragraphs) + 1, Text: line})
			}
		}
		prepared[a.ID], digits[a.ID] = verify.Prepare(src), digitRunsOf(a.Title+"\n"+a.Text)
	}
	checks, plain := detector{tags: map[string]*tally{}}, detector{tags: map[string]*tally{}}
	byCheck := map[string]int{}
	for i := range s.summaries {
		row := &s.summaries[i]
		p := prepared[row.DocID]
		if p == nil {
			continue
		}
		report := p.Run(verify.Output{Summary: row.Summary}, verify.Limits{})
		flag := false
		for _, check := range contentChecks() {
			if len(failsOf(report, check)) > 0 {
				flag = true
				if !row.Bad {
					byCheck[check]++
				}
			}
		}
		checks.add(row, flag)
		unknown := false
		for run := range digitRunsOf(row.Summary) {
			unknown = unknown || !digits[row.DocID][run]
		}
		plain.add(row, unknown)
	}
	table := checks.rows(s.key, s.on, "checks")
	table[0] = table[0].atLeast(precisionTarget)
	if len(byCheck) > 0 {
		table[0] = table[0].note("wrongly").parts(checkParts(byCheck))
	}
	return append(table, plain.rows(s.key+".digits", s.on, "plain digits")...)
}

// digitRunsOf are the numbers in digits of a text, of any script, without
// commas between groups.
func digitRunsOf(text string) map[string]bool {
	runs := map[string]bool{}
	for _, at := range figure.FindAllStringIndex(text, -1) {
		runs[strings.Map(func(r rune) rune {
			switch {
			case r == ',' || r == '٬':
				return -1
			case r == '٫':
				return '.'
			case unicode.IsDigit(r):
				return '0' + digitValue(r)
			}
			return r
		}, text[at[0]:at[1]])] = true
	}
	return runs
}

// digitValue is 0 to 9: the digits of each script stand in a row, and their
// zero is at a multiple of ten from where a row of digits begins.
func digitValue(r rune) rune {
	zero := r
	for unicode.IsDigit(zero-1) && r-zero < 9 {
		zero--
	}
	return r - zero
}
