package backfill

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/mujaz/mujaz/internal/archive"
	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/worker"
)

// Survey is what was found in the inputs. Rows are the sum of all other counts:
// rows = bad + dead + skipped + duplicates + articles.
type Survey struct {
	Partial bool  `json:"partial"` // reading did not come to the end
	Rows    int64 `json:"rows"`
	// Bad rows are no jobs: they go to the failures file. Places are the first few.
	Bad       int64      `json:"bad"`
	BadPlaces []BadPlace `json:"bad_places,omitzero"`
	// Dead would end as dead letters without a call.
	Dead       int64      `json:"dead"`
	DeadPlaces []BadPlace `json:"dead_places,omitzero"`
	// Skipped get a result without a call, by reason.
	Skipped    map[string]int64 `json:"skipped"`
	Duplicates Duplicates       `json:"duplicates"`
	// Articles are those that take calls, by language.
	Articles  int64            `json:"articles"`
	Languages map[string]int64 `json:"languages"`
	// Near copies are among the articles, and in the estimate as all others are.
	Near int64 `json:"near_duplicates"`
	// NearSought: somebody looked for them.
	NearSought bool `json:"near_duplicates_sought"`
	// Split articles exceed the model's context and go in parts.
	Split int64 `json:"split"`

	cfg      PlanConfig
	contents map[planKey]struct{}
	groups   map[string]*group
	draw     *draw
}

// BadPlace is where a row is that is no good, and why. It never quotes the row.
type BadPlace struct {
	Row   int64         `json:"row"`
	Place archive.Place `json:"place"`
	Cause string        `json:"cause"`
}

// Duplicates cost nothing.
type Duplicates struct {
	// SameID have id and article of a row before them; a run passes over them.
	SameID int64 `json:"same_id"`
	// SameContent have another id: each gets a result of its own, from the same
	// answer.
	SameContent int64 `json:"same_content"`
}

// Sum of both.
func (d Duplicates) Sum() int64 { return d.SameID + d.SameContent }

const (
	// maxSeen bounds the digests that are kept, at some 40 bytes each; above it
	// only copies of the first articles are found.
	maxSeen = 2_000_000
	// maxPlaces is how many rows of a kind are shown.
	maxPlaces = 5
	// maxLanguages bounds the table; there are fewer that are told apart.
	maxLanguages = 200
	// unknownLanguage is an article whose language was not told.
	unknownLanguage = "?"
)

// planKey tells contents apart, in so little memory that millions fit.
type planKey [16]byte

func contentKey(fields ...string) planKey {
	h := sha256.New()
	var size [8]byte
	for _, f := range fields {
		binary.LittleEndian.PutUint64(size[:], uint64(len(f)))
		h.Write(size[:])
		io.WriteString(h, f) //nolint:errcheck // a hash never fails
	}
	return planKey(h.Sum(nil)[:16])
}

// group is the articles of one language: a tokenizer is off alike for all of them.
type group struct {
	articles int64
	usual    use
	most     use
	// Of the counted ones: with the model's tokenizer, and as estimated.
	exact, estimated use
}

// use is a sum of what calls take.
type use struct{ calls, in, text, out, repair float64 }

func (u *use) add(v use) {
	u.calls += v.calls
	u.in += v.in
	u.text += v.text
	u.out += v.out
	u.repair += v.repair
}

func usualUse(u worker.Usual) use {
	return use{calls: float64(u.Calls), in: float64(u.In), text: float64(u.Text), out: float64(u.Out), repair: float64(u.Repair)}
}

func newSurvey(cfg PlanConfig) *Survey {
	return &Survey{
		cfg: cfg, Skipped: map[string]int64{}, Languages: map[string]int64{}, NearSought: cfg.Near != nil,
		contents: map[planKey]struct{}{}, groups: map[string]*group{}, draw: newDraw(cfg.Sample, cfg.Seed),
	}
}

// add takes the rows in their order.
func (s *Survey) add(a *assessment) error {
	s.Rows++
	if s.cfg.Progress != nil && s.Rows%progressRows == 0 {
		a.progress.Rows = s.Rows
		s.cfg.Progress(a.progress)
	}
	switch {
	case a.Kind == KindBad:
		s.Bad++
		return s.fail(a.Item, &s.BadPlaces)
	case a.Kind == KindDuplicate:
		s.Duplicates.SameID++
	case a.dead != nil:
		s.Dead++
		return s.fail(a.bad(fmt.Errorf("would end as a dead letter: %w", a.dead)), &s.DeadPlaces)
	case a.skip != "":
		s.Skipped[a.skip]++
	case s.sawContent(a.content):
		s.Duplicates.SameContent++
	default:
		s.count(a)
	}
	return nil
}

