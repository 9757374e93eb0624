package verify

import (
	"fmt"
	"slices"
	"time"

	"github.com/mujaz/mujaz/internal/verify/date"
	"github.com/mujaz/mujaz/internal/verify/fold"
	"github.com/mujaz/mujaz/internal/verify/numeral"
)

// checkDates holds the months, days and weekdays that the output names against
// the source. A date fails when the source names other ones and none that it
// could be; where the source may give it in another way (a Hijri month, «أمس»
// without a date of publication) it cannot be judged.
func checkDates(p *Prepared, _ *Output, fields []field, _ Limits) []Check {
	var found []Check
	var buf [16]date.Date
	j := dateJudge{p: p}
	defer func() {
		if j.context != nil {
			j.context.release()
		}
	}()
	for i := range fields {
		f := &fields[i]
		claims := f.dates(buf[:0])
		for c := range claims {
			claim := &claims[c]
			if claim.Kind != date.Month && claim.Kind != date.Weekday {
				continue
			}
			if !p.datesKnown() {
				return []Check{{Verdict: CannotJudge, OutputSpan: f.wordSpan(claim), Detail: "The dates of a source in this language cannot be read."}}
			}
			if j.context == nil {
				j.evidence, j.context = p.dates(), newAligner(p)
			}
			j.said = claims
			if finding, bad := j.judgeDate(f, claim); bad {
				found = append(found, finding)
			}
			if len(found) > 4*maxFindings {
				return found
			}
		}
	}
	return found
}

// dateJudge judges the dates of one output.
type dateJudge struct {
	p            *Prepared
	evidence     []date.Date
	context      *aligner
	said         []date.Date // what the field names
	rival, doubt []int
}

// says reports whether words [from, to) of the field, the sentence of a claim,
// name e as well.
func (j *dateJudge) says(from, to int, e *date.Date) bool {
	for i := range j.said {
		if d := &j.said[i]; d.Kind == e.Kind && d.Value == e.Value && d.First >= from && d.First < to {
			return true
		}
	}
	return false
}

// dates reads the source; only outputs that name a date need it.
func (p *Prepared) dates() []date.Date {
	text := func(i int) string { return p.parts[i].text }
	if p.known == numeral.LanguageEnglish {
		return date.English(make([]date.Date, 0, 16), p.text, text, false)
	}
	if lang := p.tongue.dates; lang != date.NoLang {
		return date.Foreign(make([]date.Date, 0, 16), p.text, text, lang)
	}
	return date.Arabic(make([]date.Date, 0, 16), p.text, text)
}

// datesKnown reports whether the names of months and weekdays are known in the
// language of the source.
func (p *Prepared) datesKnown() bool {
	return !p.tongue.loose && (p.known != numeral.DigitsOnly || p.tongue.dates != date.NoLang)
}

// dates gives the dates that the field claims, in the language of its script.
func (f *field) dates(dst []date.Date) []date.Date {
	text := func(int) string { return f.text }
	if !f.arabic {
		return date.English(dst, &f.words, text, true)
	}
	claims := date.Arabic(dst, &f.words, text)
	return slices.DeleteFunc(claims, func(d date.Date) bool { return d.Weak })
}

func (f *field) wordSpan(d *date.Date) *Span {
	return f.span(int(f.words.List[d.First].Start), int(f.words.List[d.Last].End))
}

// dateSpan quotes the place of d in the source.
func (p *Prepared) dateSpan(d *date.Date) *Span {
	first, last := &p.text.List[d.First], &p.text.List[d.Last]
	part := &p.parts[first.Part]
	s := quote(part.text, int(first.Start), int(last.End))
	s.Paragraph = part.id
	return s
}

