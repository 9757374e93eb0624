package page

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mujaz/mujaz/internal/clean"
	"github.com/mujaz/mujaz/queue"
)

// Card is one job: exactly one of Result and Dead is set.
type Card struct {
	Result *queue.Result
	Dead   *queue.DeadLetter
	// Source is the article, nil where the input is not at hand.
	Source *Source
	// Place of the article in the input; may be empty.
	Place string
}

// Source is an article, cleaned as the worker cleans it.
type Source struct {
	clean.Article
	// Same says that the result was made from this very text. Where it was not,
	// paragraphs and spans of the result may mean something else, and nothing is
	// marked in it.
	Same bool
	// Problem says why there is no text; empty: there is.
	Problem string
}

// cardView is a card as the template takes it.
type cardView struct {
	ID       string // of the element
	Number   int
	Status   string
	Failed   string // names of the checks that failed, space separated, for the filter
	SourceNo int    // number of the publisher in the filter, 0: none
	Job      string
	Place    string
	Lazy     bool

	Source    string
	URL       string // http and https only
	Published time.Time
	Language  string
	Reviewed  string
	Note      string // a reviewer's

	Headline    []segment
	Summary     []segment
	Points      []pointView
	Translation []pointView
	Checks      []checkView
	Passed      []string
	Names       []queue.Name
	Receipt     []fact
	Skip        string
	Dead        *queue.DeadLetter

	Article *articleView
}

type pointView struct {
	Text       []segment
	Paragraphs []int
}

// Refs are the paragraphs, space separated.
func (p pointView) Refs() string { return refs(p.Paragraphs) }

type checkView struct {
	ID, Name, Verdict, Detail string
	Paragraph                 int // of the source; 0: none
}

// Fails tells a failed check from one that could not judge.
func (c checkView) Fails() bool { return c.Verdict == string(queue.VerdictFail) }

// Sentence is the detail, with what it quotes apart: a quotation from the right
// to the left would otherwise run into the English around it.
func (c checkView) Sentence() []quotation { return quotations(c.Detail) }

type quotation struct {
	Text   string
	Quoted bool
}

func quotations(s string) []quotation {
	var all []quotation
	for {
		before, rest, opens := strings.Cut(s, "«")
		quoted, after, closes := strings.Cut(rest, "»")
		if !opens || !closes {
			return append(all, quotation{Text: s})
		}
		all = append(all, quotation{Text: before + "«"}, quotation{Text: quoted, Quoted: true})
		s = "»" + after
	}
}

type fact struct{ Name, Value string }

type articleView struct {
	Title      []segment
	Paragraphs []paragraphView
	Lang, Dir  string
	Changed    bool
	Problem    string
}

type paragraphView struct {
	ID        int
	Text      []segment
	Lang, Dir string // where they are not the article's
}

// view prepares a card. Number is its place on the page, from 1.
func view(c Card, number int) cardView {
	v := cardView{ID: "a" + strconv.Itoa(number), Number: number, Place: c.Place}
	if c.Dead != nil {
		v.Status, v.Job, v.Dead = "dead", cmp.Or(c.Dead.JobID, c.Dead.Key), c.Dead
		return v
	}
	r := c.Result
	v.Status, v.Job, v.Language = string(r.Status), r.JobID, languageName(r.Language)
	v.Source, v.URL, v.Published = r.Article.Source, webAddress(r.Article.URL), r.Article.PublishedAt
	v.Receipt = receipt(*r)
	if r.Status == queue.StatusSkipped {
		v.Skip = skipText(r.SkipReason)
	}
	if w := r.Reviewed; w != nil {
		v.Reviewed = fmt.Sprintf("%s by %s, %s", w.Decision, w.Reviewer, w.Time.UTC().Format(timeLayout))
		v.Note = w.Note
	}
	marks := v.checks(r.Checks)
	v.Headline, v.Summary = marks.in("headline", r.Headline), marks.in("summary", r.Summary)
	for i, k := range r.KeyPoints {
		v.Points = append(v.Points, pointView{marks.in("key_points["+strconv.Itoa(i)+"]", k.Text), k.SourceParagraphs})
	}
	for i, t := range r.Translation {
		v.Translation = append(v.Translation, pointView{marks.in("translation["+strconv.Itoa(i)+"]", t.Text), []int{t.Paragraph}})
	}
	v.Names = r.Names
	if c.Source != nil {
		v.Article = c.Source.view(marks)
	}
	return v
}

// checks sorts the checks: those that passed by name alone, the others with what
// they found, failures first.
func (v *cardView) checks(all []queue.Check) *marks {
	m := &marks{}
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b queue.Check) int { return cmp.Compare(rank(a.Verdict), rank(b.Verdict)) })
	var failedNames []string
	for _, c := range sorted {
		if c.Verdict == queue.VerdictPass {
			v.Passed = append(v.Passed, c.Check)
			continue
		}
		if c.Verdict == queue.VerdictFail && !slices.Contains(failedNames, c.Check) {
			failedNames = append(failedNames, c.Check)
		}
		check := checkView{ID: v.ID + "c" + strconv.Itoa(len(v.Checks)+1), Name: c.Check, Verdict: string(c.Verdict), Detail: c.Detail}
		if c.SourceSpan != nil {
			check.Paragraph = c.SourceSpan.Paragraph
		}
		v.Checks = append(v.Checks, check)
		m.add(check, c)
	}
	v.Failed = strings.Join(failedNames, " ")
	return m
}

