package backfill

import (
	"container/heap"
	"math"
	"math/rand/v2"
)

// draw keeps the articles of a sample out of a stream of unknown length. The
// chance of an article is as its size, for that is how it counts in the sum.
// Each gets an exponential time with its size as the rate, from seed and row
// alone, and the n earliest are kept (bottom-k sampling; Cohen and Kaplan, 2007).
type draw struct {
	n     int
	seed  uint64
	kept  []Drawn // a heap, the first to go on top
	bytes int
	// limit is the earliest time of those that are not kept.
	limit float64
}

// maxSampleBytes bounds what the sample's articles take: with very long ones it
// has fewer.
const maxSampleBytes = 64 << 20

func newDraw(n int, seed uint64) *draw { return &draw{n: n, seed: seed, limit: math.Inf(1)} }

// outWeight is what an output token counts for in an article's size: with most
// providers it costs four to five times an input token.
const outWeight = 4

// size of an article, in input tokens.
func (d Drawn) size() float64 { return d.usual.in + outWeight*d.usual.out }

func (d *draw) offer(a Drawn) {
	if d.n == 0 {
		return
	}
	dice := rand.New(rand.NewPCG(d.seed, uint64(a.Number)))
	a.time = -math.Log(1-dice.Float64()) / max(1, a.size())
	if a.time >= d.limit {
		return
	}
	heap.Push(d, a)
	for len(d.kept) > d.n || d.bytes > maxSampleBytes && len(d.kept) > 1 {
		last := heap.Pop(d).(Drawn) //nolint:errcheck // nothing else is in it
		d.limit = last.time
	}
}

// chance is how likely an article of that size was to be kept, the times of all
// others being what they are. It is 1 where all were kept.
func (d *draw) chance(a Drawn) float64 { return 1 - math.Exp(-d.limit*max(1, a.size())) }

// Len, Less, Swap, Push and Pop are the heap's.
func (d *draw) Len() int { return len(d.kept) }

// Less puts the first to go on top.
func (d *draw) Less(i, j int) bool { return d.kept[i].time > d.kept[j].time }

// Swap is the heap's.
func (d *draw) Swap(i, j int) { d.kept[i], d.kept[j] = d.kept[j], d.kept[i] }

// Push is the heap's.
func (d *draw) Push(x any) {
	a := x.(Drawn) //nolint:errcheck // nothing else is pushed
	d.kept = append(d.kept, a)
	d.bytes += len(a.Job.Article.Text) + len(a.Job.Article.HTML)
}

// Pop is the heap's.
func (d *draw) Pop() any {
	last := d.kept[len(d.kept)-1]
	d.kept[len(d.kept)-1] = Drawn{}
	d.kept = d.kept[:len(d.kept)-1]
	d.bytes -= len(last.Job.Article.Text) + len(last.Job.Article.HTML)
	return last
}