// judgeDate gives the finding on a claim, if there is one.
func (j *dateJudge) judgeDate(f *field, claim *date.Date) (Check, bool) {
	p := j.p
	var against *date.Date
	var ok, unsure bool
	if claim.Kind == date.Weekday {
		against, ok, unsure = j.judgeWeekday(f, claim)
	} else {
		against, ok, unsure = p.judgeMonth(claim, j.evidence)
	}
	if ok || unsure {
		if other := j.elsewhere(f, claim, ok); other != nil {
			against, ok, unsure = other, false, false
		}
	}
	if ok {
		return Check{}, false
	}
	if against != nil && !unsure && j.silent(f, claim) {
		against = nil
	}
	c := Check{Verdict: CannotJudge, OutputSpan: f.wordSpan(claim)}
	said := c.OutputSpan.Text
	if against == nil {
		c.Detail = fmt.Sprintf("The %s says %q; the source does not name this date directly.", fieldNoun(f.name), said)
		return c, true
	}
	c.SourceSpan = p.dateSpan(against)
	c.Detail = fmt.Sprintf("The source says «%s»%s; the %s says %q.", c.SourceSpan.Text, p.dateGloss(against), fieldNoun(f.name), said)
	if !unsure && !(p.names.Glued() && date.Within(p.text.Letters, claim)) {
		c.Verdict = Fail
	}
	return c, true
}

// elsewhere gives the date of the source that the claim most likely renders
// wrongly, although some other sentence of the article names its day, or one
// that may be it: the sentence that is meant names another, which the output
// leaves out.
func (j *dateJudge) elsewhere(f *field, claim *date.Date, named bool) *date.Date {
	if claim.Kind == date.Month && claim.Day > 0 {
		return nil
	}
	j.rival, j.doubt = j.rival[:0], j.doubt[:0]
	from, to := f.sentence(int(f.words.List[claim.First].Start))
	least := j.context.sureScore()
	if !named {
		least = hintScore // the day could only be that of an «أمس»
	}
	var other *date.Date
	for i := range j.evidence {
		e := &j.evidence[i]
		switch {
		case e.Kind == claim.Kind && e.Value != claim.Value && !e.Weak:
			if !j.says(from, to, e) {
				j.rival = append(j.rival, e.First)
			}
		case e.Kind == date.Span:
		case e.Kind == date.Relative && (claim.Kind == date.Month || e.Value == 0 || j.repeats(e)):
		default:
			j.doubt = append(j.doubt, e.First)
		}
	}
	if !j.context.placed(f, f.numbers(), int(f.words.List[claim.First].Start), least, j.rival, j.doubt) {
		return nil
	}
	best := j.context.best()
	for i := range j.evidence {
		if e := &j.evidence[i]; e.Kind == claim.Kind && e.Value != claim.Value && !e.Weak && j.context.of(e.First) == best {
			other = e
		}
	}
	return other
}

// silentScore is more than two names or numbers of its own: only a sentence that is known
// so well shows that a date was left out of it.
const silentScore = 2.5

// silent reports that the sentence of the source that the claim surely renders
// names no other date that the output leaves out: the date is from elsewhere, as
// that of a desk that adds the day of an event.
func (j *dateJudge) silent(f *field, claim *date.Date) bool {
	at := int(f.words.List[claim.First].Start)
	from, to := f.sentence(at)
	best := j.context.alone(f, f.numbers(), -1, at)
	if j.p.read == numeral.LanguageRussian && claim.Kind == date.Weekday && j.context.lost() {
		return true
	}
	if best < 0 || j.p.known != numeral.DigitsOnly && j.context.scores[best] < silentScore {
		return false
	}
	for i := range j.evidence {
		e := &j.evidence[i]
		if e.Kind == claim.Kind && !e.Weak && j.context.scores[j.context.of(e.First)] > 0.25*j.context.scores[best] && !j.says(from, to, e) {
			return false
		}
	}
	return true
}

// dateGloss gives the English of an Arabic date: " (March)".
func (p *Prepared) dateGloss(d *date.Date) string {
	if p.text.List[d.First].Script == fold.LatinScript && p.known == numeral.LanguageEnglish {
		return ""
	}
	if d.Kind == date.Weekday {
		return " (" + time.Weekday(d.Value).String() + ")"
	}
	month := time.Month(d.Value).String()
	if d.Day > 0 {
		return fmt.Sprintf(" (%d %s)", d.Day, month)
	}
	return " (" + month + ")"
}