func rank(v queue.Verdict) int {
	switch v {
	case queue.VerdictFail:
		return 0
	case queue.VerdictCannotJudge:
		return 1
	}
	return 2
}

func (s *Source) view(m *marks) *articleView {
	a := &articleView{Lang: s.Language, Dir: direction(s.Language), Changed: !s.Same && s.Problem == "", Problem: s.Problem}
	if !s.Same {
		m = &marks{}
	}
	a.Title = m.inParagraph(0, s.Title)
	for _, p := range s.Paragraphs {
		view := paragraphView{ID: p.ID, Text: m.inParagraph(p.ID, p.Text)}
		if p.Lang != "" && p.Lang != s.Language {
			view.Lang, view.Dir = p.Lang, direction(p.Lang)
		}
		a.Paragraphs = append(a.Paragraphs, view)
	}
	return a
}

// direction of a language's script. Kurdish has two, and others are not told
// apart here: the browser goes by the first strong letter.
func direction(language string) string {
	switch language {
	case "ar", "fa", "ur", "he", "ps", "sd", "ug", "yi", "dv", "ckb", "arc":
		return "rtl"
	case "en", "fr", "de", "es", "it", "pt", "nl", "ru", "uk", "tr", "hi", "zh", "ja", "ko", "id", "sw":
		return "ltr"
	}
	return "auto"
}

// webAddress is a link that may be followed, or nothing.
func webAddress(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return u.String()
}

const timeLayout = "2 Jan 2006 15:04 UTC"

func receipt(r queue.Result) []fact {
	var facts []fact
	add := func(name, value string) {
		if value != "" {
			facts = append(facts, fact{name, value})
		}
	}
	add("Model", r.Receipt.Model)
	add("Endpoint", r.Receipt.Endpoint)
	add("Prompt", r.Receipt.Prompt)
	if r.Usage.Calls > 0 || r.Receipt.Cached {
		add("Calls", calls(r))
		add("Cost", cost(r.Usage))
	}
	add("Time", (time.Duration(r.Timing.TotalMS) * time.Millisecond).String())
	if !r.Timing.DoneAt.IsZero() {
		add("Done", r.Timing.DoneAt.UTC().Format(timeLayout))
	}
	add("Judge", r.Receipt.JudgeModel)
	if r.Revision > 1 {
		add("Revision", strconv.Itoa(r.Revision))
	}
	var removed []string
	for _, x := range r.Removed {
		removed = append(removed, fmt.Sprintf("%s (%d)", x.Kind, x.Count))
	}
	add("Removed by cleaning", strings.Join(removed, ", "))
	add("Mended by cleaning", strings.Join(r.Repairs, ", "))
	add("Source digest", r.Receipt.SourceDigest)
	add("Software", r.Receipt.Software)
	return facts
}

func calls(r queue.Result) string {
	if r.Receipt.Cached {
		return "none: a stored answer was used again"
	}
	text := fmt.Sprintf("%d, %d + %d tokens", r.Usage.Calls, r.Usage.TokensIn, r.Usage.TokensOut)
	if r.Usage.TokensEstimated {
		text += " (estimated)"
	}
	if r.Receipt.Repaired {
		text += ", one of them a repair"
	}
	return text
}

func cost(u queue.Usage) string {
	if !u.CostKnown {
		return "not known"
	}
	return strings.TrimSpace(strconv.FormatFloat(u.Cost, 'f', 5, 64) + " " + u.Currency)
}

func skipText(reason string) string {
	switch reason {
	case "stub":
		return "The text is too short to summarise."
	case "paywall":
		return "This is a teaser above a paywall, not an article."
	case "no_letters":
		return "There are no letters in it."
	case "boilerplate":
		return "This is a cookie wall, a login page or a menu, not an article."
	case "already_english":
		return "It is in English already."
	}
	return reason
}

func refs(ids []int) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = strconv.Itoa(id)
	}
	return strings.Join(texts, " ")
}

// languageName is for people; the code where the name is not known here.
func languageName(code string) string {
	if name, found := languageNames[code]; found {
		return name
	}
	return code
}

var languageNames = map[string]string{
	"ar": "Arabic", "fa": "Persian", "ur": "Urdu", "he": "Hebrew", "ps": "Pashto", "ku": "Kurdish", "ckb": "Sorani", "tr": "Turkish",
	"en": "English", "fr": "French", "de": "German", "es": "Spanish", "ru": "Russian", "hi": "Hindi", "zh": "Chinese", "id": "Indonesian", "sw": "Swahili",
}
