package glossary

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// MaxSources bounds what a [Learner] remembers. Names of a year of news are
// far fewer, and nobody reads a longer list.
const MaxSources = 100_000

// Learner counts the names of published results. The zero value is ready.
type Learner struct {
	sources map[string]*sightings
	results int
	persons int // results that a person reviewed
	passed  int // names beyond MaxSources
}

// sightings of one source, in all its spellings.
type sightings struct {
	spellings map[string]int
	forms     map[string]*form
	seen      int // results
}

type form struct {
	seen, reviewed int
	kinds          map[string]int
}

// Add counts the names of one result. Of a name that it gives twice, the first
// counts; what could be no entry of a glossary does not.
func (l *Learner) Add(names []Entry, reviewed bool) {
	l.results++
	if reviewed {
		l.persons++
	}
	if l.sources == nil {
		l.sources = map[string]*sightings{}
	}
	had := map[string]bool{}
	for _, n := range names {
		n = Entry{Source: strings.Join(strings.Fields(n.Source), " "), English: strings.Join(strings.Fields(n.English), " "), Kind: n.Kind}
		words := normalWords(n.Source)
		if !slices.Contains(Kinds(), n.Kind) {
			n.Kind = ""
		}
		if !new(problems).judge(n, words) {
			continue
		}
		key := strings.Join(words, " ")
		if had[key] {
			continue
		}
		had[key] = true
		s := l.sources[key]
		if s == nil {
			if len(l.sources) >= MaxSources {
				l.passed++
				continue
			}
			s = &sightings{spellings: map[string]int{}, forms: map[string]*form{}}
			l.sources[key] = s
		}
		s.add(n, reviewed)
	}
}

func (s *sightings) add(n Entry, reviewed bool) {
	s.seen++
	s.spellings[n.Source]++
	f := s.forms[n.English]
	if f == nil {
		f = &form{kinds: map[string]int{}}
		s.forms[n.English] = f
	}
	f.seen++
	if reviewed {
		f.reviewed++
	}
	if n.Kind != "" {
		f.kinds[n.Kind]++
	}
}

// Proposal is an entry that published results suggest.
type Proposal struct {
	Source string `json:"source"`
	Seen   int    `json:"seen"` // results that have it
	// Reviewed is how many of them a person accepted or edited. Where there
	// are any, only their forms are proposed.
	Reviewed int    `json:"reviewed"`
	Forms    []Form `json:"forms"` // the most frequent first
}

// Form is one English form of a source.
type Form struct {
	English string  `json:"english"`
	Kind    string  `json:"kind,omitzero"`
	Seen    int     `json:"seen"`
	Share   float64 `json:"share"` // of the results that count
}

// Conflict reports whether a person must choose.
func (p Proposal) Conflict() bool { return len(p.Forms) > 1 }

// Proposals are the names that at least least results have and known has not,
// the most frequent first.
func (l *Learner) Proposals(least int, known *Glossary) []Proposal {
	var all []Proposal
	for _, s := range l.sources {
		source := mostFrequent(s.spellings)
		if s.seen < least || known.Has(source) {
			continue
		}
		all = append(all, s.proposal(source))
	}
	slices.SortFunc(all, func(a, b Proposal) int { return cmp.Or(cmp.Compare(b.Seen, a.Seen), cmp.Compare(a.Source, b.Source)) })
	return all
}

func (s *sightings) proposal(source string) Proposal {
	p := Proposal{Source: source, Seen: s.seen}
	for _, f := range s.forms {
		p.Reviewed += f.reviewed
	}
	total := 0
	for english, f := range s.forms {
		n := f.seen
		if p.Reviewed > 0 {
			n = f.reviewed
		}
		if n > 0 {
			total += n
			p.Forms = append(p.Forms, Form{English: english, Kind: mostFrequent(f.kinds), Seen: n})
		}
	}
	for i := range p.Forms {
		p.Forms[i].Share = float64(p.Forms[i].Seen) / float64(total)
	}
	slices.SortFunc(p.Forms, func(a, b Form) int { return cmp.Or(cmp.Compare(b.Seen, a.Seen), cmp.Compare(a.English, b.English)) })
	return p
}

// mostFrequent is "" where nothing was counted.
func mostFrequent(counts map[string]int) string {
	if len(counts) == 0 {
		return ""
	}
	return slices.MaxFunc(slices.Sorted(maps.Keys(counts)), func(a, b string) int { return cmp.Compare(counts[a], counts[b]) })
}

// YAML writes proposals for a person to edit. Those without a conflict are
// entries; of the others a person takes one out of its comment.
func (l *Learner) YAML(proposals []Proposal, at time.Time) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Proposed by mujaz glossary learn on %s, from %d results, %d of them reviewed.\n", at.Format(time.DateOnly), l.results, l.persons)
	b.WriteString("# Nothing here is certain: a model wrote it. Read every line and delete what is wrong,\n# then hand the file to mujaz worker --glossary.\n")
	if l.passed > 0 {
		fmt.Fprintf(&b, "# %d names were not counted: more than %d sources. Narrow the selection.\n", l.passed, MaxSources)
	}
	conflicts := 0
	for _, p := range proposals {
		if p.Conflict() {
			conflicts++
			continue
		}
		fmt.Fprintf(&b, "\n# %s\n", p.counted())
		if err := p.entry(&b, p.Forms[0], ""); err != nil {
			return nil, err
		}
	}
	if conflicts > 0 {
		b.WriteString("\n# Undecided: several English forms of one source. Uncomment one of each.\n")
	}
	for _, p := range proposals {
		if !p.Conflict() {
			continue
		}
		fmt.Fprintf(&b, "\n# %s\n", p.counted())
		for _, f := range p.Forms {
			fmt.Fprintf(&b, "#   %.0f %% (%d):\n", 100*f.Share, f.Seen)
			if err := p.entry(&b, f, "#"); err != nil {
				return nil, err
			}
		}
	}
	return b.Bytes(), nil
}

func (p Proposal) counted() string {
	text := fmt.Sprintf("%d results", p.Seen)
	if p.Seen == 1 {
		text = "1 result"
	}
	if p.Reviewed > 0 {
		text += fmt.Sprintf(", %d reviewed", p.Reviewed)
	}
	return text
}

// entry writes one entry of a list, each line behind prefix.
func (p Proposal) entry(b *bytes.Buffer, f Form, prefix string) error {
	data, err := yaml.Marshal([]struct {
		Source  string `yaml:"source"`
		English string `yaml:"english"`
		Kind    string `yaml:"kind,omitempty"`
	}{{p.Source, f.English, f.Kind}})
	if err != nil {
		return fmt.Errorf("write proposal: %w", err)
	}
	for line := range bytes.Lines(data) {
		b.WriteString(prefix)
		b.Write(line)
	}
	return nil
}
