package verify

import (
	"time"
)

// Verdict is the outcome of one check.
type Verdict string

// The verdicts.
const (
	Pass        Verdict = "pass"
	Fail        Verdict = "fail"
	CannotJudge Verdict = "cannot_judge"
)

// The names of the checks.
const (
	CheckLanguage     = "language"
	CheckLength       = "length"
	CheckResidue      = "residue"
	CheckPromptLeak   = "prompt_leak"
	CheckLooping      = "looping"
	CheckCopiedSource = "copied_source"
	CheckEvasive      = "evasive"
	CheckKeyPoints    = "key_points"
	CheckNumbers      = "numbers"
	CheckDates        = "dates"
	CheckNames        = "names"
	CheckQuotations   = "quotations"
)

// The tasks.
const (
	Summarize = "summarize"
	Translate = "translate"
)

// The states of a Report.
const (
	StatusOK      = "ok"
	StatusFlagged = "flagged"
)

// Span quotes a place in the source or in the output.
type Span struct {
	// Paragraph is the id of the source paragraph; 0 stands for the title.
	Paragraph int `json:"paragraph,omitempty"`
	// Field is the output field: "headline", "summary", "key_points[2]",
	// "translation[4]"; indices begin at 0.
	Field string `json:"field,omitempty"`
	// Start and End count Unicode code points, half open.
	Start int    `json:"start"`
	End   int    `json:"end"`
	Text  string `json:"text"`
}

// Check is one verdict. A check that found nothing gives one Check with Pass; a
// check with findings gives one Check per finding.
type Check struct {
	Check      string  `json:"check"`
	Verdict    Verdict `json:"verdict"`
	Detail     string  `json:"detail,omitempty"` // one sentence for the reader
	SourceSpan *Span   `json:"source_span,omitempty"`
	OutputSpan *Span   `json:"output_span,omitempty"`
}

// Paragraph is one paragraph of the cleaned article. Ids are positive.
type Paragraph struct {
	ID   int
	Text string
}

// Source is the cleaned article.
type Source struct {
	Title      string
	Paragraphs []Paragraph
	// Language is an ISO 639 code; empty means that it is detected.
	Language string
	// PublishedAt allows dates that the article gives only relatively; the
	// zero time means unknown.
	PublishedAt time.Time
	// Glossary maps source names to the English ones that the house uses.
	Glossary map[string]string
}

// KeyPoint is one point of a summary with the paragraphs it rests on.
type KeyPoint struct {
	Text             string
	SourceParagraphs []int
}

// TranslatedParagraph is the English of one source paragraph.
type TranslatedParagraph struct {
	Paragraph int
	Text      string
}

// Output is what the model wrote.
type Output struct {
	Task        string // Summarize or Translate; empty means Summarize
	Headline    string
	Summary     string
	KeyPoints   []KeyPoint
	Translation []TranslatedParagraph
}

// Limits is what the job and its prompt ask of the output.
type Limits struct {
	// MaxWords bounds the summary, not its headline and key points; 0 means no bound.
	MaxWords int
	// Style is brief, standard, bullets or headline. With headline, only a
	// headline is expected.
	Style string
	// PromptPhrases are sentences of the prompt that no output may repeat.
	PromptPhrases []string
}

// Report is the outcome of all checks.
type Report struct {
	Checks []Check
}

// Status is StatusFlagged when a check failed, else StatusOK.
func (r Report) Status() string {
	for i := range r.Checks {
		if r.Checks[i].Verdict == Fail {
			return StatusFlagged
		}
	}
	return StatusOK
}

// Failed gives the findings with verdict Fail, in order.
func (r Report) Failed() []Check {
	var failed []Check
	for _, c := range r.Checks {
		if c.Verdict == Fail {
			failed = append(failed, c)
		}
	}
	return failed
}

// Run prepares src and checks out against it. To check several outputs of one
// source, call [Prepare] once.
func Run(src Source, out Output, lim Limits) Report {
	p := Prepare(src)
	defer p.Release()
	return p.Run(out, lim)
}

// maxFindings bounds the findings of one check: ten name the problem, a
// hundred bury it, and they are quoted in the repair prompt.
const maxFindings = 10

// Run checks one output.
func (p *Prepared) Run(out Output, lim Limits) Report {
	fields := outputFields(&out)
	defer returnRoom(fields)
	finder := p.names.Finder()
	for i := range fields {
		fields[i].finder = &finder
	}
	checks := []struct {
		name string
		run  func(*Prepared, *Output, []field, Limits) []Check
	}{
		{CheckLanguage, checkLanguage},
		{CheckLength, checkLength},
		{CheckResidue, checkResidue},
		{CheckPromptLeak, checkPromptLeak},
		{CheckLooping, checkLooping},
		{CheckCopiedSource, checkCopiedSource},
		{CheckEvasive, checkEvasive},
		{CheckKeyPoints, checkKeyPoints},
		{CheckNumbers, checkNumbers},
		{CheckDates, checkDates},
		{CheckNames, checkNames},
		{CheckQuotations, checkQuotations},
	}
	report := Report{Checks: make([]Check, 0, len(checks)+4)}
	for _, c := range checks {
		findings := c.run(p, &out, fields, lim)
		if len(findings) == 0 {
			report.Checks = append(report.Checks, Check{Check: c.name, Verdict: Pass})
			continue
		}
		for _, f := range worstFirst(once(findings)) {
			f.Check = c.name
			report.Checks = append(report.Checks, f)
		}
	}
	return report
}

// once drops findings that say the same to the reader as one before them: a
// name that is wrong ten times in a field would push all others out.
func once(findings []Check) []Check {
	kept := findings[:0]
	for i := range findings {
		f := findings[i]
		same := false
		for k := range kept {
			same = same || kept[k].Verdict == f.Verdict && kept[k].Detail == f.Detail
		}
		if !same {
			kept = append(kept, f)
		}
	}
	return kept
}

// worstFirst keeps at most maxFindings, and fails before what cannot be judged.
func worstFirst(findings []Check) []Check {
	if len(findings) <= maxFindings {
		return findings
	}
	kept := make([]Check, 0, maxFindings)
	for _, want := range [...]Verdict{Fail, CannotJudge} {
		for _, f := range findings {
			if f.Verdict == want && len(kept) < maxFindings {
				kept = append(kept, f)
			}
		}
	}
	return kept
}