func (s *Survey) sawContent(content planKey) bool {
	if _, found := s.contents[content]; found {
		return true
	}
	if len(s.contents) < maxSeen {
		s.contents[content] = struct{}{}
	}
	return false
}

func (s *Survey) fail(item Item, places *[]BadPlace) error {
	if len(*places) < maxPlaces {
		*places = append(*places, BadPlace{Row: item.Number, Place: item.Place, Cause: strings.ReplaceAll(item.Err.Error(), "\n", "; ")})
	}
	if s.cfg.OnBad == nil {
		return nil
	}
	return s.cfg.OnBad(item)
}

// count takes an article that will be asked about.
func (s *Survey) count(a *assessment) {
	s.Articles++
	language := a.article.Language
	if language == "" || len(s.groups) >= maxLanguages && s.groups[language] == nil {
		language = unknownLanguage
	}
	g := s.groups[language]
	if g == nil {
		g = &group{}
		s.groups[language] = g
	}
	g.articles++
	s.Languages[language] = g.articles
	if s.cfg.Near != nil {
		if _, found := s.cfg.Near.Add(a.Job.ID, a.near); found {
			s.Near++
		}
	}
	if a.outlook.Parts > 0 {
		s.Split++
	}
	usual := usualUse(a.outlook.Usual)
	g.usual.add(usual)
	most := use{calls: float64(a.outlook.Calls.High), in: float64(a.outlook.In.High), out: float64(a.outlook.Out.High)}
	g.most.add(most)
	if a.exact != nil {
		g.exact.add(usualUse(*a.exact))
		g.estimated.add(usual)
	}
	s.draw.offer(Drawn{Number: a.Number, Job: a.Job, usual: usual, most: most, language: language})
}

// finish gives back what reading alone needed.
func (s *Survey) finish(partial bool) {
	s.Partial = partial
	s.contents = nil
	s.cfg.Near, s.cfg.OnBad, s.cfg.Progress = nil, nil, nil
}

// SkippedSum is all that is skipped.
func (s *Survey) SkippedSum() int64 {
	sum := int64(0)
	for _, n := range s.Skipped {
		sum += n
	}
	return sum
}

// Exact reports whether the model's own tokenizer counts.
func (s *Survey) Exact() bool {
	for _, g := range s.groups {
		if g.exact.in > 0 {
			return true
		}
	}
	return false
}

// corrected is a group's use by the model's own counts, where there are some.
func (g *group) corrected() use {
	u := g.usual
	scale := func(v *float64, exact, estimated float64) {
		if estimated > 0 && exact > 0 {
			*v *= exact / estimated
		}
	}
	static := u.in - u.text
	scale(&static, g.exact.in-g.exact.text, g.estimated.in-g.estimated.text)
	scale(&u.text, g.exact.text, g.estimated.text)
	scale(&u.repair, g.exact.repair, g.estimated.repair)
	u.in = static + u.text
	return u
}

// Sample is what was drawn, in the order of the rows.
func (s *Survey) Sample() []Drawn {
	drawn := slices.Clone(s.draw.kept)
	slices.SortFunc(drawn, func(a, b Drawn) int { return int(a.Number - b.Number) })
	return drawn
}

// SampleCost is what sending the sample will take, foreseen as for all articles.
func (s *Survey) SampleCost(t Terms) Estimate {
	sample := &Survey{cfg: s.cfg, groups: map[string]*group{}, Articles: int64(len(s.draw.kept))}
	for _, d := range s.draw.kept {
		g := sample.groups[d.language]
		if g == nil {
			g = &group{exact: s.groups[d.language].exact, estimated: s.groups[d.language].estimated}
			sample.groups[d.language] = g
		}
		g.articles++
		g.usual.add(d.usual)
		g.most.add(d.most)
	}
	return sample.Estimate(t)
}

// Drawn is an article of the sample.
type Drawn struct {
	Number   int64
	Job      queue.Job
	usual    use
	most     use
	language string
	time     float64 // see draw
}
