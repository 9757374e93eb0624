package verify

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
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

// judgeMonth looks for the month of the claim, and then for its day and year.
// against is the date of the source that contradicts it.
func (p *Prepared) judgeMonth(claim *date.Date, evidence []date.Date) (against *date.Date, ok, unsure bool) {
	var other, sameMonth *date.Date // another month, this month with another day
	var loose, day *date.Date       // this month without a day, another with this day
	fits := false
	for i := range evidence {
		e := &evidence[i]
		switch e.Kind {
		case date.Month:
			switch {
			case e.Value == claim.Value:
				if agrees(claim, e) {
					if claim.Day == 0 || e.Day > 0 {
						return nil, true, false
					}
					loose = e
					continue
				}
				sameMonth = e
			case e.Day == claim.Value && e.Value == claim.Day && e.Day <= 12: // 3/4 read the other way
				return nil, true, false
			default:
				if claim.Day > 0 && !e.Weak && e.Day == claim.Day {
					day = e
				}
				if !e.Weak && other == nil {
					other = e
				}
			}
		case date.Relative, date.Span:
			t := p.publishedAt.AddDate(0, 0, e.Value)
			fits = fits || !p.publishedAt.IsZero() && int(t.Month()) == claim.Value && (claim.Day == 0 || claim.Has(t.Day()))
		case date.HijriMonth:
			day, known := e.Gregorian()
			if !known {
				unsure = unsure || !e.Weak
				continue
			}
			for shift := -2; shift <= 2; shift++ {
				g := day.AddDate(0, 0, shift)
				fits = fits || int(g.Month()) == claim.Value && (claim.Day == 0 || claim.Has(g.Day()))
			}
		}
	}
	switch {
	case fits || p.published(claim):
		return nil, true, false
	case loose != nil && day != nil: // "1 August", and «1 أكتوبر» beside an «أغسطس» without a day
		return day, false, unsure
	case loose != nil:
		return nil, true, false
	case sameMonth != nil:
		return sameMonth, false, false
	}
	return other, false, unsure
}

// agrees reports whether the day and the year of the claim can be those of a
// date of the source.
func agrees(claim, e *date.Date) bool {
	if claim.Day > 0 && e.Day > 0 && !e.Has(claim.Day) && !e.Has(claim.LastDay) {
		return false
	}
	return claim.Year == 0 || e.Year == 0 || claim.Year == e.Year
}

// nearPublication is how far the day of a claim may be from that of the
// publication for an article that says "last week", or a desk that adds a date.
const nearPublication = 40 * 24 * time.Hour

// published reports whether the claim is a date that the day of publication
// explains.
func (p *Prepared) published(claim *date.Date) bool {
	if p.publishedAt.IsZero() {
		return false
	}
	if claim.Day > 0 {
		for d := -daysAround; d <= daysAround; d++ {
			if t := p.publishedAt.AddDate(0, 0, d); int(t.Month()) == claim.Value && t.Day() == claim.Day {
				return true
			}
		}
		return false
	}
	return int(p.publishedAt.Month()) == claim.Value ||
		int(p.publishedAt.Add(-nearPublication).Month()) == claim.Value && p.publishedAt.Day() < 10
}

// judgeWeekday looks for the weekday of the claim.
func (j *dateJudge) judgeWeekday(f *field, claim *date.Date) (against *date.Date, ok, unsure bool) {
	p := j.p
	for i := range j.evidence {
		e := &j.evidence[i]
		switch e.Kind {
		case date.Weekday:
			if e.Value == claim.Value {
				return nil, true, false
			}
			if !e.Weak && against == nil {
				against = e
			}
		case date.Relative:
			if !p.publishedAt.IsZero() && int(p.publishedAt.AddDate(0, 0, e.Value).Weekday()) == claim.Value {
				return nil, true, false
			}
			unsure = unsure || p.publishedAt.IsZero() && e.Value != 0 && !j.repeats(e)
		case date.Span:
			if !p.publishedAt.IsZero() && int(p.publishedAt.AddDate(0, 0, e.Value).Weekday()) == claim.Value {
				return nil, true, false
			}
		case date.Month:
			if p.known == numeral.DigitsOnly && e.Day > 0 && e.Year == 0 && p.publishedAt.IsZero() && !e.Weak && !j.says(0, len(f.words.List), e) {
				unsure = true // its year, and so its weekday, is not known
			}
			if e.Day > 0 && p.recent(f, e.Year) && int(time.Date(e.Year, time.Month(e.Value), e.Day, 0, 0, 0, 0, time.UTC).Weekday()) == claim.Value {
				return nil, true, false
			}
		}
	}
	if !p.publishedAt.IsZero() {
		for d := -1; d <= 0; d++ { // a desk adds the day of an event
			if int(p.publishedAt.AddDate(0, 0, d).Weekday()) == claim.Value {
				return nil, true, false
			}
		}
	}
	return against, false, unsure
}

// repeats reports whether the field gives a relative day of the source as such:
// then it is not the day that the claim renders.
func (j *dateJudge) repeats(e *date.Date) bool {
	return slices.ContainsFunc(j.said, func(d date.Date) bool { return d.Kind == date.Relative && d.Value == e.Value })
}

// recent reports whether a weekday may be that of a day in this year: news gives
// the weekday of days that are near, or of a date that it names.
func (p *Prepared) recent(f *field, year int) bool {
	switch {
	case year == 0:
		return false
	case strings.Contains(f.text, strconv.Itoa(year)):
		return true
	case p.publishedAt.IsZero():
		return year >= firstRecent
	}
	return year >= p.publishedAt.Year()-1
}

// firstRecent is the first year that an undated article can be about as news.
const firstRecent = 2000
