package near

import (
	"errors"
	"fmt"
	"slices"
)

// Defaults of a [Config].
const (
	// DefaultThreshold is where the measure in docs/eval.md has every copy with a
	// last paragraph trimmed that is no shorter than a third of the article.
	DefaultThreshold = 0.8
	// DefaultLimit is as many articles as an index holds in 40 MB.
	DefaultLimit = 100_000
)

// Config of an index.
type Config struct {
	// Threshold is the least similarity of a copy: the share of the original's
	// words that it has, above 0 to 1. Every sentence of a copy stands in its
	// original, so that this is the Jaccard similarity of the two as well.
	// [DefaultThreshold] where it is 0.
	Threshold float64
	// Limit of the articles that are remembered; the oldest is forgotten first.
	// [DefaultLimit] where it is 0.
	Limit int
}

// Validate joins all problems.
func (c Config) Validate() error {
	var errs []error
	if !(c.Threshold >= 0 && c.Threshold <= 1) {
		errs = append(errs, fmt.Errorf("near: threshold %v: must be above 0 and at most 1", c.Threshold))
	}
	if c.Limit < 0 {
		errs = append(errs, fmt.Errorf("near: limit %d: must be 1 or more", c.Limit))
	}
	return errors.Join(errs...)
}

// Match is the original of a near copy.
type Match struct {
	ID         string
	Similarity float64 // see [Config.Threshold]
}

// Index remembers articles. It is not safe for concurrent use, and the same
// articles in the same order give the same answers.
type Index struct {
	threshold float64
	limit     int
	// ring has the articles remembered, numbered from first to before next; number
	// n stands at n modulo limit.
	ring        []entry
	first, next int
	marks       int // in all of them
	// holders has the number of the newest article with that anchor.
	holders map[Mark]int
}

type entry struct {
	id    string
	words int32
	marks []Mark
}

// marksPerArticle bounds the memory of an index of long articles: with more in
// sum than this for each article of its limit, it forgets before the limit. News
// has 10 to 20 sentences.
const marksPerArticle = 32

// New makes an empty index. The configuration must be valid.
func New(c Config) *Index {
	if c.Threshold == 0 {
		c.Threshold = DefaultThreshold
	}
	if c.Limit == 0 {
		c.Limit = DefaultLimit
	}
	return &Index{threshold: c.Threshold, limit: c.Limit, holders: map[Mark]int{}}
}

// Add says which earlier article this one is a near copy of, if any; of several
// the most similar. What is no copy is remembered, so that later ones can be its
// copies; a copy is not, nor is an empty article. An article is no copy of one
// with its own id.
func (x *Index) Add(id string, a Article) (match Match, found bool) {
	marks := a.Marks()
	if len(marks) == 0 || a.Words == 0 {
		return Match{}, false
	}
	lowest := anchorsOf(marks)
	for _, anchor := range lowest {
		n, known := x.holders[anchor]
		if !known || a.saysMore {
			continue
		}
		e := x.at(n)
		if e.id == id {
			continue
		}
		similarity := float64(a.Words) / float64(e.words)
		if similarity > 1 || similarity < x.threshold || found && similarity <= match.Similarity {
			continue
		}
		if covers(e.marks, marks) {
			match, found = Match{ID: e.id, Similarity: similarity}, true
		}
	}
	if !found {
		x.remember(entry{id: id, words: int32(a.Words), marks: marks}, lowest) //nolint:gosec // of at most MaxSentences
	}
	return match, found
}

// Len is the number of articles remembered.
func (x *Index) Len() int { return x.next - x.first }

func (x *Index) at(n int) *entry { return &x.ring[n%x.limit] }

func (x *Index) remember(e entry, lowest []Mark) {
	for x.Len() == x.limit || x.Len() > 0 && x.marks+len(e.marks) > x.limit*marksPerArticle {
		x.forget()
	}
	if x.next%x.limit == len(x.ring) {
		x.ring = append(x.ring, entry{})
	}
	*x.at(x.next) = e
	for _, anchor := range lowest {
		x.holders[anchor] = x.next
	}
	x.marks += len(e.marks)
	x.next++
}

// forget the oldest.
func (x *Index) forget() {
	e := x.at(x.first)
	for _, anchor := range anchorsOf(e.marks) {
		if x.holders[anchor] == x.first {
			delete(x.holders, anchor)
		}
	}
	x.marks -= len(e.marks)
	*e = entry{}
	x.first++
}

// anchors of an article are its lowest marks: a choice that a copy makes as its
// original does. A copy is found as long as it lacks fewer sentences than these.
const anchors = 4

func anchorsOf(marks []Mark) []Mark {
	sorted := slices.Clone(marks)
	slices.Sort(sorted)
	sorted = slices.Compact(sorted)
	return sorted[:min(len(sorted), anchors)]
}
